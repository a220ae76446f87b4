"""Makes the environment and starts Canone; standard library only, for it runs before the rest."""
