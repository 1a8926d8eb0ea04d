# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe as a whole: what each level sends, and what it does with a service that answers badly."""

from __future__ import annotations

import json

import pytest

from ansible_collections.opendr.vcda.tests.unit.on_simulator.probe.bench import Bench


@pytest.mark.parametrize("level", ["read", "session"])
def test_the_lower_levels_change_nothing(level: str) -> None:
    bench = Bench()
    result = bench.probe(level=level)
    assert not result["changed"]
    assert bench.wrote == []
    assert bench.simulator.counters()["open_sessions"] == 0
    logins = bench.simulator.counters()["logins"]
    assert logins == 1 if level == "read" else logins > 1


def test_the_level_read_sends_only_get_besides_login_and_logout() -> None:
    bench = Bench()
    bench.probe()
    sent = [f"{entry.method} {entry.path}" for entry in bench.simulator.log]
    assert [line for line in sent if not line.startswith("GET ")] == ["POST /sessions", "DELETE /sessions"]


@pytest.mark.parametrize("level", ["read", "session"])
def test_check_mode_of_the_lower_levels_sends_nothing(level: str) -> None:
    bench = Bench()
    result = bench.probe(level=level, check_mode=True)
    assert result["requests"]
    assert len(bench.simulator.log) == 0


def test_a_session_of_others_is_left_open() -> None:
    bench = Bench()
    token = bench.context().connect()
    token.login()
    token.keep_session()
    result = bench.probe(session_token=token.token)
    assert result["answers"]["answers"]["unextended_code"]["answer"] == "NotAuthenticated"
    assert bench.simulator.counters()["logouts"] == 0


def test_a_refused_login_is_told_and_nothing_else_is_asked() -> None:
    bench = Bench()
    result = bench.probe(password="wrong")
    assert result["error"]["category"] == "authentication"
    assert "answers" not in result
    assert len(bench.simulator.log) == 1


@pytest.mark.parametrize("path", ["^/sites$", "^/tasks$", "^/vm-replications$", "^/diagnostics/about$"])
@pytest.mark.parametrize("body", ["[]", "{}", "null", "7", json.dumps({"items": [7, {}, None]}), "{"])
def test_a_list_that_nobody_can_read_leaves_the_rest(path: str, body: str) -> None:
    bench = Bench()
    bench.simulator.fault("answer", path_regex=path, times=0, body=body)
    result = bench.probe()
    assert not result.get("failed"), result["msg"]
    assert result["answers"]["answers"]["malformed_id"]["answer"] == "not_found_404"


def test_a_service_that_is_gone_meanwhile() -> None:
    bench = Bench()
    bench.simulator.fault("timeout_before", path_regex="^/vm-replications/no-such-form$", times=0)
    answers = bench.probe()["answers"]["answers"]
    assert answers["malformed_id"] == {
        "outcome": "not seen",
        "answer": None,
        "reason": "the service did not answer",
        "evidence": [],
    }
    assert answers["ids_filter"]["outcome"] == "answered"
