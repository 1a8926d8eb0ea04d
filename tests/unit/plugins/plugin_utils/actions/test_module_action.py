# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin: the same result as the module, in process where that is equivalent, and only there."""

from __future__ import annotations

import contextlib
import datetime
import importlib
import json
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils.common.parameters import PASS_VARS
from ansible.module_utils.testing import patch_module_args
from ansible.parsing.dataloader import DataLoader
from ansible.playbook.play_context import PlayContext
from ansible.playbook.task import Task
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.plugins.loader import connection_loader

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import Interrupted
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.plugins.module_utils.modules import module as module_file
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.modules import session as session_module
from ansible_collections.opendr.vcda.plugins.modules import vm_replication_failover as failover_module
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions import module_action
from ansible_collections.opendr.vcda.plugins.plugin_utils.actions.recovery_action import plain
from ansible_collections.opendr.vcda.tests.unit import calls
from ansible_collections.opendr.vcda.tests.unit.documents import page, session, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import HOST, TOKEN, FakeService, ManualClock, failure, ok

ROOT = Path(__file__).parents[5]
FAILOVER = "opendr.vcda.vm_replication_failover"
SESSION = "opendr.vcda.session"
INFO = "opendr.vcda.vm_replication_info"
PASSWORD = calls.LOGIN_BODY["vcdPassword"]
NEW_TOKEN = "token-of-the-session-0002="
IN_SESSION = {"hostname": HOST, "session_token": TOKEN, "api_version": "4.7"}
WITH_PASSWORD = {"hostname": HOST, "username": "operator@tenant-1", "password": PASSWORD, "api_version": "4.7"}
MODULES = {FAILOVER: failover_module.DEFINITION, SESSION: session_module.DEFINITION}

Act = Callable[..., dict[str, Any]]


class Templar:
    """Knows one template."""

    def template(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.template(item) for key, item in value.items()}
        return {"{{ wanted }}": "no", "{{ ansible_playbook_python }}": sys.executable}.get(value, value)


@pytest.fixture(autouse=True)
def _service_for_all(monkeypatch: pytest.MonkeyPatch, service: FakeService, clock: ManualClock) -> None:
    """Let the clients of both ways meet the same service."""
    context = partial(Context, new_client=partial(Client, clock=clock, adapter=service))
    monkeypatch.setattr(module_action, "Context", context)
    monkeypatch.setattr(module_file, "Context", context)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the plugin displays."""
    lines: list[str] = []
    monkeypatch.setattr(module_action.display, "display", lambda line, **_options: lines.append(line))
    return lines


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What the guard is told."""
    told: list[tuple[str, Any]] = []

    def watch(params: Any, token: str, playbook: int) -> bool:
        told.append(("watch", (params["hostname"], token, playbook)))
        return playbook == os.getppid()

    guard = SimpleNamespace(
        watch=watch,
        close=lambda params, token: told.append(("close", (params["hostname"], token))),
        release=lambda token, playbook: told.append(("release", (token, playbook))),
    )
    monkeypatch.setattr(module_action, "session_guard", guard)
    return told


@pytest.fixture
def act(tmp_path: Path, watched: list[tuple[str, Any]]) -> Act:
    """Run the plugin as a task would."""

    def run(
        action: str,
        args: dict[str, Any],
        *,
        variables: dict[str, Any] | None = None,
        connection: dict[str, Any] | None = None,
        **attributes: Any,
    ) -> dict[str, Any]:
        task = Task()
        for name, value in {"action": action, "args": args, **attributes}.items():
            setattr(task, name, value)
        context = PlayContext()  # type: ignore[no-untyped-call]
        local = connection_loader.get("ansible.builtin.local", context)  # type: ignore[no-untyped-call]
        for name, value in (connection or {}).items():
            setattr(local, name, value)
        loader = DataLoader()  # type: ignore[no-untyped-call]
        loader.set_basedir(str(tmp_path))
        own = importlib.import_module("ansible_collections.opendr.vcda.plugins.action." + action.rpartition(".")[2])
        plugin = own.ActionModule(task, local, context, loader, Templar(), None)
        result: dict[str, Any] = plugin.run(task_vars=variables or {})
        return result

    assert watched == []
    return run


