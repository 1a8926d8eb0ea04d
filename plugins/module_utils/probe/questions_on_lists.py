# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service about lists and their filters."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import LIST, RANGE, READ, Question

QUESTIONS = (
    Question(
        "unknown_parameters",
        "whether query parameters that a version does not know are ignored or rejected",
        "by a list with a parameter that no version has: 200 or 400",
        READ,
        ("ignored", "rejected"),
        requests={LIST: 1},
        does="checks that the result matches the request",
    ),
    Question(
        "admin_filters",
        "what a tenant gets for filters that only administrators may use",
        "by a list with the filter owner, for an owner that does not exist: 403, or all of the list",
        READ,
        ("forbidden_403", "ignored"),
        requests={LIST: 1},
        does="sends the filter `owner` once, reads without it if it is refused, and checks the result",
    ),
    Question(
        "ids_filter",
        "whether the replication lists honour the filter `ids`",
        "by a list with the id of a replication that does not exist",
        READ,
        ("honoured", "ignored"),
        requests={LIST: 1},
    ),
    Question(
        "local_source_site",
        "what the filter `sourceSite` does with the local site as its value",
        "by the status, and by what is listed if there is a replication from the local site",
        READ,
        ("rejected_400", "empty", "honoured"),
        requests={LIST: 1},
        does="sends it, reads without it if it is refused, and checks the result; an empty list is returned as it is",
    ),
    Question(
        "vm_state_filters",
        "how the list of VM replications calls its filters by health, data connection and migration",
        why_not="what is filtered by is checked on what comes back",
        does="sends the names that the reference of the vSphere service has, from 4.1 on, works without them if they "
        "are refused, and checks the result",
    ),
    Question(
        "network_inventory",
        "whether the networks of a VDC can be listed, as public clients do",
        why_not="what is not listed is reported as not known",
        does="checks whether a network exists only if the list can be read",
    ),
    Question(
        "limit_cap",
        "how many items a page holds at most",
        "by the limit that the service states for pages of 101 and of 1000 beyond the end of the list",
        READ,
        kind=RANGE,
        requests={LIST: 2},
    ),
)
