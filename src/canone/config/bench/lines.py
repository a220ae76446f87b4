"""The lines of the table, by name."""

from __future__ import annotations

from collections.abc import Callable

from canone.config.bench import accounting
from canone.config.bench.measure import Result

LINES: dict[str, Callable[[float], list[Result]]] = {
    "account-all": accounting.account_all,
    "linear-account": accounting.linear,
}
