# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From documents and faults to HTTP answers."""

from __future__ import annotations

import json

import pytest

from ansible_collections.opendr.vcda.tests.simulator import ApiError, Break, ConnectionDropped, Fault, Response, answers
from ansible_collections.opendr.vcda.tests.simulator.call import Answer

BODY = b'{"code":"x","items":[1,2,3]}'


def test_a_document() -> None:
    response = answers.rendered(Answer(200, {"a": 1}, {"X-VCAV-Auth": "t"}), "application/json")
    assert (response.status, json.loads(response.body)) == (200, {"a": 1})
    assert response.headers == {"Content-Type": "application/json", "X-VCAV-Auth": "t"}


def test_no_document() -> None:
    response = answers.rendered(Answer(204), "application/json")
    assert (response.status, response.body, response.headers) == (204, b"", {})


@pytest.mark.parametrize(
    ("status", "empty", "content_type"),
    [
        (404, True, "application/json"),
        (406, False, "application/json"),
        (406, True, None),
        (502, True, "text/html;charset=UTF-8"),
    ],
)
def test_errors(status: int, empty: bool, content_type: str | None) -> None:
    response = answers.error(ApiError(status, "Code", "Text."), "application/json", empty_406=empty)
    assert (response.status, response.headers.get("Content-Type")) == (status, content_type)
    assert bool(response.body) is (content_type is not None)


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("reset_before", Break.RESET),
        ("timeout_before", Break.SILENCE),
        ("certificate_mismatch", Break.CERTIFICATE),
        ("site_down", Break.REFUSED),
    ],
)
def test_breaks_before_the_effect(kind: str, how: Break) -> None:
    with pytest.raises(ConnectionDropped) as caught:
        answers.before(Fault(kind))
    assert caught.value.how is how


@pytest.mark.parametrize(("kind", "how"), [("reset_after", Break.RESET), ("timeout_after", Break.SILENCE)])
def test_breaks_after_the_effect(kind: str, how: Break) -> None:
    assert answers.before(Fault(kind)) is None
    with pytest.raises(ConnectionDropped) as caught:
        answers.after(Fault(kind), Response(200))
    assert caught.value.how is how


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("status_500", 500, "application/json;charset=UTF-8"),
        ("html_502", 502, "text/html;charset=UTF-8"),
        ("html_503", 503, "text/html;charset=UTF-8"),
        ("html_504", 504, "text/html;charset=UTF-8"),
        ("answer", 200, "application/json;charset=UTF-8"),
    ],
)
def test_other_answers_before_or_after_the_effect(kind: str, status: int, content_type: str) -> None:
    early = answers.before(Fault(kind))
    assert early is not None
    assert (early.status, early.headers["Content-Type"]) == (status, content_type)
    assert answers.before(Fault(kind, after=True)) is None
    late = answers.after(Fault(kind, after=True), Response(202, body=BODY))
    assert (late.status, late.body) == (early.status, early.body)


def test_an_answer_of_choice() -> None:
    made = answers.in_place_of(Fault("answer", status=207, body="[]", content_type="text/plain"))
    assert made == Response(207, {"Content-Type": "text/plain"}, b"[]")


def test_a_redirect() -> None:
    made = answers.before(Fault("redirect", location="https://a.test/"))
    assert made is not None
    assert (made.status, made.headers["Location"]) == (302, "https://a.test/")


def test_damaged_answers() -> None:
    with pytest.raises(ValueError, match=r"."):
        json.loads(answers.after(Fault("broken_json"), Response(200, body=BODY)).body)
    assert answers.after(Fault("truncated"), Response(200, body=BODY)).truncate
    slow = answers.after(Fault("slow", seconds=2), Response(200, body=BODY, delay=1))
    assert (slow.delay, slow.body) == (3, BODY)


@pytest.mark.parametrize("kind", ["task_fails", "task_vanishes", "session_expired"])
def test_what_leaves_the_answer_alone(kind: str) -> None:
    assert answers.before(Fault(kind)) is None
    assert answers.after(Fault(kind), Response(200, body=BODY)).body == BODY
