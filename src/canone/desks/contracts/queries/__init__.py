"""Reads of contracts, for pages, the API, the billing run and higher contexts."""
