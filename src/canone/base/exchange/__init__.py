"""Tables in and out: CSV and Excel, mapping, preview, undo.

Owns uploads on their way in: what a file looks like, which column is which field, what was wrong,
what was written and whether it was taken back. A context that takes rows registers an Importer
(`importers.register`) and never sees files; nothing here knows what a row means.

A file passes twice. The check reads every row and writes nothing but a staged copy of the good
ones; the write takes the staged rows in short transactions that remember how far they came. A
process that dies in either pass loses nothing and doubles nothing.
"""
