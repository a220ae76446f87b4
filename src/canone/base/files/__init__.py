"""Files that people and programs put in: type, size and name checked."""
