# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service as data, for the probe, the documentation, the simulator and the tests.

``tests/simulator/settings.py`` has a switch for each; a unit test names switches without a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Levels; each includes those before it.
READ = "read"
SESSION = "session"
CYCLE = "cycle"
LEVELS = (READ, SESSION, CYCLE)
# Kinds of answers other than a choice of values.
RANGE = "range"
VERSION = "version"

ANSWERED = "answered"
NOT_ASKED = "not asked at this level"
NOT_SEEN = "not seen"
CONTRADICTORY = "contradictory"
OUTCOMES = (ANSWERED, NOT_ASKED, NOT_SEEN, CONTRADICTORY)


@dataclass(frozen=True)
class Question:
    """One question.

    :param id: its name, and that of the simulator's switch if there is one
    :param asks: what is asked, in the words of the documentation
    :param told: how the answer is derived
    :param level: the lowest level that asks it; empty if none can
    :param values: the possible answers; empty for ranges and versions
    :param kind: choice, ``RANGE`` or ``VERSION``
    :param requests: the requests in addition to those of the recovery, with the highest number of each
    :param does: what the collection does while the answer is unknown; empty if it is documented
    :param fault: the simulator's fault for it, if there is no switch
    :param unlimited: the value of the switch for no limit, for ranges without an upper end
    :param why_not: why no level asks it
    """

    id: str
    asks: str
    told: str = ""
    level: str = ""
    values: tuple[Any, ...] = ()
    kind: str = "choice"
    requests: Mapping[str, int] | None = None
    does: str = ""
    fault: str = ""
    unlimited: Any = None
    why_not: str = ""

    @property
    def switch(self) -> str:
        """The simulator's switch for it; empty if there is a fault instead."""
        return "" if self.fault else self.id

    def is_asked_at(self, level: str) -> bool:
        """Tell whether a level asks the question."""
        return bool(self.level) and LEVELS.index(self.level) <= LEVELS.index(level)


_VAPP = "it takes a vApp of several VMs, and the probe touches one VM alone"
_PLAN = "it takes a recovery plan, and the probe runs none"
_NOT_OFFERED = "sends the requests; any unexpected answer means that this service does not offer recovery plans"
_LIST = "GET /vm-replications"

# Requests that serve several questions, by level.
BASE: Mapping[str, Mapping[str, int]] = {
    READ: {
        "POST /sessions": 1,
        "GET /sessions": 2,
        "GET /sites": 2,
        "GET /diagnostics/about": 1,
        _LIST: 1,
        "GET /tasks": 1,
        "DELETE /sessions": 1,
    },
    SESSION: {},
    CYCLE: {
        # The replication is found, compared with others of its vApp, and read between the steps.
        _LIST: 12,
        "GET /vapp-replications": 1,
        "GET /tasks": 2,
    },
}

