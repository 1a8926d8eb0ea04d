# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One HTTP exchange: what is sent, what counts as an answer, what is repeated."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError

from ansible_collections.opendr.vcda.plugins.module_utils.client import transport as transport_file
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.secrets import MASK
from ansible_collections.opendr.vcda.plugins.module_utils.client.transport import Transport
from ansible_collections.opendr.vcda.tests.unit.fakes import (
    HOST,
    PLAIN_JSON,
    FakeService,
    ManualClock,
    Outcome,
    Reply,
    Sent,
    broken,
    failure,
    html,
    in_turn,
    ok,
    refused,
    reset,
    timed_out,
)

PASSWORD = "password-of-operator"
HEADERS = {"Accept": "application/json", "operationID": "operation-1", "X-VCAV-Auth": "token-1"}
MakeTransport = Callable[..., Transport]


@pytest.fixture
def transport(make_transport: MakeTransport, service: FakeService) -> Transport:
    return make_transport(service)


def failing(transport: Transport, service: FakeService, outcome: Outcome, **more: Any) -> VcdaError:
    service.expect("POST", "/x", outcome, **more)
    with pytest.raises(VcdaError) as caught:
        transport.send("POST", "/x", headers=HEADERS)
    return caught.value


class TestRequest:
    def test_a_request_without_a_body_has_none(self, transport: Transport, service: FakeService) -> None:
        service.expect("POST", "/vm-replications/C4-1/reverse", ok({"id": "task"}, 202), headers=HEADERS)
        answer = transport.send("POST", "/vm-replications/C4-1/reverse", headers=HEADERS)
        assert (answer.status, answer.document) == (202, {"id": "task"})
        assert service.sent[0].raw_body is None
        assert "Content-Type" not in service.sent[0].headers
        assert service.sent[0].url == f"https://{HOST}:443/vm-replications/C4-1/reverse"

    @pytest.mark.parametrize(
        ("method", "body", "length"),
        [
            ("GET", None, None),
            ("POST", None, "0"),
            ("DELETE", None, "0"),
            ("PATCH", {"a": "Ü"}, "15"),
            ("POST", {}, "2"),
        ],
    )
    def test_a_request_tells_the_length_of_its_body(
        self, transport: Transport, service: FakeService, method: str, body: Any, length: str | None
    ) -> None:
        service.expect(method, "/x", ok({}), body=body)
        transport.send(method, "/x", body=body, headers=HEADERS)
        assert service.sent[0].headers.get("Content-Length") == length

    @pytest.mark.parametrize("value", ["a\r\nX-More: b", "a\nb"])
    def test_a_header_that_would_be_two_is_not_sent(
        self, transport: Transport, service: FakeService, value: str
    ) -> None:
        with pytest.raises(VcdaError):
            transport.send("POST", "/x", headers={**HEADERS, "operationID": value})
        assert not service.sent

    def test_no_cookie_of_an_answer_is_sent_again(self, transport: Transport, service: FakeService) -> None:
        for _each in range(2):
            service.expect("GET", "/x", Reply(document={}, headers={"Set-Cookie": "a=b; Path=/"}))
            transport.send("GET", "/x", headers=HEADERS)
        assert "Cookie" not in service.sent[1].headers

    def test_a_body_is_sent_as_plain_json(self, transport: Transport, service: FakeService) -> None:
        body = {"type": "vcloud", "name": "Übung"}
        service.expect("POST", "/x", ok({}), body=body, headers={"Content-Type": "application/json"})
        transport.send("POST", "/x", body=body, headers=HEADERS)

    def test_an_empty_body_is_a_body(self, transport: Transport, service: FakeService) -> None:
        service.expect("POST", "/x", ok({}), body={})
        transport.send("POST", "/x", body={}, headers=HEADERS)
        assert service.sent[0].raw_body == b"{}"

    def test_parameters_are_encoded_and_empty_ones_left_out(self, transport: Transport, service: FakeService) -> None:
        query = {"vmName": "a b&c=d+e#f%/ü", "owner": None, "offset": 0, "site": ""}
        service.expect("GET", "/x", ok({}), query={"vmName": "a b&c=d+e#f%/ü", "offset": 0, "site": ""})
        transport.send("GET", "/x", query=query, headers=HEADERS)
        assert "a b" not in service.sent[0].url

    def test_the_timeout_is_that_of_the_options(self, make_transport: MakeTransport, service: FakeService) -> None:
        service.expect("GET", "/x", ok({}))
        make_transport(service, request_timeout=7.5).send("GET", "/x", headers=HEADERS)
        assert service.sent[0].timeout == 7.5

    def test_cookies_of_the_service_are_not_sent_back(self, transport: Transport, service: FakeService) -> None:
        service.expect("GET", "/x", ok({}, Set_Cookie="vcloud_session_id=1; Path=/"), times=2)
        for _each in range(2):
            transport.send("GET", "/x", headers=HEADERS)
        assert "Cookie" not in service.sent[1].headers

    def test_close_closes_the_connections(self, transport: Transport, service: FakeService) -> None:
        transport.close()
        assert service.is_closed


