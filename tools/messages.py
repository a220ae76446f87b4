"""The message catalogs: `python tools/messages.py update [CONTEXT …]` and `… check [CONTEXT …]`.

Every context keeps its own `locale/{it,fr}/LC_MESSAGES/django.po`; the source text is English.
`update` reads Python and templates, keeps what is translated, drops what is gone, and fills in what
another context translates already. `check` names every message that is missing, fuzzy or at odds.
`./canone` and the tests compile the catalogs; gettext's own programs are not needed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "canone"
LANGUAGES = {
    "it": "nplurals=2; plural=(n != 1);",
    "fr": "nplurals=2; plural=(n > 1);",
}
CALLS = {
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "pgettext": -1,
    "pgettext_lazy": -1,
    "ngettext": 2,
    "ngettext_lazy": 2,
    "npgettext": -2,
    "npgettext_lazy": -2,
}
IN_TEMPLATE = re.compile(
    r"\b(_|n?p?gettext)\(((?:\s|,|count|u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\")+)\)"
)
TEXT = re.compile(r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
# French sets a narrow no-break space before these, never a plain one and never none.
FRENCH = re.compile(r"[^\S\u202f\u00a0][:;!?»](?!\w)|[\w)][;!?»](?=\s|$)|\w:(?=\s|$)|«(?![\u202f])")


@dataclass(frozen=True, slots=True)
class Found:
    """A message in the source: its texts, its context, the file that says it."""

    ids: tuple[str, ...]
    context: str | None
    file: str

    @property
    def key(self) -> tuple[str, str | None]:
        """What gettext looks it up by."""
        return self.ids[0], self.context


def contexts(names: Sequence[str] = ()) -> list[Path]:
    """Return the folders of the contexts called `registers/parties` and so on, or of all."""
    found = sorted(path.parent for path in PACKAGE.glob("**/apps.py"))
    return [path for path in found if not names or str(path.relative_to(PACKAGE)) in names]


def source(context: Path) -> dict[tuple[str, str | None], Found]:
    """Return the messages of a context, in the order of its files."""
    found: dict[tuple[str, str | None], Found] = {}
    for path in sorted(context.glob("**/*")):
        if "migrations" in path.parts or "locale" in path.parts or "static" in path.parts:
            continue
        if path.suffix == ".py":
            messages = _of_python(path)
        elif "templates" in path.parts and path.suffix in {".html", ".txt", ".typ"}:
            messages = _of_template(path)
        else:
            continue
        for message in messages:
            known = found.get(message.key)
            if known is None or len(message.ids) > len(known.ids):
                found[message.key] = message
    return found


def catalog_path(context: Path, language: str) -> Path:
    """Return where a context keeps its messages in a language."""
    return context / "locale" / language / "LC_MESSAGES" / "django.po"


def read(context: Path, language: str) -> Catalog:
    """Return a context's catalog; an empty one where there is none yet."""
    path = catalog_path(context, language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update(names: Sequence[str] = ()) -> int:
    """Return how many messages are still to translate, after writing catalogs anew."""
    missing = 0
    for language in LANGUAGES:
        old = {context: read(context, language) for context in contexts()}
        shared = _shared(old.values())
        for context in contexts(names):
            catalog, found = old[context], source(context)
            if not found and not catalog_path(context, language).exists():
                continue
            fresh = Catalog(locale=language)
            for message in found.values():
                string = _known(message, catalog, shared)
                missing += not _complete(message.ids, string)
                identity = message.ids if len(message.ids) > 1 else message.ids[0]
                fresh.add(
                    identity,
                    string,
                    locations=[(message.file, None)],
                    context=message.context,
                    flags=_flags(message),
                )
            _write(catalog_path(context, language), fresh, language)
    return missing


def check(names: Sequence[str] = ()) -> list[str]:
    """Return what is wrong in the catalogs, one line each; empty when all is well."""
    faults: list[str] = []
    for language in LANGUAGES:
        said: dict[tuple[str, str | None], dict[str, str]] = defaultdict(dict)
        for context in contexts(names):
            name = str(context.relative_to(PACKAGE))
            catalog = read(context, language)
            found = source(context)
            faults += _compare(f"{language} {name}", found, catalog, language)
            for message in _entries(catalog):
                key = (_first(message.id), message.context)
                said[key][name] = _first(message.string)
        for (text, _context), ways in said.items():
            if len(set(ways.values())) > 1:
                faults.append(f"{language}: {text!r} is said in several ways: {ways}")
    for path in PACKAGE.glob("**/*.py"):
        if not any(path.is_relative_to(context) for context in contexts()):
            faults += [f"{path}: {m.ids[0]!r} belongs to no catalog" for m in _of_python(path)]
    return faults


def _compare(
    where: str, found: dict[tuple[str, str | None], Found], catalog: Catalog, language: str
) -> Iterator[str]:
    entries = {(_first(message.id), message.context): message for message in _entries(catalog)}
    for key, message in found.items():
        entry = entries.get(key)
        if entry is None or not _complete(message.ids, entry.string):
            yield f"{where}: {key[0]!r} is not translated ({message.file})"
        elif entry.fuzzy:
            yield f"{where}: {key[0]!r} is fuzzy"
        else:
            yield from _faults(where, message, entry, language)
    for key in entries.keys() - found.keys():
        yield f"{where}: {key[0]!r} is no longer in the source"
    if catalog.obsolete:
        yield f"{where}: there are obsolete messages"


def _faults(where: str, message: Found, entry: Message, language: str) -> Iterator[str]:
    wanted = set(PLACEHOLDER.findall("".join(message.ids)))
    for string in _strings(entry.string):
        if not set(PLACEHOLDER.findall(string)) <= wanted:
            yield f"{where}: {string!r} has placeholders that the source has not"
        if "'" in string:
            yield f"{where}: {string!r} has a straight apostrophe"
        if language == "fr" and FRENCH.search(PLACEHOLDER.sub("x", string)):
            yield f"{where}: {string!r} needs U+202F before its punctuation"
    if not wanted <= set(PLACEHOLDER.findall("".join(_strings(entry.string)))):
        yield f"{where}: {message.ids[0]!r} has placeholders that its translation has not"


def _of_python(path: Path) -> Iterator[Found]:
    tree = ast.parse(path.read_text())
    names = {"_": 1}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            names |= {
                alias.asname or alias.name: CALLS[alias.name]
                for alias in node.names
                if alias.name in CALLS
            }
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        kind = names.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if kind and (texts := [_constant(argument) for argument in node.args]):
            yield from _message(kind, texts, path)


def _constant(node: ast.expr) -> str | None:
    literal = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node.value if literal else None  # type: ignore[union-attr, return-value]


def _of_template(path: Path) -> Iterator[Found]:
    for name, inside in IN_TEMPLATE.findall(templatize(path.read_text())):
        texts: list[str | None] = [ast.literal_eval(text) for text in TEXT.findall(inside)]
        yield from _message(CALLS.get(name, 1), texts, path)


def _message(kind: int, texts: list[str | None], path: Path) -> Iterator[Found]:
    context = texts.pop(0) if kind < 0 else None
    ids = tuple(text for text in texts[: abs(kind)] if text)
    if len(ids) == abs(kind):
        yield Found(ids, context, str(path.relative_to(ROOT)))


def _flags(message: Found) -> set[str]:
    return {"python-format"} if any("%(" in text or "%s" in text for text in message.ids) else set()


def _entries(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _strings(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _complete(ids: tuple[str, ...], string: str | tuple[str, ...] | list[str]) -> bool:
    strings = _strings(string)
    return len(strings) == len(ids) and all(strings)


def _shared(catalogs: object) -> dict[tuple[str, str | None], str | tuple[str, ...]]:
    return {
        (_first(message.id), message.context): message.string
        for catalog in catalogs  # type: ignore[attr-defined]
        for message in _entries(catalog)
        if message.string and all(_strings(message.string)) and not message.fuzzy
    }


def _known(
    message: Found, catalog: Catalog, shared: dict[tuple[str, str | None], str | tuple[str, ...]]
) -> str | tuple[str, ...]:
    own = catalog.get(message.ids[0], message.context)
    for string in (own.string if own else "", shared.get(message.key, "")):
        if string and _complete(message.ids, string):
            return string
    return "" if len(message.ids) == 1 else ("", "")


def _write(path: Path, catalog: Catalog, language: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, catalog, omit_header=True, include_lineno=False, width=100)
    header = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {language}\\n"\n"Plural-Forms: {LANGUAGES[language]}\\n"\n\n'
    )
    path.write_text(header + body.getvalue().decode().strip() + "\n")


def main(arguments: list[str]) -> int:
    """Return 0 when there is nothing left to do."""
    if arguments[:1] == ["update"]:
        missing = update(arguments[1:])
        print(f"{missing} messages are still to translate")
        return 0
    if arguments[:1] == ["check"]:
        faults = check(arguments[1:])
        print("\n".join(faults) or "every message is translated")
        return 1 if faults else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
