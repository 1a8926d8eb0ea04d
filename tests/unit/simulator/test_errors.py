# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors: documented statuses, codes and fields."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import errors


def test_the_document_has_the_documented_fields() -> None:
    document = errors.bad_input("Not this.", "field").document()
    assert document["code"] == "BadUserInput"
    assert document["msg"] == "Not this."
    assert document["args"] == ["field"]
    assert document["stacktrace"].startswith("org.example.simulator.SimulatedException: Not this.")
    assert set(document) == {"code", "msg", "args", "stacktrace"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.not_authenticated(), 401, "NotAuthenticated"),
        (errors.bad_login(), 401, "NotAuthenticated"),
        (errors.bad_input("x"), 400, "BadUserInput"),
        (errors.bad_request("x"), 400, "BadRequest"),
        (errors.forbidden(), 403, "Forbidden"),
        (errors.site_not_found("x"), 404, "SiteNotFound"),
        (errors.replication_not_found("x", is_vapp=False), 404, "VmReplicationNotFound"),
        (errors.replication_not_found("x", is_vapp=True), 404, "SimulatorVappReplicationNotFound"),
        (errors.server_failure(), 500, "GeneralServerFailure"),
    ],
)
def test_status_and_code(error: errors.ApiError, status: int, code: str) -> None:
    assert (error.status, error.code) == (status, code)


def test_only_a_missing_token_has_the_header() -> None:
    assert errors.not_authenticated().headers == {"WWW-Authenticate": "Authentication Token Required"}
    assert errors.bad_login().headers == {}
