"""How the work reaches Canone, and Canone the outside."""