class TestAnswer:
    @pytest.mark.parametrize(
        "content_type",
        [
            "application/json",
            PLAIN_JSON,
            "application/vnd.vmware.h4-v4.7+json;charset=UTF-8",
            "Application/JSON ; charset=utf-8",
            "application/problem+json",
        ],
    )
    def test_every_kind_of_json_is_read(self, transport: Transport, service: FakeService, content_type: str) -> None:
        service.expect("GET", "/x", Reply(200, {"a": "ü"}, content_type=content_type))
        assert transport.send("GET", "/x", headers=HEADERS).document == {"a": "ü"}

    @pytest.mark.parametrize("status", [200, 202, 204])
    def test_an_empty_success_is_one(self, transport: Transport, service: FakeService, status: int) -> None:
        service.expect("DELETE", "/sessions", Reply(status, content=b"", content_type=""))
        assert transport.send("DELETE", "/sessions", headers=HEADERS).document is None

    @pytest.mark.parametrize(
        "reply",
        [
            html(200, "<html>Please log in</html>"),
            broken('{"items": ['),
            broken("{'single': 'quotes'}"),
            broken("["),
            broken("[" * 200_000),
            broken('{"number": ' + "9" * 10_000 + "}"),
            broken('{"number": NaN}'),
            broken('{"number": -Infinity}'),
            Reply(200, content=b"\xff\xfe\x00", content_type="application/json"),
            Reply(200, content=b"PK\x03\x04", content_type="application/octet-stream"),
            Reply(200, content=b'{"a": 1}', content_type="application/jsonp"),
            Reply(200, content=b'{"a": 1}', content_type=""),
        ],
    )
    def test_a_success_that_is_no_json_is_no_success(
        self, transport: Transport, service: FakeService, reply: Reply
    ) -> None:
        error = failing(transport, service, reply)
        assert (error.category, error.code, error.http_status) == ("server", "MALFORMED_ANSWER", 200)
        assert error.ambiguous
        assert error.retriable
        assert error.operation_id == "operation-1"
        assert "POST /x" in error.message

    @pytest.mark.parametrize("half", ["\\ud800", "\\uDFFF", "\\udc00\\ud800", "a\\ud83d"])
    def test_half_a_character_is_replaced_where_the_answer_is_read(
        self, transport: Transport, service: FakeService, half: str
    ) -> None:
        service.expect(
            "GET", "/x", broken(f'{{"name": "db-{half}", "{half}": [{{"deep": ["{half}", "\\ud83d\\ude00"]}}]}}')
        )
        document = transport.send("GET", "/x", headers=HEADERS).document
        text = json.dumps(document, ensure_ascii=False).encode().decode()
        assert "\ufffd" in text
        assert "\U0001f600" in text

    @pytest.mark.parametrize("number", ["1e999", "-1e999", "123456789e400"])
    def test_a_number_that_no_reader_of_json_has_is_none(
        self, transport: Transport, service: FakeService, number: str
    ) -> None:
        service.expect("GET", "/x", Reply(200, content=f'{{"a": [{number}, 1.5]}}'.encode()))
        assert transport.send("GET", "/x", headers=HEADERS).document == {"a": [None, 1.5]}

    @pytest.mark.parametrize(
        "identity", ["..", ".", "", "a/../b", "a?b", "a#b", "a%2e", "a b", "a\n", "\u00fc", "a\\b"]
    )
    def test_an_id_that_leads_elsewhere_is_not_asked_for(self, transport: Transport, identity: str) -> None:
        with pytest.raises(VcdaError, match="no part of an address"):
            transport.send("GET", f"/vm-replications/{identity}/instances", headers=HEADERS)

    def test_a_body_that_never_ends_is_cut_off(
        self, transport: Transport, service: FakeService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport_file, "_LARGEST_BODY", 100)
        error = failing(transport, service, broken('"' + "x" * 200 + '"'))
        assert error.category == "unreachable"
        assert error.ambiguous
        assert "larger than 100 bytes" in error.message

    def test_a_body_that_trickles_in_ends_at_the_timeout(
        self, transport: Transport, service: FakeService, clock: ManualClock
    ) -> None:
        def slowly(_sent: Sent) -> Reply:
            clock.advance(61)
            return ok({})

        service.expect("GET", "/x", slowly)
        with pytest.raises(VcdaError, match="no answer within 60 seconds") as caught:
            transport.send("GET", "/x", headers=HEADERS)
        assert caught.value.category == "unreachable"

    def test_a_refusal_is_told_with_the_words_of_the_service(self, transport: Transport, service: FakeService) -> None:
        error = failing(
            transport, service, failure(404, "VmReplicationNotFound", "No such replication.", args=["C4-1"])
        )
        assert (error.category, error.code, error.http_status) == ("not_found", "VmReplicationNotFound", 404)
        assert error.arguments == ["C4-1"]
        assert error.operation_id == "operation-1"
        assert not error.ambiguous

    @pytest.mark.parametrize("status", [500, 502, 503, 504])
    def test_the_page_of_a_proxy_is_unreachable(self, transport: Transport, service: FakeService, status: int) -> None:
        error = failing(transport, service, html(status))
        assert (error.category, error.http_status, error.ambiguous) == ("unreachable", status, True)

    def test_an_error_whose_json_is_broken_counts_as_a_page(self, transport: Transport, service: FakeService) -> None:
        error = failing(transport, service, broken('{"code": "General', 500))
        assert error.category == "unreachable"
        assert error.code is None

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_never_followed(self, transport: Transport, service: FakeService, status: int) -> None:
        error = failing(transport, service, html(status, "", Location="https://elsewhere.test/collect"))
        assert error.category == "unreachable"
        assert error.ambiguous
        assert "redirect, which is never followed" in error.message
        assert len(service.sent) == 1

    @pytest.mark.parametrize("where", ["https://[", "https://elsewhere.test/\xff", "//[::1", "ftp://elsewhere.test/"])
    def test_nor_is_it_looked_at_where_it_leads(self, transport: Transport, service: FakeService, where: str) -> None:
        error = failing(transport, service, html(302, "x" * 100_000, Location=where))
        assert (error.category, error.ambiguous) == ("unreachable", True)

    @pytest.mark.parametrize(
        ("more", "query", "category", "expired"),
        [
            ({}, {}, "authentication", False),
            ({"expired": True}, {}, "authentication", True),
            ({"expired": True}, {"site": "site-1"}, "authentication", True),
            ({}, {"site": "site-1"}, "remote_authentication", False),
            ({}, {"site": None}, "authentication", False),
        ],
    )
    def test_the_kinds_of_401_are_told_apart(
        self,
        transport: Transport,
        service: FakeService,
        more: dict[str, bool],
        query: dict[str, Any],
        category: str,
        expired: bool,
    ) -> None:
        sent = {key: value for key, value in query.items() if value}
        service.expect("GET", "/x", failure(401, "NotAuthenticated", "No.", **more), query=sent)
        with pytest.raises(VcdaError) as caught:
            transport.send("GET", "/x", query=query, headers=HEADERS)
        assert (caught.value.category, caught.value.expired) == (category, expired)

    def test_a_401_at_login_speaks_of_the_credentials(self, transport: Transport, service: FakeService) -> None:
        service.expect("POST", "/sessions", failure(401, "NotAuthenticated", "Authentication required.", expired=True))
        with pytest.raises(VcdaError) as caught:
            transport.send("POST", "/sessions", headers=HEADERS, at_login=True)
        assert (caught.value.category, caught.value.expired) == ("authentication", False)

    def test_secrets_that_the_service_repeats_are_masked(self, transport: Transport, service: FakeService) -> None:
        error = failing(transport, service, failure(400, "Bad", f"{PASSWORD} is wrong", args=[PASSWORD, "token-1"]))
        assert PASSWORD not in str(error.as_dict())
        assert PASSWORD not in str(error)
        assert error.arguments == [MASK, MASK]

    def test_secrets_in_a_page_are_masked_before_it_is_cut(self, transport: Transport, service: FakeService) -> None:
        page = "x" * (120 - len(PASSWORD) // 2) + PASSWORD
        error = failing(transport, service, html(502, page))
        assert PASSWORD[: len(PASSWORD) // 2] not in str(error)
        assert PASSWORD[: len(PASSWORD) // 2] not in error.message


def ssl_error(reason: Exception, host: str = HOST) -> requests.exceptions.SSLError:
    cause = MaxRetryError(HTTPSConnectionPool(host), "/x", urllib3.exceptions.SSLError(reason))
    return requests.exceptions.SSLError(cause)


class TestNetworkError:
    def test_a_refused_connection_sent_nothing(self, transport: Transport, service: FakeService) -> None:
        error = failing(transport, service, refused())
        assert (error.category, error.retriable, error.ambiguous) == ("unreachable", True, False)
        assert f"{HOST}:443" in error.message
        assert "Connection refused" in error.message
        assert error.operation_id == "operation-1"

    def test_a_name_that_is_not_known_sent_nothing(self, transport: Transport, service: FakeService) -> None:
        pool = HTTPSConnectionPool(HOST)
        cause = urllib3.exceptions.NameResolutionError(HOST, None, OSError(-2, "Name or service not known"))  # type: ignore[arg-type]
        error = failing(transport, service, requests.ConnectionError(MaxRetryError(pool, "/x", cause)))
        assert not error.ambiguous
        assert "Name or service not known" in error.message

    def test_a_connection_that_takes_too_long_sent_nothing(self, transport: Transport, service: FakeService) -> None:
        cause = MaxRetryError(HTTPSConnectionPool(HOST), "/x", ConnectTimeoutError("timed out"))
        error = failing(transport, service, requests.exceptions.ConnectTimeout(cause))
        assert (error.category, error.retriable, error.ambiguous) == ("unreachable", True, False)
        assert "no answer within 60 seconds" in error.message

    @pytest.mark.parametrize(
        "outcome",
        [
            reset(),
            timed_out(),
            requests.exceptions.ChunkedEncodingError("Response ended prematurely"),
            requests.exceptions.ContentDecodingError("not gzip"),
            requests.exceptions.ProxyError("Cannot connect to proxy."),
            requests.ConnectionError(),
        ],
    )
    def test_whatever_breaks_later_may_have_been_accepted(
        self, transport: Transport, service: FakeService, outcome: Exception
    ) -> None:
        error = failing(transport, service, outcome)
        assert (error.category, error.retriable, error.ambiguous) == ("unreachable", True, True)
        assert error.message.startswith(f"POST /x at {HOST}:443: ")

    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            (
                ssl.SSLCertVerificationError(
                    1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1)"
                ),
                "certificate verify failed: self-signed certificate",
            ),
            (
                ssl.SSLCertVerificationError(
                    1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1)"
                ),
                "certificate has expired",
            ),
            (
                ssl.SSLCertVerificationError(
                    1,
                    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, "
                    "certificate is not valid for 'other'. (_ssl.c:1000)",
                ),
                "Hostname mismatch, certificate is not valid for",
            ),
            (
                urllib3.exceptions.SSLError('Fingerprints did not match. Expected "abab", got "cdcd"'),
                "Fingerprints did not match",
            ),
        ],
    )
    def test_a_certificate_that_is_not_trusted_says_so_and_sent_nothing(
        self, transport: Transport, service: FakeService, reason: Exception, words: str
    ) -> None:
        error = failing(transport, service, ssl_error(reason))
        assert (error.category, error.code) == ("unreachable", "CERTIFICATE_NOT_TRUSTED")
        assert not error.retriable
        assert not error.ambiguous
        assert words in error.message
        assert error.message.count("(") == error.message.count(")")
        assert "ca_path" in error.hint
        assert "certificate_thumbprint" in error.hint

    def test_a_broken_tls_connection_is_no_question_of_trust_whatever_the_host_is_called(
        self, make_transport: MakeTransport, service: FakeService
    ) -> None:
        host = "certificate.hostname.test"
        reason = ssl.SSLEOFError(8, "EOF occurred in violation of protocol (_ssl.c:1000)")
        error = failing(make_transport(service, hostname=host), service, ssl_error(reason, host))
        assert error.code is None
        assert (error.retriable, error.ambiguous) == (True, True)
        assert "EOF occurred" in error.message

    def test_secrets_in_the_text_of_an_exception_are_masked(self, transport: Transport, service: FakeService) -> None:
        error = failing(transport, service, requests.ConnectionError(f"proxy said {PASSWORD}"))
        assert PASSWORD not in error.message
        assert PASSWORD not in str(error)
        assert error.__cause__ is None
        assert error.__suppress_context__


