"""How work is priced; pure, fast, and written down in docs/algorithms/rating.md."""
