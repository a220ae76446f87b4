"""Prepaid hours, tickets, visits: an append-only ledger per owner."""
