"""Canone turns the work of a support or maintenance company into money."""

__version__ = "0.1.0"
