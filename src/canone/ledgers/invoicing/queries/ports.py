"""Who is bound to propose charges and to check documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from canone.ledgers.invoicing.rules.ports import (
    Annex,
    BundleTerms,
    Candidate,
    IssueCheck,
    Proposer,
    Unready,
)


@dataclass(slots=True)
class _Bound:
    proposers: tuple[Proposer, ...] = ()
    checks: tuple[IssueCheck, ...] = ()
    annexes: tuple[Annex, ...] = ()
    unready: tuple[Unready, ...] = ()


_bound = _Bound()


def bind(*, proposers: Sequence[Proposer] = (), checks: Sequence[IssueCheck] = ()) -> None:
    """Return nothing; runs ask these from now on."""
    _bound.proposers, _bound.checks = tuple(proposers), tuple(checks)


def bind_annexes(*annexes: Annex) -> None:
    """Return nothing; documents ask these what stands behind their charges."""
    _bound.annexes = annexes


def bind_unready(*desks: Unready) -> None:
    """Return nothing; looks at what is owed ask these what is not ready to be billed."""
    _bound.unready = desks


def unready() -> tuple[Unready, ...]:
    """Return who tells what is not ready to be billed."""
    return _bound.unready


def annexes() -> tuple[Annex, ...]:
    """Return who tells what stands behind charges."""
    return _bound.annexes


@contextmanager
def bound(
    *, proposers: Sequence[Proposer] = (), checks: Sequence[IssueCheck] = ()
) -> Iterator[None]:
    """Return a context in which runs ask these and nobody else."""
    before = (_bound.proposers, _bound.checks)
    bind(proposers=proposers, checks=checks)
    try:
        yield
    finally:
        bind(proposers=before[0], checks=before[1])


def proposers() -> tuple[Proposer, ...]:
    """Return who proposes charges."""
    return _bound.proposers


def proposed_origins() -> frozenset[str]:
    """Return the first parts of the origins that some proposer proposes anew by itself."""
    return frozenset().union(*(proposer.origins for proposer in _bound.proposers))


def terms(bundles: Collection[str]) -> dict[str, BundleTerms]:
    """Return how the bundles are billed, as far as anybody knows them."""
    found: dict[str, BundleTerms] = {}
    for proposer in _bound.proposers:
        found.update(proposer.terms(bundles))
    return found


def refusals(candidates: Sequence[Candidate]) -> Mapping[int, tuple[str, str]]:
    """Return a code and a sentence for the places of documents that may not be issued."""
    found: dict[int, tuple[str, str]] = {}
    for check in _bound.checks:
        for place, why in check.refusals(candidates).items():
            found.setdefault(place, why)
    return found