class TestRepetition:
    @pytest.mark.parametrize(
        "outcome",
        [
            reset(),
            timed_out(),
            refused(),
            html(502),
            html(503),
            html(504),
            failure(500, "GeneralServerFailure"),
            failure(503, "X"),
            failure(429, "X"),
            broken('{"truncated": '),
            html(200),
        ],
    )
    def test_what_may_pass_is_repeated_with_growing_pauses(
        self, transport: Transport, service: FakeService, clock: ManualClock, outcome: Outcome
    ) -> None:
        service.expect("GET", "/x", outcome, times=4)
        service.expect("GET", "/x", ok({"good": True}))
        assert transport.send("GET", "/x", headers=HEADERS, repeatable=True).document == {"good": True}
        assert len(clock.slept) == 4
        for number, longest in enumerate((0.5, 1.0, 2.0, 4.0)):
            assert longest / 2 <= clock.slept[number] <= longest

    def test_it_ends_with_the_last_failure(
        self, transport: Transport, service: FakeService, clock: ManualClock
    ) -> None:
        service.expect("GET", "/x", in_turn(reset(), reset(), reset(), reset(), html(503)), times=5)
        with pytest.raises(VcdaError) as caught:
            transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        assert caught.value.http_status == 503
        assert len(clock.slept) == 4

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 409])
    def test_a_refusal_is_final(self, transport: Transport, service: FakeService, status: int) -> None:
        service.expect("GET", "/x", failure(status, "X"))
        with pytest.raises(VcdaError) as caught:
            transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        assert caught.value.http_status == status

    def test_a_certificate_does_not_get_better(
        self, transport: Transport, service: FakeService, clock: ManualClock
    ) -> None:
        reason = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed certificate (_ssl.c:1)")
        service.expect("GET", "/x", ssl_error(reason))
        with pytest.raises(VcdaError):
            transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        assert clock.slept == []

    def test_send_itself_repeats_nothing(self, transport: Transport, service: FakeService, clock: ManualClock) -> None:
        failing(transport, service, html(503))
        assert len(service.sent) == 1
        assert clock.slept == []


