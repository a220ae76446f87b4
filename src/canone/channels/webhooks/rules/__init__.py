"""Pure rules of the webhooks: signatures, the timetable, payloads."""
