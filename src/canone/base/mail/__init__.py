"""Mail out: outbox, templates in three languages, log."""
