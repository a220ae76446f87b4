"""Builders of rows for tests, one module per context."""
