"""The lines of the table, by name."""

from __future__ import annotations

from collections.abc import Callable

from canone.config.bench import (
    accounting,
    asking,
    billing,
    contracts,
    importing,
    keeping,
    large,
    paper,
    reading,
    serving,
)
from canone.config.bench.measure import Result

LINES: dict[str, Callable[[float], list[Result]]] = {
    "import-csv": importing.import_csv,
    "pull": asking.pull,
    "account-all": accounting.account_all,
    "totals": reading.one_customer,
    "list-page": reading.list_page,
    "rate": reading.rate,
    "save-during-run": reading.save_during_run,
    "linear-import": importing.linear,
    "linear-account": accounting.linear,
    "import-large": large.import_large,
    "backup": keeping.keeping,
    "requests": serving.requests,
    "issue-10000": billing.issue,
    "issue-linear": billing.linear,
    "preview": billing.look,
    "invoice-pdf": paper.in_a_run,
    "contract-list": contracts.list_page,
    "large-contract": contracts.large,
    "save-while-billing": contracts.save_while_billing,
}
