# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway before the sites: what each of its behaviours makes of an answer, and which requests it meets."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import requests

from ansible_collections.opendr.vcda.tests.simulator import gateways
from ansible_collections.opendr.vcda.tests.simulator.adapter import InProcessAdapter
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.exchange import ConnectionDropped, Request, Response
from ansible_collections.opendr.vcda.tests.simulator.server import SimulatorServer
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings, choices
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

PAGE = {"items": [{"id": "a", "n": 1}], "total": 1}


def changed(how: str, document: Any = None, offset: str = "0") -> Any:
    request = Request("GET", "/x", [("offset", offset)])
    body = json.dumps(PAGE if document is None else document).encode()
    response = Response(200, {"Content-Type": "application/json"}, body)
    return json.loads(gateways.after(how, request, response).body)


def test_the_switch_has_every_behaviour() -> None:
    assert choices("gateway") == ("none", *gateways.behaviours())


@pytest.mark.parametrize("how", gateways.behaviours())
def test_each_does_something(how: str) -> None:
    plain = Response(200, {"Content-Type": "application/json"}, json.dumps(PAGE).encode())
    try:
        answer = gateways.before(how)
    except ConnectionDropped:
        return
    if answer is None:
        before = Response(200, dict(plain.headers), plain.body)
        assert gateways.after(how, Request("GET", "/x"), plain) != before
    else:
        assert answer != plain


@pytest.mark.parametrize(
    ("spares", "met"),
    [
        ("nothing", {"POST /sessions", "GET /sites", "POST /x"}),
        ("sessions", {"GET /sites", "POST /x"}),
        ("reads", {"POST /x"}),
    ],
)
def test_what_it_meets(spares: str, met: set[str]) -> None:
    asked = {"POST /sessions": ("POST", "/sessions"), "GET /sites": ("GET", "/sites"), "POST /x": ("POST", "/x")}
    settings = Settings.from_dict({"gateway": "empty", "gateway_spares": spares})
    assert {name for name, (method, path) in asked.items() if gateways.meets(settings, Request(method, path))} == met
    assert not any(gateways.meets(Settings(), Request(method, path)) for method, path in asked.values())


def test_lists_without_an_end() -> None:
    assert [item["id"] for item in changed("endless_list", offset="200")["items"]][:2] == ["200", "201"]
    assert "total" not in changed("endless_list")
    assert (len(changed("short_pages")["items"]), changed("short_pages")["total"]) == (1, 1_000_000)


@pytest.mark.parametrize("document", [PAGE, PAGE["items"]])
def test_the_good_ones_stay_among_the_damaged(document: Any) -> None:
    items = changed("damaged_items", document)
    items = items if isinstance(items, list) else items["items"]
    assert {"id": "a", "n": 1} in items
    assert None in items


def test_values() -> None:
    assert changed("null_values") == {"items": [{"id": None, "n": None}], "total": None}
    assert changed("other_types") == {"items": [{"id": {"value": "a"}, "n": "1"}], "total": "1"}
    assert changed("huge_numbers")["total"] == 10**400
    assert changed("infinite_numbers")["total"] == float("inf")
    assert changed("wrapped") == [PAGE]


def test_an_answer_in_the_same_process_and_over_a_socket_is_the_same() -> None:
    simulator = Simulator(Settings.from_dict({"gateway": "repeated_headers"}), ManualClock())
    near = requests.Session()
    near.mount("https://", InProcessAdapter(simulator))
    with SimulatorServer(simulator) as server, requests.Session() as far:
        answers = [
            near.get("https://site-1.test/sites", timeout=10),
            far.get(f"{server.address('site-1')}/sites", timeout=10, verify=str(server.ca_file)),
        ]
    types = [answer.headers["Content-Type"] for answer in answers]
    assert types[0] == types[1]
    assert types[0].count("json") == 2


def test_what_is_called_compressed() -> None:
    plain = Response(200, {}, b"{}")
    assert gateways.after("not_gzip", Request("GET", "/"), plain).body == b"{}"
    whole = b'{"items": [1, 2, 3]}'
    cut = gateways.after("cut_gzip", Request("GET", "/"), Response(200, {}, whole)).body
    assert gzip.compress(whole).startswith(cut[:4])
    assert len(cut) < len(gzip.compress(whole))
