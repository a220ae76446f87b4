"""Pure Python under everything else: money, periods, quantities, identities.

Imports nothing of Django and nothing of Canone's other floors; reads no clock, touches no disk.
"""
