"""Makes archives, reads them back, and copies tables from one engine to the other."""
