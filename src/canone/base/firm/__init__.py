"""The firm that uses Canone: name, country, time zone, language, settings."""
