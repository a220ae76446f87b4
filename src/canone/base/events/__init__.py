"""The outbox: what a context tells others, in the same transaction."""
