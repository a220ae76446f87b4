"""Examples for programs, in curl and Python; a test runs them as they stand here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ROOT = "https://canone.example.com/api/v1/"
"""What stands for the address of this installation."""
BEARER = '-H "Authorization: Bearer $API_TOKEN"'


@dataclass(frozen=True, slots=True)
class Example:
    """One thing to do; the Python of each goes on from those before."""

    title: StrOrPromise
    curl: str
    python: str


def at(root: str) -> list[Example]:
    """Return the examples for the installation at this address."""
    return [
        Example(one.title, one.curl.replace(ROOT, root), one.python.replace(ROOT, root))
        for one in EXAMPLES
    ]


EXAMPLES = (
    Example(
        _("With a token"),
        f"curl {BEARER} {ROOT}me",
        f"""import json, os, time, urllib.error, urllib.request

ROOT = "{ROOT}"
TOKEN = os.environ["API_TOKEN"]


def ask(path, method="GET", body=None, **headers):
    headers |= {{"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}}
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(ROOT + path, data, headers, method=method)
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


print(ask("me")["email"])""",
    ),
    Example(
        _("Page by page"),
        f'curl {BEARER} "{ROOT}parties?limit=100&cursor="',
        """def every(path):
    cursor = ""
    while cursor is not None:
        page = ask(f"{path}?limit=100&cursor={cursor}")
        yield from page["items"]
        cursor = page["next"]


for party in every("parties"):
    print(party["id"], party["name"])""",
    ),
    Example(
        _("Once, however often it is sent"),
        f"""curl {BEARER} -H "Idempotency-Key: shop-4711" -H "Content-Type: application/json" \\
  -d '{{"name": "Officine Brambilla", "is_customer": true}}' {ROOT}parties""",
        """customer = {"name": "Officine Brambilla", "is_customer": True}
key = {"Idempotency-Key": "shop-4712"}
first = ask("parties", "POST", customer, **key)
again = ask("parties", "POST", customer, **key)
print(first["id"] == again["id"])""",
    ),
    Example(
        _("When it is refused"),
        f"""curl {BEARER} -H "Content-Type: application/json" -d '{{"name": ""}}' {ROOT}parties""",
        """try:
    ask("parties", "POST", {"name": ""})
except urllib.error.HTTPError as refused:
    said = json.load(refused)
    print(refused.code, said["error"], said["detail"])
    for fault in said["fields"]:
        print(fault["field"], fault["detail"])""",
    ),
    Example(
        _("What is overdue, and a payment"),
        f'curl {BEARER} "{ROOT}due-items?state=overdue&limit=100"',
        """for item in ask("due-items?state=overdue&limit=100")["items"]:
    print(item["document"], item["days_late"], item["open"])

payment = {
    "customer_id": first["id"],
    "day": "2026-01-31",
    "amount": "122.00",
    "method": "transfer",
    "reference": "CRO 4711",
    "key": "bank-4711",
}
booked = ask("payments", "POST", payment)
print(booked["amount"], booked["credit"])""",
    ),
    Example(
        _("Only if nobody changed it meanwhile"),
        f"""curl {BEARER} -X PATCH -H 'If-Match: "0b5d"' -H "Content-Type: application/json" \\
  -d '{{"phone": "02 1234567"}}' {ROOT}firm""",
        """one = f"parties/{first['id']}"
asked = urllib.request.Request(ROOT + one, headers={"Authorization": "Bearer " + TOKEN})
with urllib.request.urlopen(asked) as answer:
    seen = {"If-Match": answer.headers["ETag"]}

print(ask(one, "PATCH", {"phone": "02 1234567"}, **seen)["phone"])
try:
    ask(one, "PATCH", {"phone": "02 7654321"}, **seen)
except urllib.error.HTTPError as refused:
    print(refused.code, json.load(refused)["error"])""",
    ),
    Example(
        _("Within the limits"),
        f"curl -i {BEARER} {ROOT}me",
        """def patiently(path):
    while True:
        try:
            return ask(path)
        except urllib.error.HTTPError as refused:
            if refused.code != 429:
                raise
            time.sleep(int(refused.headers["Retry-After"]))


print(patiently("me")["email"])""",
    ),
)