class TestThrottling:
    @pytest.mark.parametrize("outcome", [failure(429, "X"), html(429), failure(425, "X"), html(425)])
    @pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
    def test_what_was_surely_not_taken_is_sent_again_whatever_it_is(
        self, transport: Transport, service: FakeService, clock: ManualClock, method: str, outcome: Outcome
    ) -> None:
        service.expect(method, "/x", outcome, times=4)
        service.expect(method, "/x", ok({"good": True}))
        assert transport.send(method, "/x", headers=HEADERS).document == {"good": True}
        assert len(clock.slept) == 4

    def test_that_ends_too_and_is_told_as_what_passes(self, transport: Transport, service: FakeService) -> None:
        service.expect("POST", "/x", failure(429, "X"), times=5)
        with pytest.raises(VcdaError) as caught:
            transport.send("POST", "/x", headers=HEADERS)
        error = caught.value
        assert (error.category, error.is_transient, error.ambiguous) == ("unreachable", True, False)
        assert "max_concurrent" in error.hint

    @pytest.mark.parametrize("status", [408, 502, 503, 504])
    def test_what_may_have_been_taken_is_not_sent_again(
        self, transport: Transport, service: FakeService, clock: ManualClock, status: int
    ) -> None:
        error = failing(transport, service, html(status, "", Retry_After="7"))
        assert error.ambiguous
        assert clock.slept == []
        service.expect("GET", "/x", ok({}))
        transport.send("GET", "/x", headers=HEADERS)
        assert clock.slept == [7.0]

    def test_one_complaint_holds_the_next_requests_back_too(
        self, transport: Transport, service: FakeService, clock: ManualClock
    ) -> None:
        service.expect("GET", "/x", in_turn(failure(429, "X"), ok({}), ok({}), ok({})), times=4)
        for _each in range(3):
            transport.send("GET", "/x", headers=HEADERS)
        assert len(clock.slept) == 3
        assert clock.slept[1:] == pytest.approx([0.2, 0.2])


