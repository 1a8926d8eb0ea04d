# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service about its version, its health and the form of requests."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import READ, SESSION, VERSION, Question

QUESTIONS = (
    Question(
        "api_version",
        "which version of the API the service has",
        "by the build version that it states",
        READ,
        kind=VERSION,
    ),
    Question(
        "media_type",
        "whether answers are labelled with the vendor's media type or with plain JSON",
        "by the media type of a list that was asked for in the vendor's type",
        READ,
        ("vendor", "plain"),
    ),
    Question(
        "not_acceptable_body",
        "how an API version that is too new is refused",
        "by status and body of the answer to a version that no service has",
        READ,
        ("empty", "api_error"),
        requests={"GET /sites": 1},
        does="uses an older version after a 406 or a 415",
    ),
    Question(
        "unknown_keys",
        "whether unknown fields of a request are ignored or rejected",
        "by a login with an additional field: 200 or 400",
        SESSION,
        ("ignored", "rejected"),
        requests={"POST /sessions": 1, "DELETE /sessions": 1},
        does="sends only fields that the API version in use documents",
    ),
    Question(
        "malformed_id",
        "how an id of the wrong form is refused",
        "by the status: 404 or 400",
        READ,
        ("not_found_404", "bad_request_400"),
        requests={"GET /vm-replications/{id}": 1},
    ),
    Question(
        "health_4_0",
        "what a service of 4.0 answers about its health",
        "by the status of a GET, which is asked of 4.0 alone: 200 with the report, or 202 with a task",
        READ,
        ("object", "task"),
        requests={"GET /diagnostics/health": 1},
        does="accepts the object of 3.x and the task of 4.1",
    ),
    Question(
        "health_get",
        "whether the health can still be read by GET in 4.6 and later",
        "by the status of a GET, which is asked of 4.6 and later alone: 200 or 202, or 405",
        READ,
        ("accepted", "method_not_allowed"),
        requests={"GET /diagnostics/health": 1},
    ),
)
