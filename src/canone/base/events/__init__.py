"""What happened, told upwards: the outbox of events and their delivery.

A context describes what others may hear as a frozen dataclass in its `events.py` and publishes it
in the transaction in which it happened. `config/wiring.py` says who hears what. The worker
delivers: each handler runs in a transaction of its own together with the mark that it ran, so a
crash repeats nothing and loses nothing. What fails is tried again, ever later, and then set aside
where people see it. This context knows neither events nor handlers by name.
"""
