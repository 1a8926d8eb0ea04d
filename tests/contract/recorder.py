# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The watcher: every exchange of a simulator in a test suite, checked against the contract of the version in use."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, MutableSequence, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from . import document
from .contract import Contract

# The answer is the site's own all the same; every other fault makes an answer that is wrong on purpose.
HONEST_FAULTS = frozenset({"", "slow", "task_fails", "task_vanishes", "session_expired", "truncated"})
# The probe sends requests that no contract has, to see how they are answered; its operation ids say so.
PROBE = "opendr.vcda-probe-"
_VENDOR = re.compile(r"application/vnd\.vmware\.h4-v(\d+(?:\.\d+)?)\+json")


class RequestLike(Protocol):
    """What is read of the simulator's Request."""

    @property
    def method(self) -> str:
        """Its method."""

    @property
    def path(self) -> str:
        """Its path."""

    @property
    def query(self) -> Sequence[tuple[str, str]]:
        """Its query."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""

    @property
    def body(self) -> bytes:
        """Its body."""


class ResponseLike(Protocol):
    """What is read of the simulator's Response."""

    @property
    def status(self) -> int:
        """Its status."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Its headers."""

    @property
    def body(self) -> bytes:
        """Its body."""


class Observable(Protocol):
    """What is used of the simulator.

    It calls its observers with the site, the request and the response, None where the connection broke; by then the
    last entry of its log says which fault, if any, met the request.
    """

    @property
    def observers(self) -> MutableSequence[Any]:
        """Its observers."""

    @property
    def settings(self) -> Any:
        """Its settings."""

    @property
    def log(self) -> Any:
        """Its log."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as a saved log holds it. Bodies are text; what is no UTF-8 survives as surrogates."""

    site: str
    version: str
    method: str
    path: str
    query: list[tuple[str, str]]
    request_headers: dict[str, str]
    request_body: str
    status: int
    response_headers: dict[str, str]
    response_body: str

    def violations(self) -> list[str]:
        """Return what is wrong with the exchange."""
        contract = Contract.load(self.version)
        body, answer = (text.encode("utf-8", "surrogateescape") for text in (self.request_body, self.response_body))
        return [
            *contract.check_request(self.method, self.path, self.query, self.request_headers, body),
            *contract.check_response(self.method, self.path, self.status, self.response_headers, answer),
        ]


class ContractRecorder:
    """Checks every exchange of a simulator, or those that it is given, and collects what is wrong.

    An answer that a fault made is not checked, as it is wrong on purpose; its request is. So is a request without an
    answer. Use it as a context manager, or call :meth:`close` when done.

    :param source: a simulator to watch, or the contract to check against
    :param requests: whether to check the requests too; off where a test sends wrong ones on purpose
    :param keep: whether to keep the exchanges for :meth:`save`, credentials included
    """

    def __init__(self, source: Observable | Contract, requests: bool = True, keep: bool = False) -> None:
        self.violations: Counter[str] = Counter()
        self.operations: Counter[tuple[str, int]] = Counter()
        self.exchanges: list[Exchange] = []
        self.checked = 0
        self.unanswered = 0
        self._requests = requests
        self._keep = keep
        self._lock = threading.Lock()
        self._contract = source if isinstance(source, Contract) else None
        self._simulator = None if isinstance(source, Contract) else source
        if self._simulator is not None:
            self._simulator.observers.append(self._watch)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop watching."""
        if self._simulator is not None and self._watch in self._simulator.observers:
            self._simulator.observers.remove(self._watch)

    def observe(self, site: str, request: RequestLike, response: ResponseLike | None) -> None:
        """Check one exchange.

        :param site: name of the site that was asked
        :param response: None if there was none, or one that must not be checked
        """
        contract = self._contract or self._contract_for(request)
        if contract is None:
            return
        found: list[str] = []
        if self._requests and not request.headers.get("operationid", "").startswith(PROBE):
            found += contract.check_request(request.method, request.path, request.query, request.headers, request.body)
        if response is not None:
            found += contract.check_response(
                request.method, request.path, response.status, response.headers, response.body
            )
        operation = contract.operation_id(request.method, request.path) or f"{request.method} {request.path}"
        with self._lock:
            self.checked += 1
            self.unanswered += response is None
            self.operations[operation, response.status if response is not None else 0] += 1
            self.violations.update(f"[{contract.version}] {text}" for text in found)
            if self._keep and response is not None:
                self.exchanges.append(_exchange(site, contract.version, request, response))

    def _watch(self, site: str, request: RequestLike, response: ResponseLike | None) -> None:
        log = self._simulator.log if self._simulator is not None else []
        is_honest = len(log) > 0 and log[-1].fault in HONEST_FAULTS
        self.observe(site, request, response if is_honest else None)

    def report(self) -> str:
        """Return what has been checked and what was wrong, one line per kind of violation."""
        counts = f"{self.checked} requests, {self.checked - self.unanswered} answers"
        lines = [f"{counts}: {len(self.violations)} violations"]
        lines += [f"{count} x {text}" for text, count in self.violations.most_common()]
        return "\n".join(lines)

    def assert_clean(self) -> None:
        """Fail with the report if anything was wrong, or if nothing was checked at all.

        :raises AssertionError: see above
        """
        if self.violations or not self.checked:
            raise AssertionError(self.report())

    def save(self, file: Path) -> None:
        """Write the kept exchanges as JSON lines, to be checked by ``python -m tests.contract FILE``."""
        file.write_text("".join(json.dumps(asdict(item)) + "\n" for item in self.exchanges), encoding="utf-8")

    def _contract_for(self, request: RequestLike) -> Contract | None:
        """Return the contract of the version that the site speaks to this client, None if the document lacks it."""
        own = self._simulator.settings.api_version if self._simulator is not None else document.VERSIONS[-1]
        match = _VENDOR.search(request.headers.get("accept", ""))
        spoken = own if match is None else min(own, match[1], key=document.parse_version)
        spoken = spoken if "." in spoken else f"{spoken}.0"
        return Contract.load(spoken) if spoken in document.VERSIONS else None


def read_log(lines: Iterable[str]) -> list[Exchange]:
    """Return the exchanges of a saved log.

    :raises ValueError: if a line is none
    """
    exchanges = []
    for number, line in enumerate(lines, start=1):
        try:
            fields = json.loads(line)
            fields["query"] = [tuple(pair) for pair in fields["query"]]
            exchanges.append(Exchange(**fields))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number} is no exchange: {error}") from error
    return exchanges


def _exchange(site: str, version: str, request: RequestLike, response: ResponseLike) -> Exchange:
    return Exchange(
        site=site,
        version=version,
        method=request.method,
        path=request.path,
        query=list(request.query),
        request_headers=dict(request.headers),
        request_body=request.body.decode("utf-8", "surrogateescape"),
        status=response.status,
        response_headers=dict(response.headers),
        response_body=response.body.decode("utf-8", "surrogateescape"),
    )
