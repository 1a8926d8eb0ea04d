# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service about recovery, reverse and the other operations on a replication."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import CYCLE, RANGE, Question

_VAPP = "it takes a vApp of several VMs, and the probe touches one VM alone"

QUESTIONS = (
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
)
