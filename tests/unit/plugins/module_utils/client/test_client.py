# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client: headers, reading, and changes that are sent once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import (
    Client,
    authenticated_sites,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.tests.unit.calls import CREDENTIALS, EXTEND_BODY, PEERS, extend, login, paged
from ansible_collections.opendr.vcda.tests.unit.documents import page, session
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    Exchange,
    FakeService,
    ManualClock,
    Reply,
    broken,
    failure,
    html,
    in_turn,
    ok,
    reset,
    vendor_json,
)

EXPIRED = failure(401, "NotAuthenticated", "Authentication Token Required", expired=True)
MakeClient = Callable[..., Client]


class TestHeaders:
    def test_every_request_has_an_operation_id_of_its_own(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", ok({}), times=2)
        for _each in range(2):
            client.get("/x")
        ids = [sent.headers["operationID"] for sent in service.sent]
        assert len(set(ids)) == 2
        assert all(one.startswith("opendr.vcda-") for one in ids)

    def test_the_operation_id_of_the_user_begins_each_of_them(
        self, make_client: MakeClient, service: FakeService
    ) -> None:
        login(service)
        service.expect("GET", "/x", ok({}))
        make_client(**CREDENTIALS, operation_id="CHG-1").get("/x")
        assert all(sent.headers["operationID"].startswith("CHG-1-") for sent in service.sent)

    def test_the_operation_id_of_the_caller_wins(self, client: Client, service: FakeService) -> None:
        service.expect("POST", "/x", ok({}), headers={"operationID": "mine", "On-Prem-Auth": "value"})
        client.change("POST", "/x", headers={"operationID": "mine", "On-Prem-Auth": "value"})

    def test_a_known_version_is_asked_for(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        service.expect("GET", "/x", ok({}), headers={"Accept": vendor_json("4.5")})
        client = make_client(**{**CREDENTIALS, "api_version": "4.5"})
        client.get("/x")
        assert service.sent[0].headers["Accept"] == vendor_json("4.5")
        assert client.api_version() == (4, 5)


class TestReading:
    def test_an_object_is_an_object(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", ok([1]))
        with pytest.raises(VcdaError, match=r"^/x is not of the documented form: it is no object\."):
            client.get("/x")

    def test_an_empty_answer_is_no_object(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", Reply(204))
        with pytest.raises(VcdaError, match="it is no object"):
            client.get("/x")

    def test_an_array_is_read(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", ok([{"a": 1}]), query={"b": 2})
        assert client.get_array("/x", {"b": 2}) == [{"a": 1}]

    def test_what_is_no_object_in_an_array_leaves_the_others(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", ok([None, {"a": 1}, 7, "x", []]))
        assert client.get_array("/x") == [{}, {"a": 1}, {}, {}, {}]

    @pytest.mark.parametrize("document", [None, {}, {"items": []}])
    def test_an_array_is_an_array(self, client: Client, service: FakeService, document: Any) -> None:
        service.expect("GET", "/x", ok(document))
        with pytest.raises(VcdaError, match="it is no list of objects"):
            client.get_array("/x")

    @pytest.mark.parametrize("parallel", [True, False])
    def test_a_list_is_read_whole(self, client: Client, service: FakeService, parallel: bool) -> None:
        items = [{"id": f"{number}"} for number in range(450)]
        for offset in (0, 99):
            answer = ok(page(items[offset : offset + 100], 450))
            service.expect("GET", "/x", answer, query=paged({"owner": "a@b"}, offset))
        rest = [
            Exchange("GET", "/x", ok(page(items[at : at + 100], 450)), paged({"owner": "a@b"}, at))
            for at in (198, 297, 396)
        ]
        service.expect_in_any_order(rest)
        assert client.get_list("/x", {"owner": "a@b", "site": None}, parallel=parallel) == items

    @pytest.mark.parametrize(
        ("total", "is_whole"), [(2, True), (1, True), (3, False), (None, False), (-1, False), ("many", False)]
    )
    def test_a_beginning_tells_whether_it_is_the_whole_list(
        self, client: Client, service: FakeService, total: Any, is_whole: bool
    ) -> None:
        items = [{"id": "a"}, {"id": "b"}]
        service.expect("GET", "/x", ok({"items": items, "total": total}), query=paged({"q": "1"}))
        assert client.get_beginning("/x", {"q": "1"}) == (items, is_whole)

    def test_a_page_is_one_request(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", ok(page([{"id": "a"}], 500)), query=paged())
        assert client.get_page("/x") == [{"id": "a"}]

    @pytest.mark.parametrize(("total", "count"), [(1234, 1234), (0, 0), ("7", 7)])
    def test_counting_asks_for_one_item(self, client: Client, service: FakeService, total: Any, count: int) -> None:
        service.expect("GET", "/x", ok(page([{"id": "a"}], total)), query={"offset": 0, "limit": 1})
        assert client.count("/x") == count

    def test_a_list_without_a_total_counts_what_came(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/x", ok({"items": [{"id": "a"}]}), query={"offset": 0, "limit": 1})
        assert client.count("/x") == 1

    def test_the_session_can_be_looked_at(self, client: Client, service: FakeService) -> None:
        service.expect("GET", "/sessions", ok(session("site-1")))
        assert authenticated_sites(client.session()) == {"site-1", "site-2"}

    @pytest.mark.parametrize(
        ("entries", "sites"),
        [(None, set()), ("text", set()), ([], set()), ([None, "x", {"site": "a"}], {"a"})],
    )
    def test_sites_of_a_session_are_read_with_care(self, entries: Any, sites: set[str]) -> None:
        assert authenticated_sites({"authenticatedSites": entries}) == sites

    def test_a_read_is_repeated(self, client: Client, service: FakeService, clock: ManualClock) -> None:
        service.expect("GET", "/x", in_turn(reset(), html(502), broken("{"), ok({"a": 1})), times=4)
        assert client.get("/x") == {"a": 1}
        assert len(clock.slept) == 3


class TestChange:
    @pytest.mark.parametrize(
        ("reply", "document"),
        [(ok({"id": "t"}, 202), {"id": "t"}), (ok({"id": "o"}), {"id": "o"}), (Reply(204, content=b""), {})],
    )
    def test_the_object_in_the_answer_is_returned(
        self, client: Client, service: FakeService, reply: Reply, document: dict[str, Any]
    ) -> None:
        service.expect("PATCH", "/x", reply, body={"a": 1}, query={"force": "true"})
        assert client.change("PATCH", "/x", body={"a": 1}, query={"force": "true"}) == document

    @pytest.mark.parametrize("reply", [ok([], 202), ok("text", 202), Reply(202, content=b"")])
    def test_an_answer_without_an_object_leaves_open_what_happened(
        self, client: Client, service: FakeService, reply: Reply
    ) -> None:
        service.expect("POST", "/x", reply)
        with pytest.raises(VcdaError, match="it is no object") as caught:
            client.change("POST", "/x", headers={"operationID": "mine"})
        assert caught.value.ambiguous
        assert (caught.value.operation_id, caught.value.http_status) == ("mine", 202)

    @pytest.mark.parametrize(
        "outcome", [reset(), html(502), failure(500, "X"), failure(409, "X"), EXPIRED, html(302), broken("{")]
    )
    def test_a_change_is_sent_once_whatever_the_answer(
        self, client: Client, service: FakeService, clock: ManualClock, outcome: Any
    ) -> None:
        service.expect("POST", "/x", outcome)
        with pytest.raises(VcdaError):
            client.change("POST", "/x")
        assert clock.slept == []

    def test_a_change_on_another_site_extends_first(self, make_client: MakeClient, service: FakeService) -> None:
        login(service)
        extend(service, body=EXTEND_BODY)
        service.expect("POST", "/x", ok({}), query={"site": "site-1"})
        make_client(**CREDENTIALS, **PEERS).change("POST", "/x", query={"site": "site-1"})


class TestTime:
    def test_the_clock_of_the_service_is_learnt_from_its_answers(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        assert client.server_now_ms() == clock.now_ms()
        service.expect("GET", "/x", ok({}, Date="Thu, 28 May 2026 21:26:40 GMT"))
        client.get("/x")
        assert client.server_now_ms() == 1_780_003_600_000
        clock.advance(10)
        assert client.server_now_ms() == 1_780_003_610_000

    @pytest.mark.parametrize(
        "date",
        [
            "",
            "yesterday",
            "Thu, 99 May 2026 21:26:40 GMT",
            "Thu, 28 May 2026 21:26:40 +99999999999999999999",
            "Thu, 28 May -1 00:0:00 +2359999999999",
            # Python 3.9 reads beyond the end of it.
            "\tSaturday, 28-Nov- 05:00:0\u00b20 GMT",
        ],
    )
    def test_a_date_that_is_none_changes_nothing(
        self, client: Client, service: FakeService, clock: ManualClock, date: str
    ) -> None:
        service.expect("GET", "/x", ok({}, Date=date))
        client.get("/x")
        assert client.server_now_ms() == clock.now_ms()
