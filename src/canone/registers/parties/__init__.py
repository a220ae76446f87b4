"""Customers and suppliers, their sites, contacts, groups of the address book and documents.

Words: a *party* is a customer, a supplier or both; a *site* is where it is, the main one is the
registered office; a *contact* is a person there; a *group* of the address book holds the computers
of one party, which may have several; a *zone* is a part of the territory; *payment terms* say how
and when a party pays. A *portal login* ties a user to the parties whose data they may see.

It owns these tables and the rules that check numbers and point out duplicates. It never knows what
is agreed with a party, done for it or owed by it: higher contexts add that to its pages as panels.
"""
