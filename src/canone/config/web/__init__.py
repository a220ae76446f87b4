"""Pages that know the whole: start, people, the firm."""