_ALL = (
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
        "unknown_parameters",
        "whether query parameters that a version does not know are ignored or rejected",
        "by a list with a parameter that no version has: 200 or 400",
        READ,
        ("ignored", "rejected"),
        requests={_LIST: 1},
        does="checks that the result matches the request",
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
        "idle_timeout",
        "after how many seconds without a request a session ends",
        "by sessions of its own that are left alone, each for another time, and then used once",
        SESSION,
        kind=RANGE,
        requests={"POST /sessions": 4, "GET /sessions": 4, "DELETE /sessions": 4},
    ),
    Question(
        "hard_timeout",
        "after how many seconds a session ends in any case",
        why_not="it takes a day, and is documented",
    ),
    Question(
        "remote_timeout",
        "after how many seconds the extension of a session to a peer ends",
        "by a session that is kept alive and read through at the peer while others are left alone",
        SESSION,
        kind=RANGE,
        unlimited=0,
        requests={
            "POST /sessions": 1,
            "POST /sessions/extend": 1,
            _LIST: 5,
            "GET /sessions": 1,
            "DELETE /sessions": 1,
        },
    ),
    Question(
        "vcd_token_timeout",
        "after how many seconds the VCD token that a session holds for its own site ends",
        why_not="only a change that is refused shows it, and none is sent for that",
        does="extends again, and logs in again if that does not help",
    ),
    Question(
        "admin_restricted",
        "whether administrators can log in",
        "by the roles of the session: it can be answered only if it is an administrator's",
        READ,
        (False, True),
    ),
    Question(
        "local_user_sites",
        "which sites a session of root or of an SSO user shows",
        "by the details of the session, if it is such a user's",
        READ,
        ("empty", "null"),
    ),
    Question(
        "multisite_associated",
        "whether a session can be extended by the association of the organizations",
        "by extending a session of its own that way: 200 or 401",
        SESSION,
        (True, False),
        requests={"POST /sessions": 1, "POST /sessions/extend": 1, "DELETE /sessions": 1},
    ),
    Question(
        "expired_remote_code",
        "which code tells that the session at the peer is over, or the VCD token behind it",
        "by the code of the first 401 of the session that is kept alive, if its extension ends meanwhile",
        SESSION,
        ("RemoteAuthenticationFailure", "NotAuthenticated"),
        does="accepts both, checks whether its own session is valid, extends again, and logs in again if that does not "
        "help",
    ),
    Question(
        "unextended_code",
        "which code tells that the session was never extended to the peer",
        "by the code of the 401 for a list of the peer, in a session that is not extended",
        READ,
        ("NotAuthenticated", "RemoteAuthenticationFailure"),
        requests={_LIST: 1},
        does="accepts both, and checks whether its own session is valid",
    ),
    Question(
        "admin_filters",
        "what a tenant gets for filters that only administrators may use",
        "by a list with the filter owner, for an owner that does not exist: 403, or all of the list",
        READ,
        ("forbidden_403", "ignored"),
        requests={_LIST: 1},
        does="sends the filter `owner` once, reads without it if it is refused, and checks the result",
    ),
    Question(
        "on_prem_auth",
        "whether start and reverse with an on-premises end need the header On-Prem-Auth, and which value it has",
        why_not="it takes an on-premises site, and the probe goes between cloud sites",
        does="passes `on_prem_auth` on without a change, and keeps it secret",
    ),
    Question(
        "upkeep_peer",
        "whether a pause, changed settings and a forced stop at the destination need the source site",
        why_not="it takes a site that is down",
        does="tries once to extend the session for a pause and changed settings, and sends them in any case; extends "
        "it for a forced stop only if the service requires it",
    ),
    Question(
        "task_retention_seconds",
        "how long a task can be read after its end",
        "by the age of the oldest ended task that is still listed; longer is possible",
        READ,
        kind=RANGE,
        requests={"GET /tasks": 1},
        does="decides by the state of the replication if the task is gone",
    ),
    Question(
        "queued_tasks",
        "whether tasks are `QUEUED` before they run",
        "by the states of all tasks that were seen; no, if no task of the cycle was ever queued",
        READ,
        (False, True),
    ),
    Question(
        "queued_state_filter",
        "whether `QUEUED` is a filter of the task list",
        "by the status of a list with it: 200 or 400",
        READ,
        ("honoured", "rejected"),
        requests={"GET /tasks": 1},
        does="uses it, and works without it in the rest of the session if it is refused, whatever the refusal is",
    ),
    Question(
        "task_result",
        "whether a task's result is always there",
        "by the tasks that succeeded",
        READ,
        ("present", "absent"),
        does="reads the replication",
    ),
    Question(
        "task_last_updated",
        "whether an ended task says when it was last updated, or -1",
        "by the ended tasks that were seen",
        READ,
        ("kept", "never"),
    ),
    Question(
        "task_operation_id",
        "whether a task shows the `operationID` of the request that made it",
        "by the tasks that were seen",
        READ,
        ("shown", "hidden"),
        does="finds the tasks of an operation by it, or else those of a single request by the filter `operationID`",
    ),
    Question(
        "task_type_names",
        "the names of most task types and result types",
        "by the types of the tasks that cleanup and reverse make; the evidence has the names",
        CYCLE,
        ("usual", "other"),
        does="accepts a task of an unknown type as its own only if it belongs to this replication and started after "
        "the request was sent",
    ),
    Question(
        "task_ids_filter",
        "whether the task list honours the filter `ids`",
        "by a list with the id of one of several tasks",
        READ,
        ("honoured", "ignored"),
        requests={"GET /tasks": 1},
        does="checks that the result matches the request",
    ),
    Question(
        "operation_id_filter",
        "whether the task list knows the filter `operationID`",
        "by a list with an operation that nobody has sent: nothing, everything or 400",
        READ,
        ("honoured", "ignored", "rejected"),
        requests={"GET /tasks": 1},
        does="checks that the result matches the request, and otherwise looks for the tasks of the replication",
    ),
    Question(
        "foreign_task",
        "what is answered to the id of somebody else's task",
        why_not="it takes the id of somebody else's task",
    ),
    Question(
        "task_shows_at_once",
        "how soon a task shows after its request was accepted",
        "by reading the task right after the answer that names it: 200 or 404",
        CYCLE,
        ("at_once", "later"),
        requests={"GET /tasks/{id}": 1},
        does="queries the service for about fifteen seconds; see [exactly once](exactly-once.md#limits)",
        fault="reset_after",
    ),
    Question(
        "wrong_state",
        "how an operation in a wrong state is refused: at once or by a failed task, with which status",
        "by a second test failover while one is active",
        CYCLE,
        ("conflict_409", "bad_request_400", "failed_task"),
        requests={"POST /vm-replications/{id}/failover-test": 1},
        does="reads the state first and does not send the request; after a refusal it reads the state again",
    ),
    Question(
        "start_refusal",
        "how the start of a replication that cannot be is refused",
        "by starting to replicate a VM that does not exist",
        CYCLE,
        ("bad_request_400", "conflict_409", "failed_task"),
        requests={"POST /vm-replications": 1},
    ),
    Question(
        "scheduled_start",
        "whether a replication shows as paused until its first synchronisation that is scheduled",
        why_not="it takes a new replication, and the probe starts none",
        does="does not resume it before that time, and returns until when it waits",
    ),
    Question(
        "reverse_id",
        "whether a replication keeps its id when it is reversed",
        "by the ids before and after the reverse",
        CYCLE,
        ("same", "new"),
        does="takes the id from the task's result and confirms it by reading, or finds the workload by its VM at "
        "either site; `previous_id` returns the old id",
    ),
    Question(
        "reverse_vm_id",
        "which VM a reversed replication shows as its source: the one that runs now, or the one of the first direction",
        "by `vmId` before and after the reverse",
        CYCLE,
        ("recovered", "kept"),
        does="finds the workload by either; where neither tells it, by its name, vApp, owner and both sites",
    ),
    Question(
        "reverse_state",
        "the state while a reverse runs",
        "by reading the replication after the reverse was accepted, and then its task, which still runs",
        CYCLE,
        ("in_progress", "stays_complete"),
        requests={"GET /vm-replications/{id}": 1, "GET /tasks/{id}": 1},
        does="looks for running tasks first, in every state",
    ),
    Question(
        "is_reversed",
        "whether `isReversed` is there, and inverted by each reverse as the vendor documents",
        "by its value before, between and after two reverses",
        CYCLE,
        ("toggled", "always_false", "never_present"),
    ),
    Question(
        "ids_filter",
        "whether the replication lists honour the filter `ids`",
        "by a list with the id of a replication that does not exist",
        READ,
        ("honoured", "ignored"),
        requests={_LIST: 1},
    ),
    Question(
        "local_source_site",
        "what the filter `sourceSite` does with the local site as its value",
        "by the status, and by what is listed if there is a replication from the local site",
        READ,
        ("rejected_400", "empty", "honoured"),
        requests={_LIST: 1},
        does="sends it, reads without it if it is refused, and checks the result; an empty list is returned as it is",
    ),
    Question(
        "split_vapp",
        "whether a VM that is recovered alone leaves its vApp replication",
        why_not=_VAPP,
        does="returns one item per part",
    ),
    Question(
        "split_new_id",
        "which part of a vApp replication that is split has the new id",
        why_not=_VAPP,
        does="finds the VMs of each part by their ids at either site",
    ),
    Question(
        "split_recovered_vapp",
        "whether the parts of a split vApp replication share the recovered vApp",
        why_not=_VAPP,
        does="finds the VMs of each part by their ids at either site",
    ),
    Question(
        "vapp_mixed",
        "what a vApp operation does if only some VMs allow it",
        why_not=_VAPP,
        does="processes those VMs individually",
    ),
    Question(
        "migrate_in_test",
        "whether a VM can be migrated while its test failover is active",
        "by asking for it during the test; if it is accepted, that is the migration of the cycle",
        CYCLE,
        ("refused", "allowed"),
        requests={"POST /vm-replications/{id}/migrate": 1},
    ),
    Question(
        "cleanup_without_test",
        "what a cleanup does when there is nothing to clean up",
        "by asking for it before the test",
        CYCLE,
        ("refused", "accepted"),
        requests={"DELETE /vm-replications/{id}/failover-test": 1},
    ),
    Question(
        "upkeep_in_complete",
        "what sync, pause, resume or changed settings do in `COMPLETE`",
        "by asking for a sync after the recovery",
        CYCLE,
        ("refused", "allowed"),
        requests={"POST /vm-replications/{id}/sync": 1},
        does="refuses most of them (see [the table](decisions.md#other-operations))",
    ),
    Question(
        "stop_in_recovered",
        "whether a stop is allowed after a recovery or during a test",
        why_not="it would end the replication",
        does="refuses it without `force`",
    ),
    Question(
        "sync_when_paused",
        "whether a paused replication can be synchronized",
        why_not="the probe pauses nothing, as a run that is killed then would leave a VM unprotected",
    ),
    Question(
        "minor_task",
        "whether a running sync keeps other operations out",
        "by asking for the test failover while a sync runs",
        CYCLE,
        ("blocks", "does_not_block"),
        requests={
            "POST /vm-replications/{id}/sync": 1,
            "POST /vm-replications/{id}/failover-test": 1,
            "GET /tasks/{id}": 1,
        },
    ),
    Question(
        "reverse_checks_policy",
        "whether a policy can forbid a reverse",
        why_not="it takes a policy that forbids it, and the probe changes none",
    ),
    Question(
        "optimize_days",
        "for how many days after a recovery a reverse can send only differences",
        "by the time that the recovered replication states",
        CYCLE,
        kind=RANGE,
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
    Question(
        "peer_down",
        "what the service answers when the peer is down",
        "by extending a session of its own, if the service itself says that it cannot reach the peer",
        SESSION,
        ("general_failure_500", "remote_authentication_401", "bad_gateway_502", "failed_task"),
        requests={"POST /sessions": 1, "POST /sessions/extend": 1, "DELETE /sessions": 1},
        does="reports the answer with the category of its status; if a session cannot be extended, the message names "
        "the site",
    ),
    Question(
        "reverse_networks",
        "how the network settings of a replication are shown after a reverse, which inverts mappings where they match",
        why_not="it takes a VM with network settings",
        does="reads them before and after the reverse and reports each mapping that is not there any more",
    ),
    Question(
        "recovery_plans",
        "whether the service has the calls of recovery plans, from 4.3 on, or how it answers them",
        "by the status of their list",
        READ,
        ("offered", "not_found_404", "bad_request_400", "method_not_allowed_405", "server_failure_500"),
        requests={"GET /recovery-plans": 1},
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_list",
        "whether recovery plans are listed in pages or as an array",
        "by the form of their list",
        READ,
        ("pages", "array"),
        requests={"GET /recovery-plans": 1},
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_steps",
        "where the steps of a recovery plan are shown",
        why_not=_PLAN,
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_members",
        "in which form the replications of a step are shown",
        why_not=_PLAN,
        does=_NOT_OFFERED,
    ),
    Question(
        "recovery_plan_execution",
        "where the id of an execution of a recovery plan is shown",
        why_not=_PLAN,
        does="looks in the task, in the plan and in a list; without it there is no report",
    ),
    Question(
        "recovery_plan_suspended_task",
        "what becomes of the task of a recovery plan that waits at a prompt",
        why_not=_PLAN,
        does="decides by the state of the plan",
    ),
    Question(
        "recovery_plan_after_cleanup",
        "in which state a recovery plan is after a cleanup",
        why_not=_PLAN,
        does="decides by the state of the plan",
    ),
    Question(
        "recovery_plan_words",
        "the words for the operations of a recovery plan other than `TEST`",
        why_not=_PLAN,
        does="looks for a known part of the word; refuses a plan with an unknown one",
    ),
    Question(
        "vm_state_filters",
        "how the list of VM replications calls its filters by health, data connection and migration",
        why_not="what is filtered by is checked on what comes back",
        does="sends the names that the reference of the vSphere service has, from 4.1 on, works without them if they "
        "are refused, and checks the result",
    ),
    Question(
        "guest_customization_of_vm",
        "whether the guest customization of a VM replication can be replaced, as that of a vApp replication can",
        why_not="it changes what a recovery does, and the probe touches no settings",
        does="sends the request from 4.5 on when the option is given; a refusal is reported for that VM",
    ),
    Question(
        "guest_customization_put",
        "whether replacing the guest customization keeps what the request leaves out",
        why_not="it changes what a recovery does, and the probe touches no settings",
        does="sends everything that the service shows, with the changes and the given secrets in it",
    ),
    Question(
        "guest_secrets",
        "whether the guest customization shows its secrets: not at all, masked or in clear",
        why_not="it takes a VM with a password in its guest customization",
        does="never compares or shows them, and does not send a mask back",
    ),
    Question(
        "network_inventory",
        "whether the networks of a VDC can be listed, as public clients do",
        why_not="what is not listed is reported as not known",
        does="checks whether a network exists only if the list can be read",
    ),
    Question(
        "vm_disks",
        "whether the disks of a VM replication can be excluded or included later, as those of a vApp replication can",
        why_not="it changes what is protected, and the probe touches no settings",
        does="sends the request from 4.4 on when the option is given; a refusal is reported for that VM",
    ),
    Question(
        "sla_profile_orgs",
        "whether an SLA profile tells its organizations or their number",
        why_not="the names of organizations are not looked at",
        does="returns either",
    ),
    Question(
        "limit_cap",
        "how many items a page holds at most",
        "by the limit that the service states for pages of 101 and of 1000 beyond the end of the list",
        READ,
        kind=RANGE,
        requests={_LIST: 2},
    ),
)

QUESTIONS: Mapping[str, Question] = {question.id: question for question in _ALL}


def asked_at(level: str) -> list[Question]:
    """Return the questions that a level asks."""
    return [question for question in _ALL if question.is_asked_at(level)]


def requests_of(level: str) -> dict[str, int]:
    """Return the requests of a level in addition to those of the recovery, with the highest number of each."""
    counts: dict[str, int] = {}
    parts = [BASE[each] for each in LEVELS[: LEVELS.index(level) + 1]]
    parts += [question.requests or {} for question in asked_at(level)]
    for part in parts:
        for request, count in part.items():
            counts[request] = counts.get(request, 0) + count
    return counts
