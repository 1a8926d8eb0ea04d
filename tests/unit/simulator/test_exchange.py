# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and responses without I/O."""

from __future__ import annotations

from ansible_collections.opendr.vcda.tests.simulator.exchange import Break, ConnectionDropped, Request, Response


def test_a_request_needs_only_method_and_path() -> None:
    request = Request("GET", "/sites")
    assert (request.query, request.headers, request.body) == ([], {}, b"")


def test_a_response_comes_at_once_and_whole() -> None:
    response = Response(204)
    assert (response.headers, response.body, response.delay, response.truncate) == ({}, b"", 0.0, False)


def test_a_dropped_connection_says_how() -> None:
    dropped = ConnectionDropped(Break.SILENCE)
    assert dropped.how is Break.SILENCE
    assert str(dropped) == "silence"
