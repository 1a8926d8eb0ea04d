# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A hostile or broken gateway in front of the sites: how switch ``gateway`` changes every answer."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from .exchange import DRIPS, Break, ConnectionDropped, Request, Response
from .settings import Settings

_HTML = b"<html><body><script>alert(1)</script><h1>Sign in</h1></body></html>"
_PAGE = {"Content-Type": "text/html;charset=UTF-8"}
_JSON = {"Content-Type": "application/json;charset=UTF-8"}
# Items on each page of a list without end.
_PAGE_SIZE = 100
_MANY = 1_000_000
# Does not fit into 64 bits.
_HUGE = 10**400
_DEEP = 2000

_Answer = Callable[[Request, Response], Response]


def _as(content_type: str) -> _Answer:
    def answer(_request: Request, response: Response) -> Response:
        response.headers["Content-Type"] = content_type
        return response

    return answer


def _called_gzip(cut: int | None) -> _Answer:
    """Declare the body as compressed, and send ``cut`` bytes of the compressed body; None sends the plain body."""

    def answer(_request: Request, response: Response) -> Response:
        response.headers["Content-Encoding"] = "gzip"
        response.body = response.body if cut is None else gzip.compress(response.body)[:cut]
        return response

    return answer


def _truncated(_request: Request, response: Response) -> Response:
    response.truncate = True
    return response


def _broken(_request: Request, response: Response) -> Response:
    response.body = response.body[: len(response.body) // 2] + b"\x00{"
    return response


def _twice(_request: Request, response: Response) -> Response:
    response.repeated = [(name, f"{value}x") for name, value in response.headers.items()]
    return response


def _each(change: Callable[[Any], Any]) -> _Answer:
    """Change every value of a document that is neither an object nor a list."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(item) for key, item in value.items()}
        return [changed(item) for item in value] if isinstance(value, list) else change(value)

    return _document(changed)


def _document(change: Callable[[Any], Any]) -> _Answer:
    def answer(_request: Request, response: Response) -> Response:
        if response.body and response.status < 300:
            response.body = json.dumps(change(json.loads(response.body))).encode()
        return response

    return answer


def _list(change: Callable[[Request, dict[str, Any]], dict[str, Any]]) -> _Answer:
    """Change pages of lists, and lists without pages."""

    def answer(request: Request, response: Response) -> Response:
        if not response.body or response.status >= 300:
            return response
        document = json.loads(response.body)
        if isinstance(document, list):
            response.body = json.dumps(change(request, {"items": document})["items"]).encode()
        elif isinstance(document, dict) and isinstance(document.get("items"), list):
            response.body = json.dumps(change(request, document)).encode()
        return response

    return answer


def _endless(request: Request, document: dict[str, Any]) -> dict[str, Any]:
    offset = int(dict(request.query).get("offset", "0"))
    pattern = (document["items"] or [{}])[0]
    return {"items": [{**pattern, "id": f"{offset + number}"} for number in range(_PAGE_SIZE)]}


def _short_pages(request: Request, document: dict[str, Any]) -> dict[str, Any]:
    return {**_endless(request, document), "items": _endless(request, document)["items"][:1], "total": _MANY}


def _damaged_items(_request: Request, document: dict[str, Any]) -> dict[str, Any]:
    pattern = (document["items"] or [{}])[0]
    odd: list[Any] = [None, 7, "x", [], {}, dict.fromkeys(pattern), {"id": 7}, {"id": "other/../id"}]
    items = document["items"] + odd
    return {**document, "items": items, "total": len(items)}


def _wrapped(value: Any) -> Any:
    return [value]


def _other_type(value: Any) -> Any:
    return {"value": value} if isinstance(value, str) else str(value)


def _number(value: Any) -> Any:
    return _HUGE if isinstance(value, int) and not isinstance(value, bool) else value


def _infinite(_request: Request, response: Response) -> Response:
    """Write every number so that it is read as infinity."""
    answered = _each(lambda value: 987654321 if isinstance(value, int) and not isinstance(value, bool) else value)
    changed = answered(_request, response)
    changed.body = changed.body.replace(b"987654321", b"1e999")
    return changed


# Answers given instead of the site's: the request does not reach the site.
_INSTEAD: dict[str, tuple[int, dict[str, str], bytes]] = {
    "html_200": (200, _PAGE, _HTML),
    "html_403": (403, _PAGE, _HTML),
    "html_404": (404, _PAGE, _HTML),
    "html_429": (429, _PAGE, _HTML),
    "html_502": (502, _PAGE, _HTML),
    "redirect": (302, {"Location": "https://elsewhere.test/", **_PAGE}, _HTML),
    "empty": (200, _JSON, b""),
    "json_null": (200, _JSON, b"null"),
    "nested": (200, _JSON, b"[" * _DEEP + b"]" * _DEEP),
}
# Changes of the site's answer.
_CHANGES: dict[str, _Answer] = {
    "text_type": _as("text/plain"),
    "no_type": _as(""),
    "not_gzip": _called_gzip(None),
    "cut_gzip": _called_gzip(12),
    "truncated": _truncated,
    "broken_json": _broken,
    "repeated_headers": _twice,
    "null_values": _each(lambda _value: None),
    "other_types": _each(_other_type),
    "huge_numbers": _each(_number),
    "infinite_numbers": _infinite,
    "wrapped": _document(_wrapped),
    "endless_list": _list(_endless),
    "short_pages": _list(_short_pages),
    "damaged_items": _list(_damaged_items),
}
_DRIPS = {drip.value: drip for drip in DRIPS}
_BREAKS = {"silence": Break.SILENCE, "reset": Break.RESET, **_DRIPS}


def behaviours() -> tuple[str, ...]:
    """Return the values of the switch except ``none``."""
    return (*_BREAKS, *_INSTEAD, *_CHANGES)


def meets(settings: Settings, request: Request) -> bool:
    """Tell whether the gateway affects a request."""
    if settings.gateway == "none":
        return False
    is_of_session = request.path.startswith("/sessions")
    spared = {"nothing": False, "sessions": is_of_session, "reads": is_of_session or request.method == "GET"}
    return not spared[settings.gateway_spares]


def before(how: str) -> Response | None:
    """Return the answer of a gateway that does not forward the request, None if it forwards it.

    :raises ConnectionDropped: if there is no answer, or one that never ends
    """
    if how in _BREAKS:
        raise ConnectionDropped(_BREAKS[how])
    if how in _INSTEAD:
        status, headers, body = _INSTEAD[how]
        return Response(status, dict(headers), body)
    return None


def after(how: str, request: Request, response: Response) -> Response:
    """Return the answer of a site as the gateway changes it, in place."""
    return _CHANGES[how](request, response)