class TestDeadline:
    def test_a_request_gets_no_more_time_than_is_left(
        self, transport: Transport, service: FakeService, clock: ManualClock
    ) -> None:
        transport.limit(100)
        service.expect("GET", "/x", ok({}), times=3)
        transport.send("GET", "/x", headers=HEADERS)
        clock.advance(93)
        transport.send("GET", "/x", headers=HEADERS)
        clock.advance(12)
        transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        assert [sent.timeout for sent in service.sent] == [60, 17, 5]

    def test_then_there_is_a_last_reading_and_after_it_only_the_end_of_the_session(
        self, transport: Transport, service: FakeService, clock: ManualClock
    ) -> None:
        transport.limit(10)
        clock.advance(11)
        with pytest.raises(VcdaError, match="POST /x was not sent: wait_timeout has passed") as caught:
            transport.send("POST", "/x", headers=HEADERS)
        assert (caught.value.category, caught.value.ambiguous) == ("timeout", False)
        service.expect("GET", "/x", ok({}))
        transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        clock.advance(9)
        with pytest.raises(VcdaError, match="GET /x was not sent: wait_timeout has passed"):
            transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        service.expect("DELETE", "/sessions", Reply(204))
        transport.send("DELETE", "/sessions", headers=HEADERS)
        assert service.sent[-1].timeout == 5.0

    @pytest.mark.parametrize("outcome", [timed_out(), refused(), html(503), failure(429, "X"), html(429)])
    def test_silence_and_complaints_do_not_outlast_it(
        self, transport: Transport, service: FakeService, clock: ManualClock, outcome: Outcome
    ) -> None:
        def slowly(sent: Sent) -> Outcome:
            clock.advance(sent.timeout)
            return outcome

        transport.limit(90)
        service.answer_reads(slowly)
        with pytest.raises(VcdaError):
            transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        assert clock.elapsed <= 100.001

    def test_a_pause_that_is_asked_for_does_not_outlast_it(
        self, transport: Transport, service: FakeService, clock: ManualClock
    ) -> None:
        transport.limit(10)
        service.expect("GET", "/x", html(429, "", Retry_After="50"))
        with pytest.raises(VcdaError):
            transport.send("GET", "/x", headers=HEADERS, repeatable=True)
        assert clock.elapsed == 20


class TestWindingUp:
    def test_nothing_but_the_end_of_the_session_is_sent(
        self, make_transport: MakeTransport, service: FakeService
    ) -> None:
        transport = make_transport(service)
        transport.wind_up(5.0)
        with pytest.raises(VcdaError, match="POST /x was not sent: the run was interrupted") as caught:
            transport.send("POST", "/x", headers=HEADERS)
        assert not caught.value.ambiguous
        service.expect("DELETE", "/sessions", Reply(204))
        transport.send("DELETE", "/sessions", headers=HEADERS)
        assert service.sent[0].timeout == 5.0

    def test_a_shorter_timeout_of_the_user_stays(self, make_transport: MakeTransport, service: FakeService) -> None:
        transport = make_transport(service, request_timeout=2)
        transport.wind_up(5.0)
        service.expect("DELETE", "/sessions", Reply(204))
        transport.send("DELETE", "/sessions", headers=HEADERS)
        assert service.sent[0].timeout == 2
