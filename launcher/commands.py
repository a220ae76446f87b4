"""The commands of `./canone`."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from launcher import build, environment, prepare, processes, service, supervisor, testing, upgrade
from launcher.base import StopError, data_folder, lock, say
from launcher.logs import Log

PASSED_ON = {
    "worker": "work in the background only, beside a server that runs elsewhere",
    "simulate": "price sessions or contracts from standard input, without a database",
    "bench": "measure speed and memory",
    "backup": "write the whole firm into one file, while people work",
    "restore": "bring a firm back from a backup, into an empty data folder",
    "move-to-postgres": "copy the firm from SQLite into an empty PostgreSQL, with proof",
    "doctor": "look over disk, clock, database, mail, worker, backups, versions",
    "verify": "prove that the journal of closed facts was not altered",
    "manage": "run one of Django's or Canone's management commands",
}
OWN: dict[str, tuple[Callable[[Sequence[str]], int], str]] = {
    "build": (
        build.main,
        "install all that the network gives, for a start without it",
    ),
    "test": (testing.main, "install what the tests need and run them all"),
    "upgrade": (upgrade.main, "backup, new version, smoke test; back to the old one on failure"),
    "service": (service.main, "install, remove or show the service of systemd"),
}
ALONE = ("restore", "move-to-postgres")
"""What must not happen while Canone runs on the folder."""
PRIVATE = 0o077
CHECK = "--check"


def main(arguments: Sequence[str]) -> int:
    """Return the exit status of the command line `arguments`."""
    try:
        return _run(list(arguments))
    except StopError as stop:
        say(str(stop))
        return 1
    except KeyboardInterrupt:
        say("Stopped; the next start continues.")
        return 130


def _run(arguments: list[str]) -> int:
    command = arguments[0] if arguments else ""
    if command in PASSED_ON:
        return _pass_on(command, arguments[1:])
    if command in OWN:
        return OWN[command][0](arguments[1:])
    parser = _parser()
    given = parser.parse_args(arguments)
    if not command:
        parser.print_help()
        return 2
    return _serve(given, demo=command == "demo")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./canone", description="Starts Canone.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, text in (
        ("demo", "start with a demo firm to look around in"),
        ("serve", "start pages, API and background work"),
    ):
        one = commands.add_parser(name, help=text, description=text)
        one.add_argument("--port", type=int, default=8000, help="default: 8000")
        one.add_argument("--host", default="127.0.0.1", help="default: this machine only")
        one.add_argument("--data", metavar="DIR", help="where all state lies (default: var)")
        if name == "serve":
            told = "pages and API only: background work is done by `worker` elsewhere"
            one.add_argument("--pages", action="store_true", help=told)
        if name == "demo":
            told = "whose firm it is: it (when nothing is said) or fr"
            one.add_argument("--country", choices=prepare.COUNTRIES, help=told)
    for name, (_main, text) in OWN.items():
        commands.add_parser(name, help=text)
    for name, text in PASSED_ON.items():
        commands.add_parser(name, help=text)
    return parser


def _serve(given: argparse.Namespace, *, demo: bool) -> int:
    environment.ensure()
    data = data_folder(given.data)
    prepare.must_be_writable(data)
    os.umask(PRIVATE)
    busy = f"Canone already runs on {data}: --data DIR names another folder"
    with lock(data / ".running", busy=busy):
        supervisor.check_port(given.host, given.port)
        prepare.bring_up(data)
        if demo:
            prepare.load_demo(data, given.country)
        return _supervise(given, data)


def _supervise(given: argparse.Namespace, data: Path) -> int:
    name = f"[{given.host}]" if ":" in given.host else given.host
    local = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(name, name)
    url = f"http://{local}:{given.port}"
    env = prepare.environ(data)
    env.setdefault("CANONE_HOSTS", ",".join(supervisor.host_names(given.host)))
    if os.environ.get("CANONE_METRICS_TOKEN"):
        env["PROMETHEUS_MULTIPROC_DIR"] = str(prepare.emptied(data / "metrics"))
    children = [supervisor.Child("web", web(given.host, given.port))]
    if prepare.has_command("worker") and not getattr(given, "pages", False):
        children.append(supervisor.Child("worker", [*prepare.DJANGO, "worker"]))
        env["CANONE_EXPECT_WORKER"] = "1"

    def announce() -> None:
        print(f"\nCanone is ready: {url}/\n{prepare.how_to_log_in(data, url)}", flush=True)
        print("Ctrl-C stops it.\n", flush=True)

    return supervisor.Supervisor(children, env, Log(data / "logs")).run(f"{url}/healthz", announce)


def web(host: str, port: int) -> list[str | Path]:
    """Return the server's command; one process, for SQLite takes one writer at a time."""
    count = os.environ.get("CANONE_WEB_PROCESSES", "1")
    if not count.isdigit() or count == "0":
        raise StopError(f"CANONE_WEB_PROCESSES is a number from 1 up, not {count!r}")
    return [environment.PYTHON, "-m", "granian", "canone.config.wsgi:application",
            "--interface", "wsgi", "--host", host, "--port", str(port),
            "--workers", count, "--blocking-threads", "5", "--no-ws",
            "--respawn-failed-workers", "--workers-kill-timeout", "10"]  # fmt: skip


def _pass_on(command: str, arguments: list[str]) -> int:
    """Become the management command: its input, output and exit status are ours."""
    given = None
    if len(arguments) > 1 and arguments[0] == "--data":
        given, arguments = arguments[1], arguments[2:]
    environment.ensure()
    data = data_folder(given)
    os.umask(PRIVATE)
    if command == "worker" and CHECK not in arguments:
        prepare.bring_up(data)
    if command in ALONE:
        return _alone(command, arguments, data)
    program = [*map(str, prepare.program(command)), *arguments]
    os.execve(program[0], program, prepare.environ(data))
    raise AssertionError(program)  # the call above does not return


def _alone(command: str, arguments: list[str], data: Path) -> int:
    """Run a command that must not meet a running Canone."""
    with lock(data / ".running", busy=f"Canone runs on {data}: stop it first"):
        (data / "prepared").unlink(missing_ok=True)
        # the child works from the checkout: a file is named from where the person stands
        given = [str(Path(one).resolve()) if Path(one).exists() else one for one in arguments]
        return processes.run([*prepare.program(command), *given], prepare.environ(data))
