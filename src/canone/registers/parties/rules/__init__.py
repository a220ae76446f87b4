"""What is decided about parties: numbers, names, duplicates, due dates."""
