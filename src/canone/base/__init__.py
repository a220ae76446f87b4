"""Django plumbing that every context stands on; no word of the business in it."""
