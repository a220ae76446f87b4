"""What a cell means and how a column is recognised; no table, no file, no clock."""
