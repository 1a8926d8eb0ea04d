# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turning the result of a handler into an HTTP answer, and applying faults to it."""

from __future__ import annotations

import json

from . import versions
from .call import Answer
from .errors import ApiError, server_failure
from .exchange import DRIPS, Break, ConnectionDropped, Response
from .faults import Fault

HTML = "<html><head><title>{0} {1}</title></head><body><h1>{0} {1}</h1></body></html>"
REASONS = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
BREAKS_BEFORE = {
    "reset_before": Break.RESET,
    "timeout_before": Break.SILENCE,
    "certificate_mismatch": Break.CERTIFICATE,
    "site_down": Break.REFUSED,
}
DRIPPING = {drip.value: drip for drip in DRIPS}
BREAKS_AFTER = {"reset_after": Break.RESET, "timeout_after": Break.SILENCE}


def rendered(answer: Answer, media_type: str) -> Response:
    """Return an answer as JSON of a media type, or without a body if there is no document."""
    if answer.document is None:
        return Response(answer.status, dict(answer.headers))
    headers = {"Content-Type": media_type, **answer.headers}
    return Response(answer.status, headers, json.dumps(answer.document, separators=(",", ":")).encode())


def error(problem: ApiError, media_type: str, *, empty_406: bool) -> Response:
    """Return an error; the body of a 406 is not documented, switch ``not_acceptable_body``; a 502 is never JSON."""
    if problem.status == 502:
        return html(502)
    if problem.status == 406 and empty_406:
        return Response(406)
    return rendered(Answer(problem.status, problem.document(), problem.headers), media_type)


def html(status: int) -> Response:
    """Return the HTML page of a gateway in front of the service."""
    body = HTML.format(status, REASONS[status]).encode()
    return Response(status, {"Content-Type": "text/html;charset=UTF-8"}, body)


def in_place_of(fault: Fault) -> Response | None:
    """Return the answer that a fault gives instead of the site.

    :raises ConnectionDropped: if that answer never ends
    """
    if fault.kind == "redirect":
        return Response(302, {"Location": fault.location, "Content-Type": "text/html"})
    if fault.kind == "status_500":
        return rendered(Answer(500, server_failure().document()), versions.PLAIN)
    if fault.kind.startswith("html_"):
        return html(int(fault.kind.removeprefix("html_")))
    if fault.kind == "answer":
        return Response(fault.status, {"Content-Type": fault.content_type, **fault.headers}, fault.body.encode())
    if fault.kind in DRIPPING:
        raise ConnectionDropped(DRIPPING[fault.kind])
    return None


def before(fault: Fault) -> Response | None:
    """Return the answer of a fault that occurs before the request takes effect, None if the request takes effect.

    :raises ConnectionDropped: if the fault is a missing answer
    """
    if fault.kind in BREAKS_BEFORE:
        raise ConnectionDropped(BREAKS_BEFORE[fault.kind])
    return None if fault.after_effect else in_place_of(fault)


def after(fault: Fault, response: Response) -> Response:
    """Apply a fault to the real answer.

    :raises ConnectionDropped: if the fault drops the answer
    """
    if fault.kind in BREAKS_AFTER:
        raise ConnectionDropped(BREAKS_AFTER[fault.kind])
    if fault.kind == "broken_json":
        response.body = response.body[: len(response.body) // 2] + b"\x00{"
    elif fault.kind == "truncated":
        response.truncate = True
    elif fault.kind == "slow":
        response.delay += fault.seconds
    return in_place_of(fault) or response
