# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The functions of the readiness checks, for one replication or all; ``readiness_checks`` lists the checks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import iso_time
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_facts import (
    End,
    Facts,
    destination_of,
    first_sync_of,
    setting_of,
    sla_profile_of,
    source_of,
    space_of,
)

BLOCKS = "blocks"
WARNS = "warns"
UNKNOWN = "unknown"

# Certificate errors are found by their words, since their codes are not documented.
_OF_CERTIFICATES = re.compile(r"certificate|thumbprint|\bssl|\btls|x\.?509|pkix", re.IGNORECASE)
_RED = "RED"
_TEST = "TEST"
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
Policy = Mapping[str, Any]
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Found:
    """A problem that a check found.

    :param message: the cause, in a sentence
    :param effect: if different from that of the check, for example ``UNKNOWN``
    :param code: if different from that of the check
    :param remedy: if different from that of the check
    :param settings: the recovery settings concerned: failover or test
    """

    message: str
    effect: str | None = None
    code: str | None = None
    remedy: str | None = None
    settings: str | None = None


@dataclass(frozen=True)
class Subject:
    """One replication to check.

    :param goal: the site where the workload is to run
    :param peer: the other site, as results show it
    :param instance: the newest instance, as results show it
    :param blocked_by: why a failover is refused now, as results show it
    """

    replication: Replication
    goal: str | None
    peer: Mapping[str, Any]
    instance: Mapping[str, Any] | None
    blocked_by: Mapping[str, Any] | None
    facts: Facts

    @property
    def is_recovered(self) -> bool:
        """Whether the replication is recovered, so that a reverse is next."""
        return self.replication.recovery_state == "COMPLETE"


def recovery_state(subject: Subject) -> Iterator[Found]:
    """Report why the decision table refuses a failover."""
    blocker = subject.blocked_by
    if blocker:
        yield Found(blocker["message"], code=blocker["code"], remedy=blocker["remedy"])


def session(subject: Subject) -> Iterator[Found]:
    """Report a site to which the session could not be extended."""
    blocker = no_session(subject.peer, subject.facts)
    if blocker and (subject.is_recovered or subject.peer["site"] in subject.facts.refused):
        yield Found(blocker["message"], remedy=blocker["remedy"])
    elif blocker:
        text = f"Whether a reverse after the failover is allowed at site {subject.peer['site']} is not known"
        yield Found(f"{text}: there are no credentials for it.", UNKNOWN, remedy=blocker["remedy"])


def no_session(peer: Mapping[str, Any], facts: Facts) -> dict[str, Any] | None:
    """Return why an operation that needs a session at the peer would be refused; None if it is not known."""
    site = peer["site"]
    refused = facts.refused.get(site)
    if refused:
        return {"code": "SESSION_NOT_EXTENDED", "message": refused.message, "remedy": refused.hint}
    if peer["is_reachable"] and not peer["is_session_extended"]:
        return {
            "code": "SESSION_NOT_EXTENDED",
            "message": f"The session is not extended to site {site}, and there are no credentials for it.",
            "remedy": f"Give credentials for site {site} in extend_sites, of an organization administrator there.",
        }
    return None


def rpo_violation(subject: Subject) -> Iterator[Found]:
    """Report an RPO violation above the limit."""
    violation = subject.replication.rpo_violation or 0
    if violation > subject.facts.limits.max_rpo_violation:
        yield Found(f"The RPO is violated by {violation} minutes.")


def rpo_history(subject: Subject) -> Iterator[Found]:
    """Report the share of the time between the last syncs in which the RPO was violated, if any."""
    histories = subject.facts.rpo_histories
    if isinstance(histories, VcdaError):
        yield not_readable("last syncs", histories)
        return
    history = _held_by(subject.replication, histories)
    if history and history.share > 0:
        yield Found(
            f"Of the time between {iso_time(history.from_ms)} and {iso_time(history.until_ms)}, its data was older "
            f"than the RPO in {history.share:.0%}, by its {history.syncs} syncs among the tasks.",
            UNKNOWN,
        )


def instance_age(subject: Subject) -> Iterator[Found]:
    """Report data that is older than the limit, or of unknown age."""
    age = subject.instance.get("age") if subject.instance else None
    most = subject.facts.limits.max_instance_age
    if most is None or (age is not None and age <= most):
        return
    yield Found(
        "The age of the newest instance is not known." if age is None else f"The newest instance is {age} s old."
    )


def health(subject: Subject) -> Iterator[Found]:
    """Report a replication that the service calls RED."""
    if subject.replication.overall_health == _RED:
        yield Found("The service reports the replication as RED.")


def paused(subject: Subject) -> Iterator[Found]:
    """Report a paused replication, unless it waits for its scheduled first synchronisation."""
    if subject.replication.is_paused and not first_sync_of(subject.replication, subject.facts.now_ms):
        yield Found("The replication is paused, so its data gets older.")


def first_sync(subject: Subject) -> Iterator[Found]:
    """Report a replication that waits for its scheduled first synchronisation."""
    moment = first_sync_of(subject.replication, subject.facts.now_ms)
    if moment:
        yield Found(f"It waits for its first synchronisation at {iso_time(moment)}.")


