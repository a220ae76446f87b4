"""The only writer of contracts and what hangs on them."""
