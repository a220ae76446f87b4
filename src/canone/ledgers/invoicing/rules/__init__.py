"""What is decided about charges, without a database."""
