"""The work itself: `erasing` goes through the parts, `ways_in` writes the tables of sign-in."""
