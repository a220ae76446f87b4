"""Numbers without gaps, per series and year."""
