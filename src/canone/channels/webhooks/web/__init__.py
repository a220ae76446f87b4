"""Pages of the webhooks."""
