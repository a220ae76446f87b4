"""The only writer of machines, meters and readings."""
