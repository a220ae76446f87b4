"""The demo firms, their customers and three years of work: one generator, and a country's data.

`land.Land` is what a country brings along (`italy`, `france`); everything is drawn from it by a
seeded generator and written through the services, so that the same seed gives the same firm. Towns
are real, firms and people are invented, numbers only pass their checks.
"""
