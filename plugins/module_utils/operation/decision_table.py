# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The decision table: what a verb does to a replication in a given state. The guide is tested against it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED, VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb

NOT_STARTED = "NOT_STARTED"
IN_PROGRESS = "IN_PROGRESS"
TEST_STATE = "TEST"
COMPLETE = "COMPLETE"
NO_INFO = "no recovery info"


@dataclass(frozen=True)
class Decision:
    """What to do with one replication, and the error code if the verb is refused.

    :param unless_reversed: the decision is ``done`` instead if the service's tasks show that it was reversed
    """

    kind: str
    code: str | None = None
    unless_reversed: bool = False


ACT = Decision("act")
DONE = Decision("done")
BUSY = Decision("busy", "BUSY")
NOT_RECOVERED = Decision("refuse", "NOT_RECOVERED")
NOT_PROVEN_REVERSED = Decision("refuse", "NOT_RECOVERED", unless_reversed=True)
TEST_ACTIVE = Decision("refuse", "TEST_ACTIVE")
WRONG_DIRECTION = Decision("refuse", "WRONG_DIRECTION")
RECOVERED = Decision("refuse", "RECOVERED")
PAUSED = Decision("refuse", "PAUSED")
UNKNOWN_STATE = Decision("refuse", "UNKNOWN_STATE")


@dataclass(frozen=True)
class Condition:
    """One condition on a replication and on ``active_site``, in words and as code."""

    text: str
    holds: Callable[[Replication, str | None], bool]


ALWAYS = Condition("always", lambda _replication, _site: True)
RUNS_THERE = Condition(
    "source is active_site", lambda replication, site: site is not None and replication.source_site == site
)
LEADS_THERE = Condition(
    "destination is active_site", lambda replication, site: site is not None and replication.destination_site == site
)
LEADS_THERE_OR_ANY = Condition(
    "destination is active_site, or none given",
    lambda replication, site: site is None or replication.destination_site == site,
)
RUNS_THERE_OR_REVERSED = Condition(
    "source is active_site, or none given and isReversed",
    lambda replication, site: replication.is_reversed is True if site is None else replication.source_site == site,
)
NO_SITE = Condition("no active_site given", lambda _replication, site: site is None)
IS_PAUSED = Condition("paused", lambda replication, _site: replication.is_paused is True)
IS_RUNNING = Condition("not paused", lambda replication, _site: replication.is_paused is False)

Rule = tuple[Condition, Decision]
Row = Mapping[str, tuple[Rule, ...]]

_RECOVER = ((LEADS_THERE, ACT), (RUNS_THERE, DONE), (ALWAYS, WRONG_DIRECTION))
_SYNC = ((IS_PAUSED, PAUSED), (ALWAYS, ACT))
_PAUSE = ((IS_PAUSED, DONE), (ALWAYS, ACT))
_RESUME = ((IS_RUNNING, DONE), (ALWAYS, ACT))
_ACT = ((ALWAYS, ACT),)
_DONE = ((ALWAYS, DONE),)
_BUSY = ((ALWAYS, BUSY),)
# The same in every state: the replication exists already, and its owner can always be changed.
_STEADY: Row = {"start": _DONE, "hand over": _ACT}

_REPLICATING: Row = {
    "test": _ACT,
    "recover": _RECOVER,
    "reverse": ((RUNS_THERE_OR_REVERSED, DONE), (NO_SITE, NOT_PROVEN_REVERSED), (ALWAYS, NOT_RECOVERED)),
    "cleanup": _DONE,
    "sync": _SYNC,
    "pause": _PAUSE,
    "resume": _RESUME,
    **_STEADY,
    "configure": _ACT,
    "stop": _ACT,
    "forced stop": _ACT,
}

# The first condition that holds decides. A state that is not in the table is refused.
TABLE: Mapping[str, Row] = {
    NOT_STARTED: _REPLICATING,
    TEST_STATE: {
        "test": _DONE,
        "recover": ((ALWAYS, TEST_ACTIVE),),
        "reverse": ((ALWAYS, TEST_ACTIVE),),
        "cleanup": _ACT,
        "sync": _SYNC,
        "pause": _PAUSE,
        "resume": _RESUME,
        **_STEADY,
        "configure": _ACT,
        "stop": ((ALWAYS, TEST_ACTIVE),),
        "forced stop": _ACT,
    },
    COMPLETE: {
        "test": ((ALWAYS, RECOVERED),),
        "recover": ((LEADS_THERE, DONE), (ALWAYS, WRONG_DIRECTION)),
        "reverse": ((LEADS_THERE_OR_ANY, ACT), (ALWAYS, WRONG_DIRECTION)),
        "cleanup": _DONE,
        "sync": ((ALWAYS, RECOVERED),),
        "pause": ((IS_PAUSED, DONE), (ALWAYS, RECOVERED)),
        "resume": ((IS_RUNNING, DONE), (ALWAYS, RECOVERED)),
        **_STEADY,
        "configure": ((ALWAYS, RECOVERED),),
        "stop": ((ALWAYS, RECOVERED),),
        "forced stop": _ACT,
    },
    IN_PROGRESS: {**dict.fromkeys(_REPLICATING, _BUSY), **_STEADY},
    NO_INFO: _REPLICATING,
}

