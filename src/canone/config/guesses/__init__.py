"""Guessing the second factor: so many wrong codes, and the door stays closed for a while."""
