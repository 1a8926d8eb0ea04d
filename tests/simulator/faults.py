# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults between a client and a site, and the requests that they affect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any

from .exchange import DRIPS, Request

AFTER_BY_DEFAULT = ("reset_after", "timeout_after", "broken_json", "truncated")
BEFORE_ONLY = ("reset_before", "timeout_before", "session_expired", "redirect", "certificate_mismatch", "site_down")
EITHER = ("status_500", "html_502", "html_503", "html_504", "answer", *(drip.value for drip in DRIPS))
WHILE = ("slow", "task_fails", "task_warns", "task_vanishes")
KINDS = (*BEFORE_ONLY, *AFTER_BY_DEFAULT, *EITHER, *WHILE)


@dataclass(slots=True)
class Fault:
    """A fault and the requests that it affects.

    :param kind: one of :data:`KINDS`
    :param site: name of the site that gets the request; empty for any
    :param method: HTTP method; empty for any
    :param path_regex: searched for in the path; empty for any
    :param nth: the first matching request that is affected, counted from 1
    :param times: how many matching requests are affected from there on; 0 for all
    :param after: whether the request takes effect first; only for kinds that allow both, False by default
    :param seconds: duration of a ``slow`` answer
    :param location: target of a ``redirect``
    :param code: error code of ``task_fails`` and ``task_warns``
    :param msg: error text of the same
    :param work_lost: whether a vanished task leaves the replication as it was
    :param status: status of ``answer``
    :param content_type: media type of ``answer``
    :param body: body of ``answer``
    :param headers: further headers of ``answer``
    """

    kind: str
    site: str = ""
    method: str = ""
    path_regex: str = ""
    nth: int = 1
    times: int = 1
    after: bool | None = None
    seconds: float = 1.0
    location: str = "https://elsewhere.test/"
    code: str = "SimulatorTaskFailed"
    msg: str = "The task failed because a fault was set."
    work_lost: bool = False
    status: int = 200
    content_type: str = "application/json;charset=UTF-8"
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Refuse a fault that could never occur."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")
        if self.after is not None and self.kind not in EITHER:
            raise ValueError(f"{self.kind} cannot choose whether it comes after the effect")
        if self.nth < 1 or self.times < 0:
            raise ValueError("nth counts from 1 and times is not negative")
        re.compile(self.path_regex)

    @property
    def after_effect(self) -> bool:
        """Whether the request takes effect before the fault occurs."""
        return bool(self.after) or self.kind in AFTER_BY_DEFAULT

    def matches(self, site: str, request: Request) -> bool:
        """Whether this fault counts a request."""
        return (
            self.site in ("", site)
            and self.method.upper() in ("", request.method)
            and re.search(self.path_regex, request.path) is not None
        )

    @property
    def is_due(self) -> bool:
        """Whether the fault affects the last matching request."""
        return self.seen >= self.nth and (not self.times or self.fired < self.times)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Fault:
        """Return the fault that a JSON object describes; the conditions may be in an object ``match``.

        :raises ValueError: for unknown keys or values
        """
        flat = {**{key: value for key, value in values.items() if key != "match"}, **(values.get("match") or {})}
        known = {item.name for item in fields(cls) if item.init}
        if set(flat) - known or "kind" not in flat:
            raise ValueError(f"a fault has a kind and any of: {', '.join(sorted(known))}")
        return cls(**flat)

    def to_dict(self) -> dict[str, Any]:
        """Return the fault with its counts, JSON-ready."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


class Faults:
    """The faults that are set, in order; only the first one that is due affects a request."""

    def __init__(self) -> None:
        """Start without faults."""
        self.all: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Set a fault."""
        self.all.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        self.all.clear()

    def strike(self, site: str, request: Request) -> Fault | None:
        """Return the fault that affects a request."""
        matching = [fault for fault in self.all if fault.matches(site, request)]
        for fault in matching:
            fault.seen += 1
        due = next((fault for fault in matching if fault.is_due), None)
        if due is not None:
            due.fired += 1
        return due
