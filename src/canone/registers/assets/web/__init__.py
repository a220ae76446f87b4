"""The pages of machines, meters and readings."""
