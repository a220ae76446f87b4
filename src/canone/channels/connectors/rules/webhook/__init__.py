"""Sessions that any program sends: who may, and what it says."""
