# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an event hands on: nothing that Ansible would evaluate, nothing that is hidden, no damaged object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.tests.simulator import ManualClock, Settings, Simulator
from ansible_collections.opendr.vcda.tests.unit.documents import vm as vm_document
from ansible_collections.opendr.vcda.tests.unit.documents import vm_id
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.events.fixtures import (
    MakeWatch,
    Tasks,
    ended,
    kinds,
)


@pytest.fixture
def simulator() -> Simulator:
    return Simulator(Settings(), ManualClock())


HOSTILE = (
    "{{ lookup('ansible.builtin.pipe', 'id') }}",
    "{% for x in lookup('pipe', 'id') %}{% endfor %}",
    "{# nothing #}",
    "{{",
    "!unsafe x{{ 1 }}",
    "x\x1bc\u202e\n{{ 1 }}",
    # A header for Jinja sets other markers. Before ansible-core 2.19 it needs no line of its own.
    "#jinja2:variable_start_string:'<<',variable_end_string:'>>' # << lookup(*'pipe id'.split()) >>",
    "#jinja2: variable_start_string:'[', variable_end_string:']'\n[ lookup('pipe', 'id') ]",
    " #jinja2:line_statement_prefix:'%' ",
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    ("changes", "is_told"),
    [
        (lambda text: {"vmName": text}, True),
        (lambda text: {"owner": text}, True),
        (lambda text: {"source": {"site": "site-1", "org": text, "vdcName": text, "vappName": text}}, True),
        (lambda text: {"destination": {"site": "site-2", "org": text}}, True),
        (lambda text: {"dataConnectionState": text}, True),
        (lambda text: {"id": text}, False),
        (lambda text: {"vappReplicationId": text}, False),
        (lambda text: {"source": {"site": text}}, False),
        (lambda text: {"destination": {"site": text}}, False),
        (lambda text: {"overallHealth": text}, False),
        (lambda text: {"destinationState": {"recoveryInfo": {"recoveryState": text}}}, False),
    ],
)
def test_an_event_holds_no_template(
    make_watch: MakeWatch,
    monkeypatch: pytest.MonkeyPatch,
    changes: Callable[[str], dict[str, Any]],
    is_told: bool,
    text: str,
) -> None:
    sick = {**vm_document(1), "overallHealth": "RED", **changes(text)}
    listed = {"/tasks": [], "/vm-replications": [sick, {**vm_document(2), "overallHealth": "RED"}]}
    monkeypatch.setattr(Client, "get_list", lambda _client, path, _query=None: listed[path])
    watch = make_watch()
    events = watch.look()
    assert kinds(events) == (["health", "health"] if is_told else ["health", "problem"])
    assert is_harmless(events)
    assert watch.look() == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["id", "resourceId", "type", "resourceName", "message", "warning", "site"])
def test_a_task_holds_no_template(make_watch: MakeWatch, tasks: Tasks, field: str, text: str) -> None:
    watch = make_watch()
    watch.look()
    document = ended(1, tasks.now_ms())
    workflow = document["workflowInfo"]
    if field in ("type", "resourceId", "resourceName"):
        workflow[field] = text
    elif field == "message":
        document["error"] = {"code": text, "msg": text}
    elif field == "warning":
        document["warnings"] = [{"code": text, "msg": text}]
    else:
        document[field] = text
    tasks.documents.append(document)
    events = watch.look()
    assert kinds(events) == (["task"] if field in ("resourceName", "message", "warning") else ["problem"])
    assert is_harmless(events)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_site_holds_no_template(make_watch: MakeWatch, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    lost = {"state": {"incomingCommError": {"code": "x", "msg": "gone"}}}
    sites = [{"site": text, **lost}, {"site": "site-9", **lost}]
    monkeypatch.setattr(Client, "get_array", lambda _client, _path: sites)
    events = make_watch().look()
    assert kinds(events) == ["problem", "site"]
    assert is_harmless(events)


def is_harmless(events: Any) -> bool:
    found = texts(events)
    return not set("{}\x1b\u202e\n") & set(found) and "#jinja2" not in found


def texts(value: Any) -> str:
    """All texts within a value, one after the other."""
    if isinstance(value, dict):
        return "".join(texts(key) + texts(item) for key, item in value.items())
    if isinstance(value, list):
        return "".join(map(texts, value))
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("ends", [{"destination": None}, {"source": {}}, {"source": 1}, {"destinationState": []}])
def test_a_damaged_replication_is_a_problem_and_harms_no_other(
    make_watch: MakeWatch, monkeypatch: pytest.MonkeyPatch, ends: dict[str, Any]
) -> None:
    damaged = {**vm_document(1), "overallHealth": "RED", **ends}
    listed = {"/tasks": [], "/vm-replications": [damaged, {}, {**vm_document(2), "overallHealth": "RED"}]}
    monkeypatch.setattr(Client, "get_list", lambda _client, path, _query=None: listed[path])
    watch = make_watch()
    events = watch.look()
    assert kinds(events) == ["health", "problem", "problem"]
    assert vm_id(1) in texts(events)
    assert watch.look() == []


def test_a_change_during_damage_is_told_once_it_is_mended(
    make_watch: MakeWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = {**vm_document(1), "overallHealth": "GREEN"}
    looks = [[sound], [{**sound, "destination": {"site": "{{ x }}"}}], [{**sound, "overallHealth": "RED"}]]
    listed: dict[str, list[dict[str, Any]]] = {"/tasks": []}
    monkeypatch.setattr(Client, "get_list", lambda _client, path, _query=None: listed[path])
    watch = make_watch()
    events = []
    for documents in looks:
        listed["/vm-replications"] = documents
        events.append(watch.look())
    assert [kinds(told) for told in events] == [[], ["problem"], ["health"]]
    assert events[2][0]["previous"] == "GREEN"


@pytest.mark.parametrize(
    "text", [f"{text}<text>" for text in HOSTILE] + ["\ud83d<text>\udc00", "<text>" + "\u6570" * 300]
)
def test_events_of_a_site_where_every_text_is_hostile_hold_none(
    simulator: Simulator, make_watch: MakeWatch, text: str
) -> None:
    simulator.seed(vms=2, health="RED", rpo_violation=30)
    watch = make_watch()
    simulator.configure(free_text=text)
    looks = [watch.look()]
    simulator.configure(sites_down=("site-1",))
    looks.append(watch.look())
    simulator.configure(sites_down=(), free_text="<text>")
    looks.append(watch.look())
    assert set(kinds(looks[0])) == {"problem"}
    assert looks[1] == []
    assert kinds(looks[2]).count("health") == 2
    everything = texts(looks)
    assert not {character for character in everything if is_hidden(character)} | set("{}") & set(everything)
    everything.encode()
