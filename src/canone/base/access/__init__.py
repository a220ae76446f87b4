"""Who may do what: users, roles, function permissions, API tokens."""
