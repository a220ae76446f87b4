"""The only writers of the webhooks: `hooks`, `telling`, `delivering`, `replaying`."""
