"""Tables in and out: CSV and Excel, mapping, preview, undo."""
