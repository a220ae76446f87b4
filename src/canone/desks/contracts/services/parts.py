"""Agents, machines covered and papers of contracts are written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from canone.base.files import services as files
from canone.base.history import services as history
from canone.desks.contracts.models import Agent, Contract, Cover, Paper
from canone.desks.contracts.rules.agreed import POINTS
from canone.kernel.periods import ONE_DAY
from canone.registers.assets.models import Asset
from canone.registers.parties.services import records

TOO_MUCH = _("The shares come to more than 100 %.")
NO_SHARE = _("A share lies above 0 and up to 100 %.")
OTHER_ASSET = _("This machine stands at another customer.")
COVERED = _("The contract covers this machine already.")
UNCOVERED_BEFORE = _("The machine is covered one day at least.")


@transaction.atomic
def set_agents(
    *, contract_id: int, shares: Mapping[int, int], at: datetime, by: int | None
) -> list[Agent]:
    """Return the agents of the contract: `shares` in hundredths of a percent, by party.

    Who is not named has no part any more.
    """
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    if any(not 0 < share <= POINTS for share in shares.values()):
        raise records.refuse(NO_SHARE, "agents")
    if sum(shares.values()) > POINTS:
        raise records.refuse(TOO_MUCH, "agents")
    known = {agent.party_id: agent for agent in contract.agents.all()}
    with history.acting(by):
        for party_id in known.keys() - shares.keys():
            records.remove(known[party_id], reason="", at=at)
    found = []
    for party_id, share in shares.items():
        agent = known.get(party_id) or Agent(contract=contract, party_id=party_id)
        if agent.share_bp != share:
            agent.share_bp = share
            records.keep(agent, records.faults(agent, {}), at=at, by=by)
        found.append(agent)
    return found


@transaction.atomic
def cover(
    *, contract_id: int, asset_id: int, start: date | None = None, at: datetime, by: int | None
) -> Cover:
    """Return the machine as covered by the contract, from its activation unless a day is given."""
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    row = Cover(
        contract=contract, asset=Asset.objects.get(pk=asset_id), start=start or contract.start
    )
    special: records.Faults = {}
    if row.asset.customer_id != contract.customer_id:
        special["asset"] = [OTHER_ASSET]
    elif contract.covers.filter(asset_id=asset_id, end__isnull=True).exists():
        special["asset"] = [COVERED]
    return records.keep(row, records.faults(row, special), at=at, by=by)


@transaction.atomic
def hang(*, agents: Sequence[Agent], covers: Sequence[Cover], at: datetime, by: int | None) -> None:
    """Save agents and covers of contracts that are new; for rows of a file, looked up before."""
    records.keep_new(agents, at=at, by=by)
    records.keep_new(covers, at=at, by=by)


@transaction.atomic
def uncover(*, cover_id: int, last_day: date | None, at: datetime, by: int | None) -> Cover:
    """Return the cover, ending with `last_day`; without one it goes on as long as the contract."""
    row = Cover.objects.select_for_update().get(pk=cover_id)
    if last_day is None:
        others = Cover.objects.filter(contract_id=row.contract_id, asset_id=row.asset_id)
        if others.filter(end__isnull=True).exclude(pk=row.pk).exists():
            raise records.refuse(COVERED, "last_day")
    elif last_day < row.start:
        raise records.refuse(UNCOVERED_BEFORE, "last_day")
    row.end = None if last_day is None else last_day + ONE_DAY
    return records.keep(row, records.faults(row, {}), at=at, by=by)


@transaction.atomic
def remove_cover(*, cover_id: int, reason: str, at: datetime, by: int | None) -> None:
    """Take a cover away that should not have been entered; the history keeps it."""
    with history.acting(by):
        records.remove(Cover.objects.get(pk=cover_id), reason=reason, at=at)


@transaction.atomic
def add_paper(  # noqa: PLR0913 (what a paper is)
    *,
    contract_id: int,
    source: files.Source,
    name: str,
    title: str = "",
    is_signed: bool = False,
    at: datetime,
    by: int | None,
) -> Paper:
    """Return the paper; FileError where the file cannot be taken.

    Without a title it is called like its file.
    """
    contract = Contract.objects.get(pk=contract_id)
    file = files.store(source, name=name, owner=contract.bundle, at=at, by=by)
    paper = Paper(
        contract=contract, file=file, title=title.strip() or file.name, is_signed=is_signed
    )
    return records.keep(paper, records.faults(paper, {}), at=at, by=by)


@transaction.atomic
def remove_paper(*, paper_id: int, reason: str, at: datetime, by: int | None) -> None:
    """Take a paper and its file away; the history keeps that it was there."""
    with history.acting(by):
        paper = Paper.objects.select_related("file").get(pk=paper_id)
        file = paper.file
        records.remove(paper, reason=reason, at=at)
        files.delete(file)