@pytest.fixture
def as_module(capsys: pytest.CaptureFixture[str]) -> Act:
    """Run a module as its own process would, and return what it prints."""

    def run(action: str, args: dict[str, Any], *, check_mode: bool = False) -> dict[str, Any]:
        internal = {"_ansible_check_mode": check_mode, "_ansible_module_name": action}
        if "inject_invocation" in PASS_VARS:
            internal["_ansible_inject_invocation"] = True
        with patch_module_args({**args, **internal}), pytest.raises(SystemExit):
            module_file.run_module(MODULES[action])
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    return run


def announce_failover(service: FakeService) -> None:
    calls.listing(service, [vm()])
    calls.looks(service)


def announce_refusal(service: FakeService) -> None:
    calls.listing(service, [vm(state="TEST")])


def announce_bad_login(service: FakeService) -> None:
    calls.login(service, answer=failure(401, "NotAuthenticated", "Wrong: password-of-operator"))


def announce_nothing(_service: FakeService) -> None:
    """The options themselves are wrong."""


def failing_over(**options: Any) -> dict[str, Any]:
    return {**IN_SESSION, "vm_replication_ids": [vm_id()], "active_site": "site-2", **options}


SAME = {
    "predicted": (FAILOVER, failing_over(), announce_failover),
    "refused": (FAILOVER, failing_over(), announce_refusal),
    "converted": (FAILOVER, failing_over(wait="no", wait_timeout="5", vm_replication_ids=vm_id()), announce_failover),
    "alias": (
        FAILOVER,
        {**IN_SESSION, "active_site": "site-2", "vm_replication_id": vm_id()},
        announce_failover,
    ),
    "bad login": (FAILOVER, failing_over(**WITH_PASSWORD, session_token=None), announce_bad_login),
    "unsupported": (FAILOVER, failing_over(vm_replication="x"), announce_nothing),
    "unsupported in a suboption": (FAILOVER, failing_over(extend_sites=[{"name": "x"}]), announce_nothing),
    "wrong type": (FAILOVER, failing_over(wait_timeout="long"), announce_nothing),
    "wrong choice": (FAILOVER, failing_over(auth_type="ldap"), announce_nothing),
    "exclusive": (FAILOVER, failing_over(vm_names=["web-01"]), announce_nothing),
    "nothing selected": (FAILOVER, {**IN_SESSION, "active_site": "site-2"}, announce_nothing),
    "secret in a message": (FAILOVER, failing_over(vm_replication_ids=[TOKEN]), announce_nothing),
}


@pytest.mark.parametrize(("action", "args", "announce"), SAME.values(), ids=SAME.keys())
def test_gives_the_result_of_the_module(
    service: FakeService, act: Act, as_module: Act, action: str, args: dict[str, Any], announce: Any
) -> None:
    announce(service)
    announce(service)

    here = act(action, dict(args), check_mode=True)
    there = as_module(action, dict(args), check_mode=True)

    for result in (here, there):
        for item in [result, *result.get("vm_replications", [])]:
            (item.get("error") or {}).pop("operation_id", None)
    # Given since some version of ansible-core, with a text that names this very process.
    there.pop("exception", None)
    assert here == there
    assert TOKEN not in json.dumps(here)
    assert PASSWORD not in json.dumps(here)


