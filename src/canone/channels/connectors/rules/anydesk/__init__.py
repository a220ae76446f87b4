"""AnyDesk's sessions: signing what is asked, and reading what comes."""
