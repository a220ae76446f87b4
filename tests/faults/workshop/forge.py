"""Makes workers that die where they are told: `python -m tests.faults.workshop.forge`.

One process that has loaded everything forks for each line of orders, so that a `kill -9` costs
milliseconds. It tells the worker's count of commits, if it lived to tell, and its exit status.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from typing import Any

import django

Orders = dict[str, Any]


def tell(count: int) -> None:
    os.write(1, f"{count}\n".encode())


def forked(orders: Orders) -> int:
    """Return the exit status of a worker that did what the orders say."""
    from tests.faults.workshop import dying

    child = os.fork()
    if child == 0:
        status = 1
        try:
            tell(dying.work(orders))
            status = 0
        except BaseException:  # noqa: BLE001 (the log is all that is left of it)
            traceback.print_exc()
            tell(0)
        finally:
            sys.stderr.flush()
            os._exit(status)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def rehearse(orders: Orders) -> None:
    """Do it here, so that workers find loaded and made what all of them need."""
    from tests.faults.workshop import dying

    tell(dying.rehearse(orders))
    gc.collect()
    gc.freeze()  # pages of memory that are not written to stay shared


def main() -> None:
    """Answer every line."""
    django.setup()
    tell(os.getpid())
    for line in sys.stdin:
        orders = json.loads(line)
        if orders.pop("here", False):
            rehearse(orders)
            tell(0)
        else:
            tell(forked(orders))


if __name__ == "__main__":
    main()
