"""`./canone build`: all that comes from the network, so that a start needs none (containers)."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from launcher import assets, environment, prepare, processes
from launcher.base import data_folder


def main(arguments: Sequence[str]) -> int:
    """Return 0 when packages, front-end files and messages are there; no database is touched."""
    parser = argparse.ArgumentParser(prog="./canone build", description=__doc__)
    told = "with what Sentry and Prometheus need, so that their settings can be given later"
    parser.add_argument("--extras", action="store_true", help=told)
    given = parser.parse_args(arguments)
    environment.ensure("extras" if given.extras else "run")
    data = data_folder()
    assets.ensure(assets.folder(data))
    processes.must(
        [*prepare.DJANGO, "prepare", "--messages"],
        prepare.environ(data),
        "The messages could not be prepared (see above)",
    )
    return 0
