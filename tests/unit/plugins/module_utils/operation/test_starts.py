# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts: sent once, repeated only where nothing was accepted."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
import requests
import urllib3

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import FAILOVER
from ansible_collections.opendr.vcda.plugins.module_utils.operation.starts import start
from ansible_collections.opendr.vcda.tests.unit.documents import task, task_id
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    FakeService,
    ManualClock,
    Reply,
    Sent,
    failure,
    html,
    ok,
    refused,
    reset,
)
from ansible_collections.opendr.vcda.tests.unit.orders import ONE, REVERSING, number_operations, order, send


@pytest.fixture(autouse=True)
def operation_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    number_operations(monkeypatch)


def test_an_accepted_request_is_its_task(client: Client, service: FakeService, clock: ManualClock) -> None:
    send(service, ok(task(), 202))
    found = start(client, order())
    assert found is not None
    assert found.id == task_id()
    assert service.sent[0].raw_body is None
    assert clock.slept == []


def test_body_and_headers_of_the_order_are_sent(client: Client, service: FakeService) -> None:
    send(service, ok(task(kind="failover"), 202), path=f"{ONE}/failover", body={"type": "vcloud"})
    start(client, order(FAILOVER, body={"type": "vcloud"}, headers={"On-Prem-Auth": "value"}))
    assert service.sent[0].headers["On-Prem-Auth"] == "value"


class TestNothingWasSent:
    def test_a_refused_connection_is_tried_again_without_a_look(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        send(service, refused(), 1)
        send(service, refused(), 2)
        send(service, ok(task(), 202), 3)
        assert start(client, order()) is not None
        assert clock.slept == [1.0, 2.0]

    def test_three_refused_connections_are_enough(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        for number in (1, 2, 3):
            send(service, refused(), number)
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert (caught.value.category, caught.value.ambiguous) == ("unreachable", False)
        assert clock.slept == [1.0, 2.0]

    def test_a_service_that_limits_requests_is_given_time(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        for _each in range(4):
            send(service, failure(429, "TooMany"), 1)
        send(service, ok(task(), 202), 1)
        assert start(client, order()) is not None
        assert len(clock.slept) == 4

    def test_so_is_a_gateway_that_says_for_how_long(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        send(service, html(429, "<html>Slow down</html>", Retry_After="20"), 1)
        send(service, ok(task(), 202), 1)
        assert start(client, order()) is not None
        assert clock.slept == [20.0]

    def test_a_certificate_that_is_not_trusted_ends_it(
        self, client: Client, service: FakeService, clock: ManualClock
    ) -> None:
        reason = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate (_ssl.c:1)")
        send(service, requests.exceptions.SSLError(urllib3.exceptions.SSLError(reason)))
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.code == "CERTIFICATE_NOT_TRUSTED"
        assert clock.slept == []


class TestRefusal:
    @pytest.mark.parametrize("status", [400, 403, 404, 405, 406, 409, 410, 415, 422, 451])
    def test_a_refusal_is_never_repeated(
        self, client: Client, service: FakeService, clock: ManualClock, status: int
    ) -> None:
        send(service, failure(status, "X", "No."))
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.http_status == status
        assert len(service.sent) == 1
        assert clock.slept == []


class TestTime:
    @pytest.mark.parametrize(
        ("outcome", "category", "looks"),
        [(refused(), "unreachable", 0), (failure(429, "TooMany"), "unreachable", 0), (reset(), "unknown_outcome", 1)],
    )
    @pytest.mark.parametrize("seconds", [10, 15, 19])
    def test_once_it_is_over_nothing_is_tried_again(
        self,
        client: Client,
        service: FakeService,
        clock: ManualClock,
        outcome: Any,
        category: str,
        looks: int,
        seconds: float,
    ) -> None:
        def answer(_sent: Sent) -> Any:
            clock.advance(seconds)
            return outcome

        client.limit(10)
        send(service, answer)
        service.answer_reads(lambda _sent: failure(403, "Forbidden"))
        with pytest.raises(VcdaError) as caught:
            start(client, order())
        assert caught.value.category == category
        assert [sent.method for sent in service.sent] == ["POST", *["GET"] * looks]
        assert clock.slept == []


def test_many_starts_side_by_side_each_have_an_operation_id_of_their_own(client: Client, service: FakeService) -> None:
    seen: list[str] = []

    def accept(sent: Any) -> Reply:
        seen.append(sent.headers["operationID"])
        return ok(task(), 202)

    for _each in range(8):
        service.expect("POST", REVERSING, accept)
    results: list[Task | None] = list(client.executor.map(lambda _number: start(client, order()), range(8)))
    assert None not in results
    assert len(set(seen)) == 8