def test_hides_the_secrets_among_the_arguments(service: FakeService, act: Act) -> None:
    announce_failover(service)
    shown = act(FAILOVER, failing_over(), check_mode=True)["invocation"]["module_args"]
    assert shown["session_token"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    assert shown["vm_replication_ids"] == [vm_id()]


def test_warns_of_an_option_that_is_given_under_two_names(service: FakeService, act: Act) -> None:
    announce_failover(service)
    result = act(FAILOVER, failing_over(vm_replication_id=[vm_id()]), check_mode=True)
    assert result["warnings"] == ["Both option vm_replication_ids and its alias vm_replication_id are set."]


def test_takes_options_from_the_environment(service: FakeService, act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCDA_HOSTNAME", HOST)
    monkeypatch.setenv("VCDA_SESSION_TOKEN", TOKEN)
    announce_failover(service)
    result = act(FAILOVER, {"vm_replication_id": vm_id(), "active_site": "site-2", "api_version": 4.7}, check_mode=True)
    assert result["changed"] is True
    assert TOKEN not in json.dumps(result)


def test_changes_nothing_in_check_mode(service: FakeService, act: Act) -> None:
    announce_failover(service)
    assert act(FAILOVER, failing_over(), check_mode=True)["changed"] is True
    assert set(service.methods()) == {"GET"}


class Secret:
    """A value that is no text but becomes one, as ansible-core's encrypted texts are."""

    def __str__(self) -> str:
        return TOKEN


def test_takes_values_that_are_no_json(service: FakeService, act: Act) -> None:
    announce_failover(service)
    assert act(FAILOVER, failing_over(session_token=Secret()), check_mode=True)["changed"] is True
    assert service.sent[0].headers["X-VCAV-Auth"] == TOKEN


def test_a_relative_path_is_relative_to_the_folder_in_which_the_command_was_started(
    service: FakeService, act: Act, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not to that of the playbook, which for one that is run by name is the folder of the collection."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "authorities").mkdir()
    service.expect(
        "GET", "/vm-replications", failure(404, "VmReplicationNotFound"), query=calls.paged({"ids": vm_id()})
    )
    act(FAILOVER, failing_over(ca_path="authorities"))
    assert service.sent[0].verify == str(tmp_path / "authorities")


THERE = {"VCDA_HOSTNAME": "there.test", "VCDA_CA_PATH": "authorities", "VCDA_PORT": "8443"}


@pytest.mark.parametrize(
    ("args", "environment", "expected"),
    [
        ({}, [THERE], {"hostname": "there.test", "ca_path": "authorities", "port": "8443"}),
        ({"hostname": None}, [THERE], {"hostname": "there.test", "ca_path": "authorities", "port": "8443"}),
        ({}, [{"VCDA_HOSTNAME": "block.test"}, THERE], {"hostname": "there.test"}),
        ({"hostname": "given.test", "ca_path": "given"}, [THERE], {"hostname": "given.test", "ca_path": "given"}),
        ({}, [{"VCDA_HOSTNAME": " "}], {"hostname": None, "ca_path": "shell"}),
        ({}, [{"HTTPS_PROXY": "http://proxy.test"}], {"hostname": None, "ca_path": "shell"}),
    ],
)
def test_the_environment_of_a_local_task_holds_for_path_and_guard(
    act: Act,
    watched: list[tuple[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    args: dict[str, Any],
    environment: list[dict[str, str]],
    expected: dict[str, Any],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VCDA_HOSTNAME", "shell.test")
    monkeypatch.setenv("VCDA_CA_PATH", "shell")
    passed: dict[str, Any] = {}

    def run(self: NormalAction, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        passed.update(self._task.args)
        return {"session_token": TOKEN}

    monkeypatch.setattr(NormalAction, "run", run)
    act(SESSION, {"username": "u@o", "password": PASSWORD, **args}, environment=environment)
    if "ca_path" in expected:
        assert passed["ca_path"] == str(tmp_path / expected["ca_path"])
    assert passed.get("hostname") == expected["hostname"]
    assert passed.get("port") == expected.get("port", passed.get("port"))
    assert [told[1][0] for told in watched] == [expected["hostname"] or "shell.test"]


def test_the_environment_of_a_task_is_no_option_of_another_meaning(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NormalAction, "run", lambda self, *_args, **_kwargs: dict(self._task.args))
    environment = [{"VCDA_OPERATION_ID": "CHG-3"}]
    assert act("opendr.vcda.task_info", dict(IN_SESSION), environment=environment) == IN_SESSION


@pytest.mark.parametrize("wrong", [{"auth_type": "x\x1b[2J\x9b\u202e"}, {"x\x1b[2J\x9b\u202e": 1}])
def test_an_option_that_is_refused_is_shown_in_plain_text(act: Act, wrong: dict[str, Any]) -> None:
    """Its value may come from a service: from the result of an earlier task."""
    result = act(FAILOVER, failing_over(**wrong))
    assert result["failed"]
    assert "x\\x1b[2J\\x9b\\u202e" in result["msg"]
    assert not any(map(is_hidden, result["msg"]))


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize(
    ("module", "args", "place"),
    [
        (FAILOVER, {"vm_names": ["no"], "owner": False}, "owner"),
        (FAILOVER, {"vm_names": ["no"], "active_site": False}, "active_site"),
        (FAILOVER, {"vm_names": ["no"], "extend_sites": [{"site": True}]}, "extend_sites[0].site"),
        (INFO, {"vm_names": ["db-1", True]}, "vm_names[1]"),
        (INFO, {"vm_name": False}, "vm_name"),
        (INFO, {"organizations": ["tenant-1", False]}, "organizations[1]"),
        ("opendr.vcda.site_info", {"names": [False]}, "names[0]"),
    ],
)
def test_a_word_that_yaml_has_read_as_true_or_false_is_refused_before_anything_is_sent(
    act: Act, service: FakeService, module: str, args: dict[str, Any], place: str, here: bool
) -> None:
    result = act(module, {**IN_SESSION, **args}, variables={"vcda_in_process": here})
    assert result["failed"]
    assert result["msg"].startswith(f"{place}: YAML reads words")
    assert not service.sent


def test_a_key_that_yaml_has_read_as_a_date_or_a_number_is_the_name_of_a_vm() -> None:
    keys = {datetime.date(2026, 5, 1): 1, 7: 2, "db": [{datetime.datetime(2026, 5, 1, 6): {}}], 1.5: 3}
    expected = {"2026-05-01": 1, "7": 2, "db": [{"2026-05-01T06:00:00": {}}], "1.5": 3}
    assert json.loads(json.dumps(module_action.with_text_keys(keys))) == expected
    assert plain(keys) == expected


@pytest.mark.parametrize("here", [True, False])
def test_arguments_with_such_a_key_reach_the_module(
    act: Act, service: FakeService, monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    monkeypatch.setattr(NormalAction, "run", lambda self, *_args, **_kwargs: json.loads(json.dumps(self._task.args)))
    args = {**failing_over(), "instance_ids": {datetime.date(2026, 5, 1): "replica-1"}}
    if here:
        announce_refusal(service)
    result = act(FAILOVER, args, variables={"vcda_in_process": here})
    given = result["invocation"]["module_args"]["instance_ids"] if here else result["instance_ids"]
    assert given == {"2026-05-01": "replica-1"}


def test_a_module_that_needs_names_reports_such_a_name_with_the_others(act: Act, service: FakeService) -> None:
    listed = ok(page([vm(1, vmName="db-1")]))
    service.expect("GET", "/vm-replications", listed, query=calls.paged({"vmName": "True"}))
    service.expect("GET", "/vm-replications", listed, query={"offset": "0", "limit": "1"})
    service.expect("GET", "/vm-replications", listed, query=calls.paged())
    result = act(FAILOVER, {**IN_SESSION, "vm_names": [True], "active_site": "site-2"})
    [item] = result["vm_replications"]
    assert item["error"]["code"] == "NAME_NOT_FOUND"
    assert "quotes" in item["error"]["hint"]


def test_the_environment_of_a_task_is_templated_once(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NormalAction, "run", lambda self, *_args, **_kwargs: dict(self._task.args))
    environment = [{"HTTPS_PROXY": "http://block.test"}, THERE]
    templated: list[Any] = []
    template = Templar.template

    def counted(self: Templar, value: Any) -> Any:
        templated.append(value)
        return template(self, value)

    monkeypatch.setattr(Templar, "template", counted)
    act("opendr.vcda.task_info", dict(IN_SESSION), environment=environment)
    assert [part for part in templated if part in environment] == environment


ELSEWHERE: dict[str, dict[str, Any]] = {
    "another connection": {"connection": {"transport": "ssh"}},
    "become": {"connection": {"become": SimpleNamespace(name="sudo")}},
    "async": {"async_val": 60},
    "environment": {"environment": [{}, {"HTTPS_PROXY": "http://127.0.0.1:1"}]},
    "not wanted": {"variables": {"vcda_in_process": False}},
    "not wanted, as text": {"variables": {"vcda_in_process": "no"}},
    "not wanted, as template": {"variables": {"vcda_in_process": "{{ wanted }}"}},
    "another Python": {"variables": {"ansible_python_interpreter": "/opt/other/bin/python3"}},
    "another Python of the delegate": {
        "delegate_to": "other",
        "variables": {"ansible_delegated_vars": {"other": {"ansible_python_interpreter": "/opt/other/bin/python3"}}},
    },
}
HERE: dict[str, dict[str, Any]] = {
    "nothing said": {},
    "empty environment": {"environment": [{}]},
    "wanted": {"variables": {"vcda_in_process": "true"}},
    "some Python": {"variables": {"ansible_python_interpreter": "auto_silent"}},
    "this Python": {"variables": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}},
    "delegated to a host on this machine": {
        "delegate_to": "other",
        "variables": {
            "ansible_python_interpreter": "/opt/other/bin/python3",
            "ansible_delegated_vars": {"other": {"ansible_python_interpreter": sys.executable}},
        },
    },
}


@pytest.mark.parametrize(
    ("environment", "attributes", "option", "expected"),
    [
        ({}, {}, None, None),
        ({"JOB_ID": "7"}, {}, None, "awx-job-7"),
        ({}, {"variables": {"awx_job_id": 8}}, None, "awx-job-8"),
        ({}, {"variables": {"tower_job_id": "9"}}, " ", "awx-job-9"),
        ({"JOB_ID": "7"}, {}, "CHG-1", "CHG-1"),
        ({"JOB_ID": "7", "VCDA_OPERATION_ID": "CHG-2"}, {}, None, "CHG-2"),
        # The module finds these where it runs, or refuses them.
        ({"JOB_ID": "7"}, {"environment": [{"VCDA_OPERATION_ID": "CHG-3"}]}, None, None),
        ({"VCDA_OPERATION_ID": "two words"}, {}, None, None),
    ],
)
def test_a_module_elsewhere_is_told_the_operation_id_of_this_process(
    act: Act,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    attributes: dict[str, Any],
    option: str | None,
    expected: str | None,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(NormalAction, "run", lambda self, *_args, **_kwargs: dict(self._task.args))
    given = {} if option is None else {"operation_id": option}
    passed_on = act(FAILOVER, failing_over(**given), connection={"transport": "ssh"}, **attributes)
    assert passed_on.get("operation_id") == expected


def test_what_task_info_looks_for_is_not_set_by_a_job(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOB_ID", "7")
    monkeypatch.setattr(NormalAction, "run", lambda self, *_args, **_kwargs: dict(self._task.args))
    assert act("opendr.vcda.task_info", dict(IN_SESSION), connection={"transport": "ssh"}) == IN_SESSION


@pytest.mark.parametrize("circumstances", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_leaves_to_the_module_what_is_not_equivalent(
    act: Act, monkeypatch: pytest.MonkeyPatch, circumstances: dict[str, Any]
) -> None:
    monkeypatch.setattr(NormalAction, "run", lambda *_args, **_kwargs: {"msg": "by the module"})
    assert act(FAILOVER, failing_over(), **circumstances) == {"msg": "by the module"}


def test_leaves_it_to_the_module_where_requests_is_missing(act: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module_action, "REQUESTS_IMPORT_ERROR", "no module named requests")
    monkeypatch.setattr(NormalAction, "run", lambda *_args, **_kwargs: {"msg": "by the module"})
    assert act(FAILOVER, failing_over()) == {"msg": "by the module"}


@pytest.mark.parametrize("circumstances", HERE.values(), ids=HERE.keys())
def test_does_itself_what_is_equivalent(service: FakeService, act: Act, circumstances: dict[str, Any]) -> None:
    announce_failover(service)
    assert act(FAILOVER, failing_over(), check_mode=True, **circumstances)["changed"] is True


@pytest.mark.parametrize(
    ("circumstances", "lines"),
    [
        ({"variables": {"inventory_hostname": "site-2"}}, ["[site-2] one of two"]),
        ({"variables": {"vcda_progress": False}}, []),
        ({"no_log": True}, []),
    ],
)
def test_shows_progress_where_it_is_wanted(
    act: Act, shown: list[str], monkeypatch: pytest.MonkeyPatch, circumstances: dict[str, Any], lines: list[str]
) -> None:
    def execute(_definition: Any, context: Context) -> dict[str, Any]:
        if context.progress:
            context.progress("one of two")
        return {"changed": False}

    monkeypatch.setattr(module_action, "execute", execute)
    act(FAILOVER, failing_over(), **circumstances)
    assert shown == lines


def test_lets_a_guard_watch_a_new_session_before_it_is_left_alone(
    service: FakeService, act: Act, watched: list[tuple[str, Any]]
) -> None:
    calls.login(service)
    result = act(SESSION, {**WITH_PASSWORD, "extend": False})
    assert result["session_token"] == TOKEN
    assert watched == [("watch", (HOST, TOKEN, os.getppid()))]


def test_lets_nobody_watch_a_session_where_that_is_not_wanted(
    service: FakeService, act: Act, watched: list[tuple[str, Any]]
) -> None:
    calls.login(service)
    act(SESSION, dict(WITH_PASSWORD), variables={"vcda_session_guard": "false"})
    assert watched == []


def test_lets_nobody_watch_the_session_of_somebody_else(
    service: FakeService, act: Act, watched: list[tuple[str, Any]]
) -> None:
    service.expect("GET", "/sessions", ok(session()))
    assert "session_token" not in act(SESSION, dict(IN_SESSION))
    assert watched == []


def test_lets_a_guard_watch_a_session_that_replaces_an_ended_one(
    service: FakeService, act: Act, watched: list[tuple[str, Any]]
) -> None:
    service.expect("GET", "/sessions", failure(401, "NotAuthenticated", expired=True))
    calls.login(service, NEW_TOKEN)
    service.expect("GET", "/sessions", ok(session()))
    result = act(SESSION, {**WITH_PASSWORD, **IN_SESSION})
    assert result["session_token"] == NEW_TOKEN
    assert watched == [("watch", (HOST, NEW_TOKEN, os.getppid()))]


def test_lets_a_guard_watch_what_the_module_opened(
    act: Act, watched: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NormalAction, "run", lambda *_args, **_kwargs: {"session_token": TOKEN})
    act(SESSION, dict(WITH_PASSWORD), variables={"vcda_in_process": False})
    act(SESSION, dict(WITH_PASSWORD), connection={"transport": "ssh"})
    assert watched == [("watch", (HOST, TOKEN, os.getppid()))]


class TestEndOfThePlaybook:
    """The playbook is killed while a session is being opened: it does not stay open."""

    @pytest.fixture
    def signals(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """The signals that the plugin sends to its own process."""
        sent: list[int] = []
        monkeypatch.setattr(os, "kill", lambda process, number: sent.append(number) if process == os.getpid() else None)
        return sent

    @pytest.fixture
    def playbook_is_gone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the playbook be a process that is no longer the parent of this one."""
        gone = SimpleNamespace(pid=os.getppid() + 1)
        monkeypatch.setattr(multiprocessing, "parent_process", lambda: gone)

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_waits_until_the_session_of_a_module_is_watched(
        self,
        act: Act,
        watched: list[tuple[str, Any]],
        signals: list[int],
        monkeypatch: pytest.MonkeyPatch,
        number: signal.Signals,
    ) -> None:
        def run(*_args: Any, **_kwargs: Any) -> dict[str, Any]:
            signal.raise_signal(number)
            return {"session_token": TOKEN}

        monkeypatch.setattr(NormalAction, "run", run)
        with pytest.raises(Interrupted):
            act(SESSION, dict(WITH_PASSWORD), variables={"vcda_in_process": False})
        assert watched == [("watch", (HOST, TOKEN, os.getppid()))]
        assert signals == [number]

    def test_a_module_that_opens_none_is_interrupted_at_once(
        self, act: Act, signals: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def run(*_args: Any, **_kwargs: Any) -> dict[str, Any]:
            signal.raise_signal(signal.SIGTERM)
            raise AssertionError("it went on")

        monkeypatch.setattr(NormalAction, "run", run)
        with pytest.raises(Interrupted):
            act(FAILOVER, failing_over(), variables={"vcda_in_process": False})
        assert signals == [signal.SIGTERM]

    @pytest.mark.usefixtures("playbook_is_gone")
    def test_what_a_module_opened_for_it_is_closed(
        self, act: Act, watched: list[tuple[str, Any]], signals: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(NormalAction, "run", lambda *_args, **_kwargs: {"session_token": TOKEN})
        with contextlib.suppress(Interrupted):
            act(SESSION, dict(WITH_PASSWORD), variables={"vcda_in_process": False})
        assert watched == [("watch", (HOST, TOKEN, os.getppid() + 1)), ("close", (HOST, TOKEN))]
        assert set(signals) <= {signal.SIGTERM}

    @pytest.mark.usefixtures("playbook_is_gone")
    def test_what_was_opened_here_for_it_is_closed(
        self, service: FakeService, act: Act, signals: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module_action, "interruptible", lambda _is_abandoned: contextlib.nullcontext())
        calls.login(service)
        calls.logout(service)
        act(SESSION, {**WITH_PASSWORD, "extend": False})
        assert signals == []

    @pytest.mark.usefixtures("playbook_is_gone")
    def test_one_that_ended_before_the_task_began_is_noticed(
        self, service: FakeService, act: Act, signals: list[int]
    ) -> None:
        """The parent of this process is another one then, which must not be taken for the playbook."""
        is_over = threading.Event()

        def wait(_sent: Any) -> Any:
            is_over.wait(10)
            return failure(403, "Forbidden")

        service.expect("GET", "/vm-replications", wait, query=calls.paged({"ids": vm_id()}))
        with pytest.raises(Interrupted):
            act(FAILOVER, failing_over(), variables={})
        assert signals == [signal.SIGTERM]


def test_dismisses_the_guard_of_a_closed_session(
    service: FakeService, act: Act, watched: list[tuple[str, Any]]
) -> None:
    calls.logout(service)
    act(SESSION, {**IN_SESSION, "state": "absent"})
    assert watched == [("release", (TOKEN, os.getppid()))]


def test_keeps_the_guard_of_a_session_that_could_not_be_closed(
    service: FakeService, act: Act, watched: list[tuple[str, Any]]
) -> None:
    service.expect("DELETE", "/sessions", failure(500, "GeneralServerFailure"))
    assert act(SESSION, {**IN_SESSION, "state": "absent"})["failed"] is True
    assert watched == []


def test_passes_an_interruption_on_to_the_worker(
    service: FakeService, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda process, number: signals.append((process, number)))

    def interrupt(_sent: Any) -> Any:
        raise Interrupted(15)

    calls.login(service)
    service.expect("GET", "/vm-replications", interrupt, query=calls.paged({"ids": vm_id()}))
    calls.logout(service)
    with pytest.raises(Interrupted):
        act(FAILOVER, failing_over(**WITH_PASSWORD, session_token=None))
    assert signals == [(os.getpid(), 15)]


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")))
def test_every_module_has_its_action_plugin(name: str) -> None:
    own = importlib.import_module("ansible_collections.opendr.vcda.plugins.action." + name)
    assert issubclass(own.ActionModule, module_action.ModuleAction)
    assert own.ActionModule.module.__name__ == "ansible_collections.opendr.vcda.plugins.modules." + name


@pytest.mark.parametrize(
    ("count", "host", "once", "hints"),
    [(21, "h0", False, 1), (20, "h0", False, 0), (21, "h1", False, 0), (21, "h0", True, 0), (0, "h0", False, 0)],
    ids=["many hosts", "few hosts", "not the first", "one task for all", "no batch"],
)
def test_many_hosts_that_work_one_by_one_are_hinted_at_one_task(
    act: Act, service: FakeService, shown: list[str], count: int, host: str, once: bool, hints: int
) -> None:
    announce_failover(service)
    variables = {"inventory_hostname": host, "ansible_play_batch": [f"h{number}" for number in range(count)]}
    act(FAILOVER, failing_over(), variables=variables, check_mode=True, run_once=once)
    assert len([line for line in shown if "one by one" in line]) == hints
