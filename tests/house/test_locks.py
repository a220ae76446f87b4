"""What is installed is pinned, and the tests run on what is shipped."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions

from tests.house import tree

PROJECT = tomllib.loads((tree.ROOT / "pyproject.toml").read_text())
AGAIN = "run tools/lock.sh"


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def _pins(file: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==(\S+)", (tree.ROOT / file).read_text(), re.MULTILINE)
    return {_name(name): version for name, version in found}


def test_every_dependency_is_pinned() -> None:
    wanted = {_name(one) for one in PROJECT["project"]["dependencies"]}
    assert wanted - _pins("requirements.lock").keys() == set(), AGAIN
    wanted |= {_name(one) for one in PROJECT["project"]["optional-dependencies"]["extras"]}
    assert wanted - _pins("requirements-extras.lock").keys() == set(), AGAIN
    wanted |= {_name(one) for one in PROJECT["dependency-groups"]["dev"]}
    assert wanted - _pins("requirements-dev.lock").keys() == set(), AGAIN


def test_the_tests_run_on_the_versions_that_are_shipped() -> None:
    shipped = _pins("requirements-extras.lock").items()
    assert _pins("requirements.lock").items() <= shipped, AGAIN
    assert shipped <= _pins("requirements-dev.lock").items(), AGAIN


def test_a_run_that_asks_for_no_extras_carries_none() -> None:
    extras = {_name(one) for one in PROJECT["project"]["optional-dependencies"]["extras"]}
    assert not extras & _pins("requirements.lock").keys()


def test_every_pin_carries_hashes() -> None:
    for file in ("requirements.lock", "requirements-extras.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=\S)", (tree.ROOT / file).read_text().strip())
        assert not [one for one in entries if "--hash=sha256:" not in one]


def _imported() -> Iterator[str]:
    """Yield the foreign packages that the program itself imports, at any depth."""
    for path in tree.sources():
        for node in ast.walk(tree.parsed(path)):
            found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                found = [node.module]
            for name in found:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top not in {"canone", "_typeshed"}:
                    yield top


def test_what_the_program_imports_is_installed_without_the_tests() -> None:
    known, pinned = packages_distributions(), _pins("requirements.lock").keys()
    carried = {
        top
        for top, found in known.items()
        if {_name(one.replace(".", "-")) for one in found} & pinned
    }
    assert set(_imported()) - carried == set()
