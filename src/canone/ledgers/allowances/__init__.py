"""Prepaid hours, tickets, visits and copies: what was bought, consumed and is left.

This context owns the pool, its movements and the lots that a draw takes from. A pool is known to
higher contexts by an opaque owner (`tariff:12`); each movement by its origin, revision and kind,
so that a run which is repeated moves nothing twice. Movements are append-only and corrected by a
reversal with a reason.

Words: *allowance* or pool (monte ore), *grant*, *top-up* (ricarica), *draw* (consumo), *lot*
(what one purchase left), *debt* (what was consumed beyond the lots), *overage* (what was not
consumed because the pool was empty). It prices nothing and raises no charge: who grants or tops
up does. The rules with their numbers stand in `docs/algorithms/allowances.md`.
"""
