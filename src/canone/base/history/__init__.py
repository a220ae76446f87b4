"""What happened: history of master data and the hash-chained journal."""
