"""What a line of a contract charges, for which days and when; no database and no clock.

The worked numbers stand in docs/algorithms: schedule, proration, usage.
"""
