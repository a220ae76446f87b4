"""What the operations take and answer: days are inclusive, amounts decimal text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from canone.desks.contracts.rules.terms import FIRST_YEAR, LAST_YEAR
from canone.ui import api

Day = Annotated[date, Field(ge=date(FIRST_YEAR, 1, 1), le=date(LAST_YEAR, 12, 31))]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Method = Literal["", "transfer", "direct_debit", "riba", "cash", "card", "cheque", "other"]
Arrears = Literal["day_after", "last_day"]
Unit = Literal["day", "week", "month", "year", "once"]
Timing = Literal["in_advance", "in_arrears"]
Anchor = Literal["activation", "calendar"]
Basis = Literal["actual", "months_and_days", "thirty"]
Per = Literal["cycle", "year"]
Pricing = Literal["graduated", "volume", "package"]
Grants = Literal["", "minute", "ticket", "visit", "copy"]
Small = Annotated[int, Field(ge=0, le=10_000)]


class ContractChange(api.Schema):
    """What changes of a contract; what is not sent stays.

    `last_day` is the last day covered and null while the contract is open. What lies before
    `go_live` was billed by another program. Without terms and method it is paid as the customer
    pays. `custom` holds the own fields of its type.
    """

    number: str | None = Field(None, max_length=40)
    customer_id: api.Id | None = None
    type_id: api.Id | None = None
    site_id: api.Id | None = None
    title: str | None = Field(None, max_length=200)
    signed_on: Day | None = None
    start: Day | None = None
    last_day: Day | None = None
    go_live: Day | None = None
    arrears_on: Arrears | None = None
    is_own_invoice: bool | None = None
    payment_terms_id: api.Id | None = None
    method: Method | None = None
    mandate_id: api.Id | None = None
    order_number: str | None = Field(None, max_length=40)
    order_date: Day | None = None
    cig: str | None = Field(None, max_length=15)
    cup: str | None = Field(None, max_length=15)
    notes: str | None = None
    invoice_notes: str | None = None
    conditions: str | None = None
    custom: dict[str, Any] | None = None


class ContractNew(ContractChange):
    """A new contract; without a number it gets the next free one."""

    customer_id: api.Id
    start: Day


class ContractBrief(api.Schema):
    """A contract; `annual` is what its fees come to in a year, `cycles` how often they are billed.

    Nothing is billed for periods that begin on `suspended_from` or later.
    """

    id: int
    number: str
    customer_id: int
    type_id: int | None
    site_id: int | None
    title: str
    signed_on: date | None
    start: date
    last_day: date | None
    go_live: date | None
    cancelled_on: date | None
    cancel_reason: str
    suspended_from: date | None
    suspend_reason: str
    annual: str
    cycles: list[str]


class CycleIn(api.Schema):
    """How long a period is, as for `canone simulate contract`; `once` is charged once."""

    unit: Unit
    every: int = Field(1, ge=1, le=36_600)


class LineChange(api.Schema):
    """What changes of a line; what is not sent stays.

    The words are those of `canone simulate contract`; `unit_price` is before VAT, for a cycle or
    a year as `amount_per` says. A line of usage names its `meter_id`; `included` and `tiers` say
    what is asked for the rest. `grants` and `granted` say what each cycle includes besides, in
    minutes, tickets, visits or copies; it expires with its period unless it `is_kept`. A line of
    kind `tariff` charges nothing itself: `tariff_id` prices the work for `group_id`, or for all
    groups of the customer.
    """

    sequence: int | None = Field(None, ge=0, le=1_000_000)
    kind: Literal["fee", "usage", "tariff"] | None = None
    article_id: api.Id | None = None
    description: str | None = Field(None, max_length=300)
    quantity: Decimal | None = Field(None, max_digits=13, decimal_places=6)
    unit_price: Decimal | None = Field(None, max_digits=15, decimal_places=6)
    discount_basis_points: Small | None = Field(None, description="1250 is 12.5 %")
    vat_id: api.Id | None = None
    is_on_request: bool | None = None
    start: Day | None = None
    last_day: Day | None = None
    counted_from: Day | None = Field(None, description="empty: the contract’s activation")
    cycle: CycleIn | None = None
    timing: Timing | None = None
    anchor: Anchor | None = None
    anchor_day: int | None = Field(None, ge=1, le=31, description="31 is the end of every month")
    month_offset: int | None = Field(None, ge=0, le=11)
    day_basis: Basis | None = None
    amount_per: Per | None = None
    sum_to_annual: bool | None = None
    months: list[int] | None = Field(None, max_length=12)
    billed_through: Day | None = None
    meter_id: api.Id | None = None
    included: int | None = Field(None, ge=0, le=10**12)
    pricing: Pricing | None = None
    tiers: list[dict[str, Any]] | None = None
    minimum: Decimal | None = Field(None, max_digits=13, decimal_places=2)
    is_estimated: bool | None = None
    grants: Grants | None = None
    granted: int | None = Field(None, ge=0, le=10**9)
    is_kept: bool | None = None
    tariff_id: api.Id | None = None
    group_id: api.Id | None = None


class LineNew(LineChange):
    """A new line of 1 month in advance unless it says otherwise; it begins with its contract.

    All but those of kind `tariff` need a `unit_price`.
    """


class LineRevise(LineChange):
    """What changes from `day` on; the line ends the day before, and another goes on in step."""

    day: Day


class CycleOut(api.Schema):
    """How long a period is."""

    unit: Unit
    every: int


class ContractLineOut(api.Schema):
    """A line; `follows_id` is the one that it goes on from."""

    id: int
    contract_id: int
    follows_id: int | None
    sequence: int
    kind: str
    article_id: int | None
    description: str
    quantity: str
    unit_price: str
    discount_basis_points: int
    vat_id: int | None
    is_on_request: bool
    start: date
    last_day: date | None
    counted_from: date | None
    cycle: CycleOut
    timing: str
    anchor: str
    anchor_day: int | None
    month_offset: int
    day_basis: str
    amount_per: str
    sum_to_annual: bool
    months: list[int]
    billed_through: date | None
    meter_id: int | None
    included: int
    pricing: str
    tiers: list[dict[str, Any]]
    minimum: str
    is_estimated: bool
    grants: str
    granted: int
    is_kept: bool
    tariff_id: int | None
    group_id: int | None


class AgentOut(api.Schema):
    """Who has a part in what the contract brings in; 2500 is 25 %."""

    party_id: int
    share_basis_points: int


class CoverOut(api.Schema):
    """A machine that the contract covers."""

    id: int
    asset_id: int
    first_day: date
    last_day: date | None


class ContractOut(ContractBrief):
    """A contract with its lines, agents and machines."""

    arrears_on: str
    is_own_invoice: bool
    payment_terms_id: int | None
    method: str
    mandate_id: int | None
    order_number: str
    order_date: date | None
    cig: str
    cup: str
    notes: str
    invoice_notes: str
    conditions: str
    custom: dict[str, Any]
    lines: list[ContractLineOut]
    agents: list[AgentOut]
    covers: list[CoverOut]


class CancelIn(api.Schema):
    """The last day covered, why, and the day the notice came in: without one, today."""

    last_day: Day
    reason: Why
    on: Day | None = None


class SuspendIn(api.Schema):
    """From which day on nothing is billed, and why."""

    day: Day
    reason: Why


class ResumeIn(api.Schema):
    """Either `day`, from which it goes on without the pause, or `bills_pause`: all is billed."""

    day: Day | None = None
    bills_pause: bool = False


class CopyIn(api.Schema):
    """For whom the copy is, and from which day."""

    customer_id: api.Id
    start: Day


class ContractLineEndIn(api.Schema):
    """The last day covered."""

    last_day: Day


class ContractChargeOut(api.Schema):
    """A charge as the line gives it; `ratio` is the part of a whole period.

    `is_suspended` says that it is left out as long as the contract is suspended.
    """

    line_id: int | None
    description: str
    first_day: date
    last_day: date
    ratio: str
    amount: str
    invoice_date: date
    is_billed: bool
    is_suspended: bool


class ScheduleOut(api.Schema):
    """The charges from a day through another; `is_cut` where there are more than 1000."""

    since: date
    until: date
    charges: list[ContractChargeOut]
    is_cut: bool


class OwnFieldIn(api.Schema):
    """A field that a type adds to its contracts."""

    key: str = Field(max_length=30)
    label: str = Field(max_length=120)
    kind: Literal["text", "number", "day", "yes", "choice"] = "text"
    choices: list[str] = []
    required: bool = False


class TypeChange(api.Schema):
    """What changes of a type of contract; `fields` replaces all of its own fields."""

    code: str | None = Field(None, max_length=20)
    name: str | None = Field(None, max_length=120)
    fields: list[OwnFieldIn] | None = None
    conditions: str | None = None
    is_active: bool | None = None


class TypeNew(TypeChange):
    """A new type of contract."""

    code: str = Field(max_length=20)
    name: str = Field(max_length=120)


class TypeOut(api.Schema):
    """A type of contract."""

    id: int
    code: str
    name: str
    fields: list[dict[str, Any]]
    conditions: str
    is_active: bool
