"""Public addresses to which others send: a key in the address or a signature says who they are.

No browser holds a session for them, so there is no forgery to guard against: they are exempt from
the check of forms. Every answer is short, none tells more than its asker already knows.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from canone.channels.connectors.models import Delivery
from canone.channels.connectors.queries import refusals
from canone.channels.connectors.rules.webhook import payload, signing
from canone.channels.connectors.services.receiving import deliveries, messages

NOT_TAKEN = (
    deliveries.NobodyError,
    deliveries.PausedError,
    deliveries.ReplayedError,
    signing.RefusedError,
)
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")


@csrf_exempt
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """Take sessions that a program sends, signed."""
    if request.method != "POST":
        return _problem(405, "method", allow="POST")
    body = _body(request, payload.LARGEST)
    if body is None:
        return _problem(413, "too_large", limit=payload.LARGEST)
    headers = {name: request.headers.get(name, "") for name in SIGNED}
    sent = deliveries.Sent(headers, body, _address(request), timezone.now())
    try:
        return JsonResponse(_result(deliveries.take(source_id=pk, sent=sent)))
    except payload.FaultyError as error:
        return _faulty(error)
    except NOT_TAKEN as error:
        return _not_taken(error)


@csrf_exempt
def rustdesk(request: HttpRequest, pk: int, key: str, call: str) -> HttpResponse:
    """Take what a RustDesk client says about connections to its computer.

    The client takes an empty answer for success and anything else for a reason to send again. What
    it sends beside (transferred files, alarms) is thanked for and not kept.
    """
    if request.method != "POST" or call not in CALLS:
        return HttpResponse(status=404)
    body = _body(request, messages.LARGEST)
    if body is None:
        return HttpResponse("too large", status=413, content_type="text/plain")
    now, address = timezone.now(), _address(request)
    try:
        source = messages.sender(pk, key, now)
        take = CALLS[call]
        if take is not None:
            take(source=source, body=body, address=address, at=now)
    except messages.RefusedError as error:
        return HttpResponse(error.said, status=error.status, content_type="text/plain")
    return HttpResponse("SYSINFO_UPDATED" if call == "sysinfo" else b"", content_type="text/plain")


CALLS: dict[str, Any] = {
    "audit/conn": messages.take,
    "audit/file": None,
    "audit/alarm": None,
    "sysinfo": messages.take_name,
}


def _body(request: HttpRequest, largest: int) -> bytes | None:
    """Return the body, None for one that is too large; no more of it is read than is allowed.

    One that breaks off is empty: nobody is there any more to be told.
    """
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and len(length) < 20 and int(length) > largest:
        return None
    try:
        body = request.read(largest + 1)
    except UnreadablePostError:
        return b""
    return body if len(body) <= largest else None


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))[:60]


def _result(taken: Delivery) -> dict[str, Any]:
    return {
        "id": taken.name,
        "seen": taken.seen,
        "new": taken.new,
        "closed": taken.closed,
        "unassigned": taken.unassigned,
    }


def _not_taken(error: Exception) -> JsonResponse:
    if isinstance(error, signing.RefusedError):
        return _problem(401, error.code)
    if isinstance(error, deliveries.ReplayedError):
        return _problem(409, "replayed", result=_result(error.taken))
    nobody = isinstance(error, deliveries.NobodyError)
    return _problem(404, "nobody") if nobody else _problem(409, "paused")


def _problem(status: int, code: str, allow: str = "", **more: Any) -> JsonResponse:
    said = refusals.refusal(code, more)
    answer = JsonResponse({"error": {"code": code, "message": said}, **more}, status=status)
    if allow:
        answer["Allow"] = allow
    return answer


def _faulty(error: payload.FaultyError) -> JsonResponse:
    rows = [
        {
            "row": fault.row,
            "field": fault.field or None,
            "code": fault.code,
            "message": refusals.fault(fault.code, fault.value),
        }
        for fault in error.faults[: payload.MOST_FAULTS]
    ]
    count = len(error.faults)
    said = refusals.refusal("faulty", {"count": count})
    told = {"error": {"code": "faulty", "message": said}, "count": count, "faults": rows}
    return JsonResponse(told, status=422)
