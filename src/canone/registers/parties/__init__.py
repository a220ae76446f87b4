"""Customers and suppliers, sites, contacts, groups of the address book."""
