"""Remote assistance: sessions come in, are rated, accounted, and undone by reversal.

Owns remote sessions, the assignment of tariffs to groups, the record of each accounting, and what
a device or a tool's group was once assigned to. Words: a session is *pending* until it is
*accounted* (locked); *ignored* is shorter than the profile's minimum; *orphan* never ended.
Raises charges (`invoicing`) and draws on prepaid hours (`allowances`); never writes their tables,
never prices by itself: the rules of rating belong to `catalog`. Nothing accounted is edited: an
undo writes a reversal, and the next accounting is the next revision.
"""
