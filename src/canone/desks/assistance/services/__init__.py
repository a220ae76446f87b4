"""The only writers of the desk's tables."""
