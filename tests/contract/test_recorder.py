# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watcher: what it checks, what it leaves alone, what it reports and saves."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.tests.contract import Contract, ContractRecorder
from ansible_collections.opendr.vcda.tests.contract.__main__ import main
from ansible_collections.opendr.vcda.tests.contract.walk import Caller
from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.exchange import ConnectionDropped, Request, Response
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator

JSON = "application/json"


def simulator(**switches: Any) -> Simulator:
    return Simulator(Settings.from_dict(switches), ManualClock())


def caller(site: Simulator, accept: str = JSON) -> Caller:
    made = Caller(site, "site-1", accept)
    made.login()
    return made


def test_good_exchanges_are_counted() -> None:
    site = simulator()
    with ContractRecorder(site) as recorder:
        caller(site).send("GET", "/vm-replications")
    recorder.assert_clean()
    assert recorder.operations == {("session_login", 200): 1, ("vm_replications_list", 200): 1}
    assert recorder.report() == "2 requests, 2 answers: 0 violations"


def test_a_wrong_request_is_reported_with_its_number() -> None:
    site = simulator()
    with ContractRecorder(site) as recorder:
        client = caller(site)
        client.send("GET", "/vm-replications", query={"desc": "true"})
        client.send("GET", "/vm-replications", query={"desc": "false"})
    with pytest.raises(
        AssertionError, match=r"2 x \[4\.7\] vm_replications_list request: query desc is not documented"
    ):
        recorder.assert_clean()


def test_a_wrong_answer_is_reported() -> None:
    site = simulator()
    site.seed(vms=1, state="SOMETHING_NEW")
    with ContractRecorder(site) as recorder:
        caller(site).send("GET", "/vm-replications")
    assert "recoveryState" in recorder.report()


def test_wrong_requests_are_left_alone_where_they_are_the_test() -> None:
    site = simulator()
    with ContractRecorder(site, requests=False) as recorder:
        caller(site).send("GET", "/vm-replications", query={"desc": "true"})
    recorder.assert_clean()


def test_nothing_watched_is_no_success() -> None:
    with pytest.raises(AssertionError, match="0 requests"):
        ContractRecorder(simulator()).assert_clean()


def test_it_stops_when_it_is_closed() -> None:
    site = simulator()
    with ContractRecorder(site) as recorder:
        client = caller(site)
    client.send("GET", "/nowhere")
    assert recorder.checked == 1
    assert site.observers == []


@pytest.mark.parametrize("kind", ["broken_json", "html_503", "status_500", "redirect", "answer"])
def test_an_answer_made_by_a_fault_is_not_checked(kind: str) -> None:
    site = simulator()
    with ContractRecorder(site) as recorder:
        client = caller(site)
        site.fault(kind)
        response = site.handle("site-1", Request("GET", "/vm-replications", [], {"x-vcav-auth": client.token}, b""))
    recorder.assert_clean()
    assert recorder.unanswered == 1
    assert recorder.operations["vm_replications_list", 0] == 1
    assert response.status in {200, 302, 500, 503}


@pytest.mark.parametrize("kind", ["slow", "session_expired", "truncated"])
def test_an_answer_that_a_fault_leaves_whole_is_checked(kind: str) -> None:
    site = simulator()
    with ContractRecorder(site) as recorder:
        client = caller(site)
        site.fault(kind)
        client.send("GET", "/vm-replications")
    recorder.assert_clean()
    assert recorder.unanswered == 0


def test_a_request_whose_connection_breaks_is_checked() -> None:
    site = simulator()
    with ContractRecorder(site) as recorder:
        client = caller(site)
        site.fault("reset_after")
        with pytest.raises(ConnectionDropped):
            client.send("GET", "/vm-replications", query={"desc": "true"})
    assert list(recorder.violations) == ["[4.7] vm_replications_list request: query desc is not documented"]


def test_the_version_is_the_one_that_is_spoken() -> None:
    site = simulator(api_version="4.5")
    replies = {}
    for accept in (JSON, "application/vnd.vmware.h4-v4+json", "application/vnd.vmware.h4-v4.7+json"):
        with ContractRecorder(site) as recorder:
            caller(site, accept).send("GET", "/nowhere")
        replies[accept] = {text.partition("]")[0] for text in recorder.violations}
    assert list(replies.values()) == [{"[4.5"}, {"[4.0"}, {"[4.5"}]


def test_versions_that_the_document_does_not_describe_are_left_alone() -> None:
    site = simulator(api_version="3.5")
    with ContractRecorder(site) as recorder:
        caller(site).send("GET", "/nowhere")
    assert recorder.checked == 0


def test_it_takes_exchanges_without_a_simulator() -> None:
    recorder = ContractRecorder(Contract.load("4.2"))
    recorder.observe("site-1", Request("GET", "/sites", [], {"x-vcav-auth": "a"}, b""), Response(200, {}, b""))
    assert list(recorder.violations) == ["[4.2] sites_list 200: the body is missing"]


def test_it_can_be_used_by_several_threads() -> None:
    recorder = ContractRecorder(Contract.load("4.7"))
    request = Request("GET", "/sites", [], {"x-vcav-auth": "a"}, b"")
    response = Response(200, {"Content-Type": JSON}, b"[]")
    with ThreadPoolExecutor(8) as pool:
        for _unused in range(400):
            pool.submit(recorder.observe, "site-1", request, response)
    recorder.assert_clean()
    assert recorder.operations == {("sites_list", 200): 400}


def test_a_saved_log_can_be_checked_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = simulator()
    log = tmp_path / "exchanges.jsonl"
    with ContractRecorder(site, keep=True) as recorder:
        client = caller(site)
        client.send("GET", "/sites")
        client.send("GET", "/nowhere", query={"a": "b"})
    recorder.save(log)
    assert main([str(log)]) == 1
    assert capsys.readouterr().out == "2 x [4.7] GET /nowhere: the path is not documented in 4.7\n"
    good = log.read_text(encoding="utf-8").splitlines()[:2]
    log.write_text("\n".join(good), encoding="utf-8")
    assert main([str(log)]) == 0
    assert capsys.readouterr().err == f"{log}: valid\n"


def test_bytes_that_are_no_text_survive_in_a_log(tmp_path: Path) -> None:
    recorder = ContractRecorder(Contract.load("4.7"), keep=True)
    request = Request("GET", "/sites", [("a", "b")], {"x-vcav-auth": "a"}, b"")
    recorder.observe("site-1", request, Response(200, {"Content-Type": JSON}, b"[\xff]"))
    recorder.save(tmp_path / "log")
    before = recorder.exchanges[0]
    fields = json.loads((tmp_path / "log").read_text(encoding="utf-8"))
    assert fields["response_body"].encode("utf-8", "surrogateescape") == b"[\xff]"
    assert set(before.violations()) == {text.removeprefix("[4.7] ") for text in recorder.violations}


@pytest.mark.parametrize("line", ["no JSON", "[]", '{"query": []}', '{"query": 1}'])
def test_a_file_that_is_no_log_is_refused(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    log.write_text(line, encoding="utf-8")
    with pytest.raises(SystemExit, match="2"):
        main([str(log)])
    assert "line 1 is no exchange" in capsys.readouterr().err
