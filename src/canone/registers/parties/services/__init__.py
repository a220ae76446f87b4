"""The only writers of the tables of parties.

What cannot be kept raises Django's ValidationError with its texts by field, so that a form, the API
and an import tell all faults at once.
"""
