"""Numbers without gaps, per series and year, never back in date.

A number is given inside the transaction that issues the document: undone with it, kept with it.
"""
