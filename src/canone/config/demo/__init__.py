"""The demo firm: Lariotech Servizi S.r.l. of Erba, its customers and three years of work.

Everything is drawn from a seeded generator and written through the services, so that the same seed
gives the same firm. Towns are real, firms and people are invented, numbers only pass their checks.
"""
