"""Charges: what is owed and why, posted once, corrected by reversal."""