def recovery_plan(subject: Subject) -> Iterator[Found]:
    """Report a recovery plan of the product that is being carried out with the replication."""
    plans = subject.facts.plans
    if isinstance(plans, VcdaError):
        yield not_readable("recovery plans", plans)
        return
    plan = plans.holding(subject.replication)
    if plan:
        effect = BLOCKS if subject.facts.limits.respect_recovery_plans else None
        yield Found(f"It belongs to {plan.label}, which is {plan.state}.", effect)
    for hidden in plans.unknown:
        yield Found(f"What {hidden.label}, which is {hidden.state}, holds is not shown by the service.", UNKNOWN)


def running_task(subject: Subject) -> Iterator[Found]:
    """Report a task that runs on the replication or on its vApp."""
    tasks = subject.facts.tasks
    if isinstance(tasks, VcdaError):
        yield not_readable("running tasks", tasks)
        return
    task = _held_by(subject.replication, tasks)
    if task:
        yield Found(f"A task runs on it: {task.type or 'of an unknown type'} ({task.id}).")


def test_age(subject: Subject) -> Iterator[Found]:
    """Report a test failover that should have been cleaned up by now."""
    if subject.replication.recovery_state != _TEST:
        return
    since, most = subject.facts.tested_since.get(subject.replication.id), subject.facts.limits.max_test_age
    if subject.replication.id not in subject.facts.tested_since:
        message = "Since when its test failover has been running was not read: too many tests are running."
        yield Found(message, UNKNOWN, remedy="Check fewer replications at a time.")
    elif since is None:
        yield Found("Since when its test failover has been running is not shown by the service.", UNKNOWN)
    elif most and subject.facts.now_ms - since > most * 1000:
        until = iso_time(since + most * 1000)
        yield Found(f"Its test failover has been running since {iso_time(since)} and was to be cleaned up at {until}.")


def policy_incoming(subject: Subject) -> Iterator[Found]:
    """Report a policy that does not allow the source to receive replications, which a reverse needs."""
    yield from _direction(subject, source_of(subject.replication), "incoming", "receive")


def policy_outgoing(subject: Subject) -> Iterator[Found]:
    """Report a policy that does not allow the destination to send replications, which a reverse needs."""
    yield from _direction(subject, destination_of(subject.replication), "outgoing", "send")


def policy_quota(subject: Subject) -> Iterator[Found]:
    """Report a quota that the replications exceed after a reverse."""
    end = source_of(subject.replication)
    if end.org:
        count = subject.facts.arrivals[end]
        fits = _fits(lambda policy: policy["max_incoming"] is None or count <= policy["max_incoming"])
        message = f"The policy of {end.org} at {end.site} allows fewer incoming replications than the {count} that are "
        yield from _by_policy(subject.facts, end, fits, message + "there after a reverse.")


def policy_rpo(subject: Subject) -> Iterator[Found]:
    """Report a policy at the source that does not allow the replication's RPO or settings without an SLA profile."""
    end, rpo = source_of(subject.replication), setting_of(subject.replication, "rpo")
    if not end.org:
        return
    if isinstance(rpo, int):
        fits = _fits(lambda policy: policy["min_rpo"] is None or rpo >= policy["min_rpo"])
        message = f"The RPO of {rpo} minutes is shorter than the policy of {end.org} at {end.site} allows."
        yield from _by_policy(subject.facts, end, fits, message)
    if not sla_profile_of(subject.replication):
        fits = _fits(lambda policy: policy["allows"]["custom_sla_settings"])
        message = f"The policy of {end.org} at {end.site} allows settings by an SLA profile only, and it has none."
        yield from _by_policy(subject.facts, end, fits, message)


def sla_profile(subject: Subject) -> Iterator[Found]:
    """Report an SLA profile that does not exist at the source, to which a reverse replicates."""
    profile, end = sla_profile_of(subject.replication), source_of(subject.replication)
    if not profile or not end.org or not end.site:
        return
    there = subject.facts.sla_profiles[end.site]
    if isinstance(there, VcdaError):
        yield not_readable(f"SLA profiles at {end.site}", there)
    elif not there & {str(profile["id"]), str(profile.get("displayName"))}:
        yield Found(f"The SLA profile {profile.get('displayName') or profile['id']} is not there at {end.site}.")


def seed_disks(subject: Subject) -> Iterator[Found]:
    """Report excluded disks: the seed of a reverse must have the same disks as the recovered VM."""
    excluded = setting_of(subject.replication, "excludedDiskKeys")
    if isinstance(excluded, list) and excluded:
        keys = ", ".join(map(str, excluded))
        yield Found(
            f"Disks of the source VM are excluded (keys {keys}), so the recovered VM has other disks than its seed."
        )


