# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible glue: real main functions, their exits, environment, constraints, and what must not be seen."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Callable
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.errors import AnsibleFallbackNotFound

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.modules import module as module_file
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import (
    PEER_ENVIRONMENT,
    connection_options,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import (
    Definition,
    execute,
    peer_from_environment,
    run_module,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.context import Context
from ansible_collections.opendr.vcda.plugins.modules import (
    session as session_module,
)
from ansible_collections.opendr.vcda.plugins.modules import (
    vm_replication_failover,
    vm_replication_failover_test,
    vm_replication_reverse,
)
from ansible_collections.opendr.vcda.tests.unit.calls import (
    LOGIN_BODY,
    PEER,
    VMS,
    extend,
    listing,
    login,
    logout,
    looks,
    paged,
    poll,
    start,
)
from ansible_collections.opendr.vcda.tests.unit.documents import api_error, page, reversed_vm, session, task, vm, vm_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    TOKEN,
    FakeService,
    Reply,
    failure,
    html,
    ok,
)

RunMain = Callable[..., tuple[int, dict[str, Any]]]
PASSWORD = "password-of-operator"
CONNECTION = {"hostname": HOST, "username": "operator@tenant-1", "password": PASSWORD, "api_version": "4.7"}
REVERSE = {**CONNECTION, "vm_replication_ids": [vm_id(1)], "active_site": "site-2"}


class TestMain:
    def test_a_reverse_from_arguments_to_result(
        self, run_main: RunMain, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        warned: list[str] = []
        monkeypatch.setattr(AnsibleModule, "warn", lambda _module, text: warned.append(text))
        login(service)
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        extend(service)
        start(service, task(1))
        poll(service, [task(1, "SUCCEEDED", warnings=["Slow."])])
        listing(service, [reversed_vm(1)])
        logout(service)
        code, result = run_main(vm_replication_reverse.main, **REVERSE, extend_sites=[PEER])
        assert code == 0
        assert result["changed"] is True
        assert "failed" not in result
        assert result["vm_replications"][0]["after"]["source_site"] == "site-2"
        assert warned == [f"web-01 ({vm_id(1)}): Slow."]

    def test_a_second_run_changes_nothing(self, run_main: RunMain, service: FakeService) -> None:
        login(service)
        listing(service, [reversed_vm(1)])
        logout(service)
        code, result = run_main(vm_replication_reverse.main, **REVERSE)
        assert (code, result["changed"]) == (0, False)

    def test_a_refusal_fails_the_module_with_everything_that_a_rescue_needs(
        self, run_main: RunMain, service: FakeService
    ) -> None:
        login(service)
        listing(service, [vm(1, "TEST")])
        logout(service)
        code, result = run_main(vm_replication_reverse.main, **REVERSE)
        assert code == 1
        assert result["failed"] is True
        assert (result["error"]["category"], result["error"]["code"]) == ("refused", "TEST_ACTIVE")
        assert result["error"]["hint"] in result["msg"]
        assert result["vm_replications"][0]["decision"] == "refuse"

    def test_one_id_may_be_given_alone(self, run_main: RunMain, service: FakeService) -> None:
        login(service)
        listing(service, [reversed_vm(1)])
        logout(service)
        params = {**CONNECTION, "vm_replication_id": vm_id(1), "active_site": "site-2"}
        assert run_main(vm_replication_reverse.main, **params)[0] == 0

    @pytest.mark.parametrize("name", ["a,b", " a", "a, b ", "a"])
    def test_one_name_that_is_given_alone_is_taken_as_it_is(
        self, run_main: RunMain, service: FakeService, name: str
    ) -> None:
        login(service)
        service.expect("GET", VMS, ok(page([reversed_vm(1, vmName=name)])), query=paged({"vmName": name}))
        logout(service)
        params = {**CONNECTION, "vm_name": name, "active_site": "site-2"}
        code, result = run_main(vm_replication_reverse.main, **params)
        assert (code, [item["vm_name"] for item in result["vm_replications"]]) == (0, [name])

    def test_check_mode_reads_and_predicts(self, run_main: RunMain, service: FakeService) -> None:
        login(service)
        listing(service, [vm(1, "COMPLETE")])
        looks(service)
        logout(service)
        code, result = run_main(vm_replication_reverse.main, **REVERSE, _ansible_check_mode=True, _ansible_diff=True)
        assert (code, result["changed"]) == (0, True)
        assert result["diff"][0]["after"]["source_site"] == "site-2"
        assert service.methods() == ["POST", "GET", "GET", "GET", "DELETE"]

    def test_the_state_chooses_the_verb(self, run_main: RunMain, service: FakeService) -> None:
        login(service)
        listing(service, [vm(1, "TEST")])
        logout(service)
        params = {**CONNECTION, "vm_replication_ids": [vm_id(1)]}
        code, result = run_main(vm_replication_failover_test.main, **params, state="present")
        assert (code, result["changed"]) == (0, False)
        login(service)
        listing(service, [vm(1, "NOT_STARTED")])
        logout(service)
        code, result = run_main(vm_replication_failover_test.main, **params, state="absent")
        assert (code, result["changed"]) == (0, False)

    @pytest.mark.parametrize("moment", ["before the result", "with the result"])
    def test_a_session_that_nobody_will_get_is_closed(
        self, service: FakeService, run_main: RunMain, monkeypatch: pytest.MonkeyPatch, moment: str
    ) -> None:
        def interrupt(*_args: Any, **_kwargs: Any) -> None:
            print("{}")
            signal.raise_signal(signal.SIGTERM)

        login(service)
        logout(service)
        if moment == "with the result":
            monkeypatch.setattr(AnsibleModule, "exit_json", interrupt)
        else:
            monkeypatch.setattr(module_file, "printable", interrupt)
        code, _result = run_main(session_module.main, **CONNECTION)
        assert code == 128 + signal.SIGTERM

    def test_a_session_is_handed_on(self, run_main: RunMain, service: FakeService) -> None:
        login(service)
        code, result = run_main(session_module.main, **CONNECTION)
        assert code == 0
        assert result["session_token"] == TOKEN
        assert PASSWORD not in json.dumps(result)

    def test_a_token_that_was_given_is_not_returned(self, run_main: RunMain, service: FakeService) -> None:
        service.expect("GET", "/sessions", ok(session()))
        code, result = run_main(session_module.main, **CONNECTION, session_token=TOKEN)
        assert (code, result["user"]) == (0, "operator@tenant-1")
        assert "session_token" not in result

    def test_an_error_without_a_replication_is_a_failure_too(self, run_main: RunMain, service: FakeService) -> None:
        login(service, answer=failure(401, "NotAuthenticated", "Authentication required."))
        code, result = run_main(session_module.main, **CONNECTION)
        assert code == 1
        assert result["error"]["category"] == "authentication"
        assert "session_token" not in result

    def test_without_requests_it_says_what_to_install(self, run_main: RunMain, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module_file, "REQUESTS_IMPORT_ERROR", "ModuleNotFoundError: No module named 'requests'")
        code, result = run_main(vm_replication_reverse.main, **REVERSE)
        assert code == 1
        assert "requests" in result["msg"]


class TestBadInput:
    @pytest.mark.parametrize(
        ("params", "words"),
        [
            ({"vm_replication_ids": ["C4-1"]}, "vm_replication_ids"),
            ({"vm_replication_ids": []}, "vm_replication_ids"),
            ({"vm_replication_ids": [vm_id(1)], "vm_names": ["web-01"]}, "vm_replication_ids|vm_names"),
            ({}, "vm_replication_ids"),
            ({"vm_replication_ids": [vm_id(1)], "source_vapp": "shop"}, "source_vapp"),
            ({"vm_names": ["web-01"], "auth_type": "kerberos"}, "auth_type"),
            ({"vm_names": ["web-01"], "username": None}, "username"),
            ({"vm_names": ["web-01"], "password": None}, "password"),
            ({"vm_names": ["web-01"], "hostname": None}, "hostname"),
            ({"vm_names": ["web-01"], "hostname": "https://x"}, "hostname"),
            ({"vm_names": ["web-01"], "ca_path": "/nowhere/ca.pem"}, "ca_path"),
            ({"vm_names": ["web-01"], "port": "many"}, "port"),
            ({"vm_names": ["web-01"], "wait_timeout": 0}, "wait_timeout"),
            ({"vm_names": ["web-01"], "poll_interval": -1}, "poll_interval"),
            ({"vm_names": ["web-01"], "max_concurrent": 0}, "max_concurrent"),
            ({"vm_names": ["web-01"], "active_site": " "}, "active_site"),
            ({"vm_names": ["web-01"], "on_prem_auth": "line\nend"}, "on_prem_auth"),
            ({"vm_names": ["web-01"], "session_token": "line\nend"}, "session_token"),
            ({"vm_names": ["web-01"], "extend_sites": [{"site": "site-1"}]}, r"extend_sites\[0\].username"),
            ({"vm_names": ["web-01"], "extend_sites": [{"username": "u"}]}, "site"),
            ({"vm_names": ["web-01"], "unknown_option": 1}, "unknown_option"),
        ],
    )
    def test_it_is_refused_by_name_before_anything_is_sent(
        self, run_main: RunMain, service: FakeService, params: dict[str, Any], words: str
    ) -> None:
        given = {key: value for key, value in {**CONNECTION, **params}.items() if value is not None}
        code, result = run_main(vm_replication_reverse.main, **given)
        assert code == 1
        assert result["failed"] is True
        assert service.sent == []
        assert re.search(words, result["msg"])
        assert PASSWORD not in json.dumps(result)

    @pytest.mark.parametrize(
        ("params", "option"),
        [
            ({"vm_names": ["db-1", "x\ud800"]}, "vm_names"),
            ({"vm_names": ["db-1"], "owner": "\udfff@site-1"}, "owner"),
            (
                {"vm_names": ["db-1"], "extend_sites": [{"site": "a\udc00", "username": "x", "password": "y"}]},
                "extend_sites",
            ),
        ],
    )
    def test_half_a_character_is_refused_before_anything_is_sent(self, params: dict[str, Any], option: str) -> None:
        result = execute(vm_replication_reverse.DEFINITION, Context(params))
        assert result["error"]["code"] == "INVALID_OPTION"
        assert result["msg"].startswith(f"{option}: half a character")

    def test_a_failover_must_say_where_to(self, run_main: RunMain, service: FakeService) -> None:
        code, result = run_main(vm_replication_failover.main, **CONNECTION, vm_names=["web-01"])
        assert code == 1
        assert "active_site" in result["msg"]
        assert service.sent == []

    def test_every_replication_that_was_asked_for_is_in_the_result(self, run_main: RunMain) -> None:
        params = {**CONNECTION, "vm_names": ["web-01", "web-02"], "hostname": "a b"}
        _code, result = run_main(vm_replication_reverse.main, **params)
        assert [item["asked"] for item in result["vm_replications"]] == ["web-01", "web-02"]
        assert {item["error"]["code"] for item in result["vm_replications"]} == {"INVALID_OPTION"}


class TestEnvironment:
    def test_every_connection_option_may_come_from_it(
        self, run_main: RunMain, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in {
            "HOSTNAME": HOST,
            "PORT": "8443",
            "USERNAME": "operator@tenant-1",
            "PASSWORD": PASSWORD,
            "VALIDATE_CERTS": "false",
            "API_VERSION": "4.5",
            "REQUEST_TIMEOUT": "7.5",
        }.items():
            monkeypatch.setenv("VCDA_" + name, value)
        login(service, body=LOGIN_BODY)
        listing(service, [reversed_vm(1)])
        logout(service)
        params = {"vm_replication_ids": [vm_id(1)], "active_site": "site-2"}
        code, result = run_main(vm_replication_reverse.main, **params)
        assert code == 0, result
        sent = service.sent[0]
        assert sent.url == f"https://{HOST}:8443/sessions"
        assert (sent.verify, sent.timeout) == (False, 7.5)
        assert "h4-v4.5" in sent.headers["Accept"]
        assert PASSWORD not in json.dumps(result)

    @pytest.mark.parametrize(
        ("environment", "body"),
        [
            (
                {"AUTH_TYPE": "vcd_access_token", "ACCESS_TOKEN": "jwt-of-operator", "ORGANIZATION": "tenant-1"},
                {"type": "vcdAccessToken", "vcdAccessToken": "jwt-of-operator", "context": "tenant-1"},
            ),
            (
                {"AUTH_TYPE": "vcd_cookie", "VCD_COOKIE": "cookie-of-operator"},
                {"type": "vcdCookie", "vcdCookie": "cookie-of-operator"},
            ),
        ],
    )
    def test_every_login_may(
        self,
        run_main: RunMain,
        service: FakeService,
        monkeypatch: pytest.MonkeyPatch,
        environment: dict[str, str],
        body: dict[str, str],
    ) -> None:
        for name, value in environment.items():
            monkeypatch.setenv("VCDA_" + name, value)
        login(service, body=body)
        code, _result = run_main(session_module.main, hostname=HOST, api_version="4.7")
        assert code == 0

    def test_an_existing_session_may(
        self, run_main: RunMain, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VCDA_SESSION_TOKEN", TOKEN)
        listing(service, [reversed_vm(1)])
        params = {"hostname": HOST, "api_version": "4.7", "vm_replication_ids": [vm_id(1)], "active_site": "site-2"}
        code, result = run_main(vm_replication_reverse.main, **params)
        assert code == 0
        assert TOKEN not in json.dumps(result)

    @pytest.mark.parametrize("blank", ["", " ", "\n"])
    def test_a_blank_variable_is_not_set(
        self, run_main: RunMain, service: FakeService, monkeypatch: pytest.MonkeyPatch, blank: str
    ) -> None:
        for option in connection_options().values():
            if "env" in option:
                monkeypatch.setenv(option["env"], blank)
        for variable in PEER_ENVIRONMENT.values():
            monkeypatch.setenv(variable, blank)
        login(service)
        code, result = run_main(session_module.main, **CONNECTION)
        assert code == 0, result
        assert service.sent[0].url.startswith(f"https://{HOST}:443/")
        assert service.sent[0].verify is True

    def test_a_blank_variable_does_not_stand_for_a_required_option(
        self, run_main: RunMain, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VCDA_HOSTNAME", " ")
        code, result = run_main(session_module.main, **{**CONNECTION, "hostname": None})
        assert code == 1
        assert "hostname" in result["msg"]

    def test_what_is_given_wins(self, run_main: RunMain, service: FakeService, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VCDA_HOSTNAME", "elsewhere.test")
        monkeypatch.setenv("VCDA_PASSWORD", "another-password")
        login(service)
        run_main(session_module.main, **CONNECTION)
        assert service.sent[0].url.startswith(f"https://{HOST}:443/")

    def test_one_peer_may_come_from_it(
        self, run_main: RunMain, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in PEER.items():
            monkeypatch.setenv(f"VCDA_PEER_{name.upper()}", value)
        login(service)
        extend(service)
        refusal = failure(400, "BadUserInput", f"{PEER['password']} is no good")
        service.expect("GET", "/sessions", refusal)
        logout(service)
        code, result = run_main(session_module.main, **CONNECTION)
        assert code == 1
        assert PEER["password"] not in json.dumps(result)
        assert "is no good" in result["msg"]

    def test_peers_that_are_given_win(
        self, run_main: RunMain, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("VCDA_PEER_SITE", "site-9")
        monkeypatch.setenv("VCDA_PEER_USERNAME", "u")
        monkeypatch.setenv("VCDA_PEER_PASSWORD", "p")
        login(service)
        extend(service)
        service.expect("GET", "/sessions", ok(session("site-1")))
        assert run_main(session_module.main, **CONNECTION, extend_sites=[PEER])[0] == 0

    def test_a_peer_is_what_its_variables_say(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VCDA_PEER_SITE", "site-1")
        monkeypatch.setenv("VCDA_PEER_AUTH_TYPE", "multisite")
        monkeypatch.setenv("VCDA_PEER_ORGANIZATION", "tenant-1")
        monkeypatch.setenv("VCDA_PEER_COOKIE", "")
        assert peer_from_environment() == [
            {"site": "site-1", "auth_type": "multisite", "organization": "tenant-1"},
        ]

    @pytest.mark.parametrize("value", [None, ""])
    def test_without_a_site_there_is_no_peer(self, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
        monkeypatch.setenv("VCDA_PEER_USERNAME", "u")
        if value is not None:
            monkeypatch.setenv("VCDA_PEER_SITE", value)
        with pytest.raises(AnsibleFallbackNotFound):
            peer_from_environment()


ON_PREM = "on-prem-credentials"
OTHER_SECRETS = {
    "vcd_cookie": "a-cookie-of-vcd",
    "access_token": "a-jwt-of-vcd",
    "on_prem_auth": ON_PREM,
    "extend_sites": [PEER, {"site": "site-3", "auth_type": "cookie", "cookie": "peer-cookie-of-vcd"}],
}
SECRETS = (PASSWORD, TOKEN, ON_PREM, "a-cookie-of-vcd", "a-jwt-of-vcd", PEER["password"], "peer-cookie-of-vcd")


class TestSecrets:
    @pytest.mark.parametrize("status", [400, 403, 404, 409, 500, 502])
    def test_none_is_shown_even_if_the_service_repeats_them_all(
        self, run_main: RunMain, service: FakeService, status: int
    ) -> None:
        words = " ".join(SECRETS)
        login(service)
        answer = failure(status, f"Code-{ON_PREM}", words, args=list(SECRETS))
        for _each in range(5 if status >= 500 else 1):
            listing(service, [vm(1)], answer=answer)
        if status == 400:
            service.expect("GET", VMS, answer, query=paged())
        logout(service)
        code, result = run_main(vm_replication_reverse.main, **REVERSE, **OTHER_SECRETS)
        assert code == 1
        shown = json.dumps(result)
        for secret in SECRETS:
            assert secret not in shown, secret

    def test_nor_by_objects_tasks_and_pages(self, run_main: RunMain, service: FakeService) -> None:
        words = " ".join(SECRETS)
        document = vm(1, "COMPLETE", vmDescription=words, metadata={words: [words]}, guestCustomization={"x": words})
        login(service)
        listing(service, [document])
        looks(service)
        both = {"type": "credentials", "site": "site-1", "vcdUsername": PEER["username"]}
        extend(service, body={**both, "vcdPassword": PEER["password"]})
        start(service, task(1, "FAILED", error=api_error(words, words, words), warnings=[words]))
        listing(service, [document])
        looks(service)
        listing(service, [document])
        logout(service)
        code, result = run_main(vm_replication_reverse.main, **REVERSE, **OTHER_SECRETS)
        assert code == 1
        shown = json.dumps(result)
        for secret in SECRETS:
            assert secret not in shown, secret
        assert "com.vmware" not in shown

    @pytest.mark.parametrize(
        ("item", "params"),
        [
            ({"vm_name": "shop-db"}, {"password": "shop"}),
            ({"vm_name": "shop-db"}, {"extend_sites": [{"site": "x", "password": "db"}]}),
            ({"vapp_name": "erp"}, {"access_token": "erp"}),
            ({"id": "C4-1234"}, {"vcd_cookie": "123"}),
            ({"source_site": "site-1"}, {"session_token": "site"}),
            ({"asked": 'a"b'}, {"on_prem_auth": '"'}),
            ({"owner": "x@y"}, {"password": "@"}),
        ],
    )
    def test_a_name_that_is_masked_is_warned_of(self, item: dict[str, Any], params: dict[str, Any]) -> None:
        definition = Definition(
            vm_replication_reverse.DEFINITION.options, lambda _context: {"msg": "", "found": [item]}
        )
        result = execute(definition, Context(params))
        assert [text for text in result["warnings"] if "is part of a name or an id" in text]
        assert "warnings" not in execute(definition, Context({**params, **dict.fromkeys(params, "another")}))

    def test_a_token_of_a_login_is_shown_by_no_other_module(self, run_main: RunMain, service: FakeService) -> None:
        login(service)
        listing(service, [reversed_vm(1, vmDescription=TOKEN)])
        logout(service)
        _code, result = run_main(vm_replication_reverse.main, **REVERSE)
        assert TOKEN not in json.dumps(result)

    def test_every_secret_option_is_no_log(self) -> None:
        spec = vm_replication_reverse.DEFINITION.argument_spec()
        secret = {name for name, option in spec.items() if option.get("no_log")}
        assert secret == {"password", "access_token", "vcd_cookie", "session_token", "on_prem_auth"}
        peer = spec["extend_sites"]["options"]
        assert {name for name, option in peer.items() if option.get("no_log")} == {"password", "access_token", "cookie"}


class TestDefinition:
    def test_the_connection_options_are_added_and_our_own_keys_taken_out(self) -> None:
        spec = Definition(options={"x": {"type": "str", "env": "VCDA_X"}}, run=lambda _context: {}).argument_spec()
        assert {"hostname", "port", "extend_sites", "x"} <= set(spec)
        assert "env" not in spec["x"]
        assert spec["x"]["fallback"][1] == ["VCDA_X"]
        assert "peer_env" not in spec["extend_sites"]
        assert spec["hostname"]["required"] is True

    def test_constraints_are_lists_as_ansible_wants_them(self) -> None:
        definition = Definition(
            options={},
            run=lambda _context: {},
            mutually_exclusive=(("a", "b"),),
            required_together=(("c", "d"),),
            required_one_of=(("a", "b"),),
            required_if=(("a", 1, ("b",)),),
            required_by={"e": ("f",)},
        )
        assert definition.constraints() == {
            "mutually_exclusive": [["a", "b"]],
            "required_together": [["c", "d"]],
            "required_one_of": [["a", "b"]],
            "required_if": [["a", 1, ("b",)]],
            "required_by": {"e": ("f",)},
        }
        assert Definition(options={}, run=lambda _context: {}).constraints()["required_by"] == {}

    def test_a_run_that_raises_becomes_a_failure(self, run_main: RunMain) -> None:
        def run(_context: Context) -> dict[str, Any]:
            raise invalid("option", "it is wrong")

        code, result = run_main(lambda: run_module(Definition(options={}, run=run)), **CONNECTION)
        assert code == 1
        assert result["error"]["code"] == "INVALID_OPTION"

    def test_the_mode_and_the_parameters_reach_the_run(self, run_main: RunMain) -> None:
        seen: list[Context] = []

        def run(context: Context) -> dict[str, Any]:
            seen.append(context)
            return {"changed": False}

        main: Callable[[], None] = lambda: run_module(Definition(options={"x": {"type": "int"}}, run=run))  # noqa: E731
        run_main(main, **CONNECTION, x="7", _ansible_check_mode=True)
        assert (seen[0].check_mode, seen[0].params["x"], seen[0].params["port"]) == (True, 7, 443)

    def test_a_result_of_a_run_that_never_connected_is_left_as_it_is(self) -> None:
        def run(_context: Context) -> dict[str, Any]:
            raise VcdaError("No.")

        result = execute(Definition(options={}, run=run), Context(params={}))
        assert (result["failed"], result["msg"].startswith("No.")) == (True, True)


def test_a_page_of_a_proxy_says_what_to_do(run_main: RunMain, service: FakeService) -> None:
    login(service)
    for _each in range(5):
        listing(service, [vm(1)], answer=html(502))
    service.expect("DELETE", "/sessions", Reply(204))
    code, result = run_main(vm_replication_reverse.main, **REVERSE)
    assert code == 1
    assert (result["error"]["category"], result["error"]["http_status"]) == ("unreachable", 502)
    assert result["error"]["retriable"] is True
    assert VMS in result["msg"]
