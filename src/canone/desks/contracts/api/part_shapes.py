"""What the operations on agents, machines and papers take and answer."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from canone.desks.contracts.api.shapes import AgentOut, Day
from canone.ui import api


class AgentIn(api.Schema):
    """An agent and the part that is theirs; 2500 is 25 %."""

    party_id: api.Id
    share_basis_points: int = Field(ge=1, le=10_000)


class AgentsIn(api.Schema):
    """All agents of the contract; none empties the list."""

    agents: list[AgentIn] = Field(max_length=20)


class AgentsOut(api.Schema):
    """All agents of the contract."""

    agents: list[AgentOut]


class CoverIn(api.Schema):
    """A machine of the contract's customer, from a day on: without one, the activation."""

    asset_id: api.Id
    first_day: Day | None = None


class CoverUntilIn(api.Schema):
    """The last day covered; null is as long as the contract."""

    last_day: Day | None


class CoverMade(api.Schema):
    """A machine that the contract covers."""

    id: int
    contract_id: int
    asset_id: int
    first_day: date
    last_day: date | None


class PaperOut(api.Schema):
    """A file of the contract."""

    id: int
    contract_id: int
    title: str
    is_signed: bool
    file_name: str
    size: int
    uploaded_at: datetime