def optimized_reverse(subject: Subject) -> Iterator[Found]:
    """Report if a reverse can send only differences for too short a time or not any more (reference 4.5)."""
    if not subject.is_recovered:
        return
    until, least = subject.replication.optimize_until, subject.facts.limits.min_optimized_reverse
    if until is None:
        yield Found("Whether an optimized reverse is possible is not shown by the service.", UNKNOWN)
        return
    left = until - subject.facts.now_ms
    if left <= 0:
        size = space_of(subject.replication)
        figure = f", about {gibibytes(size)}" if size else ""
        yield Found(
            f"An optimized reverse is not possible any more, so a reverse copies all data{figure}.",
            code="FULL_COPY",
            remedy="Allow for the time and the traffic of a full copy.",
        )
    elif left < least * _HOUR_MS:
        yield Found(f"An optimized reverse is possible for {left // _HOUR_MS} more hours, which is less than {least}.")


def source_power(subject: Subject) -> Iterator[Found]:
    """Report that the API does not show whether the old source VM was powered on (user guide 4.6, reverse).

    An optimized reverse depends on it.
    """
    until = subject.replication.optimize_until
    if subject.is_recovered and until is not None and until > subject.facts.now_ms:
        yield Found(
            "Whether the VM at the old source was powered on since the failover is not shown by the API.", UNKNOWN
        )


def seed_space(facts: Facts) -> Iterator[Found]:
    """Report the space that a reverse needs at each source; the API does not show the free space there."""
    for end, sizes in sorted(facts.seeds.items(), key=str):
        place = f"{end.org} at {end.site}" if end.org else f"{end.site}"
        yield Found(
            f"Whether {place} has the space for the seeds of a reverse is not shown by the API. A seed needs twice the "
            f"space of its disks for a short time. Replicas: {len(sizes)}, which use {gibibytes(sum(sizes))}.",
            UNKNOWN,
        )


def certificate(facts: Facts) -> Iterator[Found]:
    """Report a certificate of the service that ends soon."""
    end = facts.certificate_end_ms
    if end is None:
        if not facts.is_verified:
            yield Found("The end of the certificate is not known, as validate_certs is off.", UNKNOWN)
        return
    days = (end - (facts.now_ms - facts.clock_difference_ms)) // _DAY_MS
    if days < facts.limits.min_certificate_days:
        yield Found(f"The certificate of the service ends in {days} days, at {iso_time(end)}.")


def peer_certificate(facts: Facts) -> Iterator[Found]:
    """Report a connection between sites that fails because of a certificate; the API shows no end of validity."""
    for name, site in sorted(facts.sites.items()):
        errors = [site.get(f"{direction}_error") or {} for direction in ("incoming", "outgoing")]
        words = " ".join(str(error.get(key) or "") for error in errors for key in ("code", "message"))
        if _OF_CERTIFICATES.search(words):
            told = next((str(error.get("message") or error.get("code")) for error in errors if error), "")
            yield Found(f"The connection with site {name} fails for a certificate: {told}")


def gibibytes(size: int) -> str:
    """Return a number of bytes in GiB, as text."""
    return f"{size / 2**30:.1f} GiB"


def clock(facts: Facts) -> Iterator[Found]:
    """Report a difference between the clocks of the service and of the controller."""
    seconds = facts.clock_difference_ms // 1000
    if abs(seconds) > facts.limits.max_clock_difference:
        relation = "ahead of" if seconds > 0 else "behind"
        yield Found(f"The clock of the service is {abs(seconds)} s {relation} that of the controller.")


def _direction(subject: Subject, end: End, direction: str, verb: str) -> Iterator[Found]:
    if not end.org:
        return
    what = "migrations" if subject.replication.is_migration else "protections"
    # A reverse to an on-premises site needs another right.
    to_premises = direction == "outgoing" and not source_of(subject.replication).org
    key = f"{direction}_onprem_{what}" if to_premises else f"{direction}_{what}"
    message = f"The policy of {end.org} at {end.site} does not allow it to {verb} {what}, as a reverse does."
    yield from _by_policy(subject.facts, end, _fits(lambda policy: policy["allows"][key]), message)


def _fits(test: Callable[[Policy], Any]) -> Callable[[Policy], bool]:
    # A right that this API version does not show is None and counts as allowed.
    return lambda policy: test(policy) is not False


def _by_policy(facts: Facts, end: End, fits: Callable[[Policy], bool], message: str) -> Iterator[Found]:
    """Check the policies of a site; the API does not show which one an organization has if the user sees several."""
    policies = facts.policies.get(end.site or "", ())
    if isinstance(policies, VcdaError):
        yield not_readable(f"policies at {end.site}", policies)
        return
    answers = {fits(policy) for policy in policies}
    if answers == {False}:
        yield Found(message)
    elif len(answers) > 1:
        yield Found(
            f"The policies at {end.site} differ, and which one {end.org} has is not shown. If not one that "
            f"fits: {message}",
            UNKNOWN,
        )


def _held_by(replication: Replication, found: Mapping[str, Thing]) -> Thing | None:
    """Return what was found under the id of a replication, or else under that of its vApp replication."""
    ids = (replication.id, replication.vapp_replication_id)
    return next((found[identity] for identity in ids if identity and identity in found), None)


def not_readable(what: str, error: VcdaError) -> Found:
    """Return the finding that something is not known because it cannot be read."""
    return Found(f"The {what} cannot be read: {error.message}", UNKNOWN, remedy=error.hint)