_REASONS: Mapping[str, str] = {
    "NOT_RECOVERED": "it has not been failed over or migrated",
    "TEST_ACTIVE": "a test failover is active",
    "WRONG_DIRECTION": "it runs in the other direction",
    "RECOVERED": "it is already recovered and replicates nothing until it is reversed",
    "PAUSED": "it is paused",
    "BUSY": "another operation is in progress",
    "UNKNOWN_STATE": "its state is not known to this collection",
}
# Remedies name the modules for VMs; for a vApp replication, ``refusal`` names those for vApps.
REMEDIES: Mapping[str, str] = {
    "NOT_RECOVERED": "Fail the workload over or migrate it first, then reverse.",
    "TEST_ACTIVE": "Clean up the test with vm_replication_failover_test and state=absent, then run again.",
    "WRONG_DIRECTION": "Check active_site: it names the site where the workload runs after the operation, and must be "
    "the destination of the replication, or already its source.",
    "RECOVERED": "Reverse the replication first.",
    "PAUSED": "Resume the replication first, with vm_replication and paused=false.",
    "BUSY": "Wait for the operation to end and run again, or set wait=true to wait for it here.",
    "UNKNOWN_STATE": "Nothing was changed. Check the replication at the site; a newer version of this collection may "
    "know the state.",
}


def decide(
    verb: Verb, replication: Replication, active_site: str | None, was_reversed: Container[str] = ()
) -> Decision:
    """Look a VM replication up in the table.

    :param verb: the requested verb
    :param replication: the replication in its present state
    :param active_site: the site where the workload is to run after the verb; None if the user gave none
    :param was_reversed: ids of replications that the service's tasks show to have been reversed
    :returns: what to do; for ``busy`` the caller decides whether to attach, to wait or to refuse
    """
    state = replication.recovery_state
    row = TABLE.get(NO_INFO if state is None else state)
    if row is None:
        return UNKNOWN_STATE
    decision = next(decision for condition, decision in row[verb.intent] if condition.holds(replication, active_site))
    return DONE if decision.unless_reversed and replication.id in was_reversed else decision


def decide_children(
    verb: Verb, vapp: Replication, active_site: str | None, was_reversed: Container[str] = ()
) -> Decision:
    """Decide on a vApp replication: one blocked child blocks it, and it is done only if all its children are done.

    :returns: the decision for the vApp; an empty vApp is refused, because its state is unknown
    """
    decisions = [decide(verb, child, active_site, was_reversed) for child in vapp.children]
    for kind in ("refuse", "busy", "act", "done"):
        for decision in decisions:
            if decision.kind == kind:
                return decision
    return UNKNOWN_STATE


def refusal(
    verb: Verb, replication: Replication, decision: Decision, active_site: str | None, now_ms: int | None = None
) -> VcdaError:
    """Explain a refusal.

    :param now_ms: milliseconds since the epoch, by the clock of the service; None if that is not known
    :returns: an error of category refused that names the state, the reason and the remedy
    """
    code = str(decision.code)
    reason, remedy = _REASONS[code], REMEDIES[code]
    first_sync = _first_sync(replication, now_ms) if now_ms is not None else None
    if code == "PAUSED" and first_sync:
        reason = f"it waits for its first synchronisation at {first_sync}"
        remedy = "Wait until then, and do not resume it: that would start the synchronisation early."
    ends = [end for end in (replication.source_site, replication.destination_site) if end]
    if active_site and len(ends) == 2 and active_site not in ends and code in ("WRONG_DIRECTION", "NOT_RECOVERED"):
        reason = f"{active_site} is not an end of this replication ({', '.join(ends)})"
        remedy = "Check active_site: it names the site where the workload runs after the operation."
    if decision.unless_reversed and replication.source_site:
        reason += ", and neither isReversed nor the tasks of the service show that it was reversed"
        remedy += f" If it was reversed and runs at {replication.source_site}, set active_site to that site."
    kind = VAPP if VAPP.id_pattern.match(replication.id) else VM
    return VcdaError(
        "{} of {} ({}) is refused: {} (recovery state {}, {} -> {}{}).".format(
            verb.name.capitalize(),
            replication.name,
            replication.id,
            reason,
            replication.recovery_state or NO_INFO,
            replication.source_site,
            replication.destination_site,
            f", active_site {active_site}" if active_site else "",
        ),
        category=REFUSED,
        code=code,
        hint=remedy.replace("vm_replication", f"{kind.name}_replication"),
        retriable=code == "BUSY",
    )


def _first_sync(replication: Replication, now_ms: int) -> str | None:
    """Return until when a replication, or a VM of it, is paused because its first synchronisation is scheduled."""
    waiting = [one for one in (replication.children or (replication,)) if one.awaits_first_sync(now_ms)]
    return iso_time(max((one.first_sync_ms or 0 for one in waiting), default=None))
