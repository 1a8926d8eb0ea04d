# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filled texts: which they are, and that requests find what answers have shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.simulator.exchange import Request, Response
from ansible_collections.opendr.vcda.tests.simulator.texts import Filling

FILLING = Filling("{{ <text> }}")


def filled(document: Any, filling: Filling = FILLING) -> Any:
    return json.loads(filling.response(Response(200, {}, json.dumps(document).encode())).body)


def test_free_texts_are_filled_and_words_of_the_api_are_not() -> None:
    document = {"id": "C4-1", "vmName": "db-1", "vmDescription": "", "state": "RUNNING", "rpo": 5, "isPaused": None}
    assert filled(document) == {**document, "vmName": "{{ db-1 }}", "vmDescription": "{{  }}"}


def test_what_is_new_is_filled() -> None:
    assert filled({"a": [{"neverHeardOf": ["x"]}]}) == {"a": [{"neverHeardOf": ["{{ x }}"]}]}


def test_an_owner_has_two_names() -> None:
    assert filled({"owner": "tenant-1@site-1"}) == {"owner": "{{ tenant-1 }}@{{ site-1 }}"}


def test_what_comes_later_is_there() -> None:
    shown = filled({"destinationState": {"lastError": None}, "metadata": {}})
    assert shown["destinationState"]["lastError"]["msg"] == "{{ Synchronization failed. }}"
    assert shown["metadata"] == {"{{ key }}": "{{ value }}"}


def test_all_texts_may_be_the_same() -> None:
    assert filled({"vmName": "db-1", "msg": "No."}, Filling("yes")) == {"vmName": "yes", "msg": "yes"}


def test_what_is_no_json_stays() -> None:
    assert FILLING.response(Response(502, {}, b"<html>")).body == b"<html>"


@pytest.mark.parametrize("pattern", ["{{ <text> }}", "\ud83d<text>\udc00", "x\ufffd<text>\ufffdy", "\t<text>\x00"])
def test_a_request_names_what_was_read(pattern: str) -> None:
    filling = Filling(pattern)
    read = filling.read("db-1")
    body = json.dumps({"name": read, "list": [read, 1], "site": None}).encode()
    request = filling.request(Request("GET", f"/x/{read}/y", [("vmName", read)], {}, body))
    assert (request.path, request.query) == ("/x/db-1/y", [("vmName", "db-1")])
    assert json.loads(request.body) == {"name": "db-1", "list": ["db-1", 1], "site": None}


def test_a_body_that_is_no_json_stays() -> None:
    assert FILLING.request(Request("POST", "/x", body=b"{{ db-1 }}")).body == b"{{ db-1 }}"


def test_by_default_all_stays() -> None:
    assert Filling("<text>").is_plain
    assert not FILLING.is_plain
