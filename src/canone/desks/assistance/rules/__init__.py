"""What is decided about sessions, without a database and without a clock."""
