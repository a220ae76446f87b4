"""Importing files: upload, columns, check, result; each step has its address.

The pages lie here, because they show the importers of every context.
"""
