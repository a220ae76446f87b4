"""The only writers of the catalog's tables."""
