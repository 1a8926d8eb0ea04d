# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The readiness checks as data: what each finds, its requests, and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version
from ansible_collections.opendr.vcda.plugins.module_utils.modules import readiness_judges as judges
from ansible_collections.opendr.vcda.plugins.module_utils.modules import readiness_networks as networks
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_facts import (
    MOST_INSTANCE_READS,
    MOST_TASK_READS,
    Facts,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_judges import (
    BLOCKS,
    UNKNOWN,
    WARNS,
    Found,
    Subject,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_settings import MOST_SETTINGS_READS
from ansible_collections.opendr.vcda.plugins.module_utils.operation.history import MOST_TEST_READS
from ansible_collections.opendr.vcda.plugins.module_utils.operation.plan_guard import PLAN_REMEDY

_LIST = "GET /vm-replications"
_IN_LIST = "none: it is in the list"
_POLICIES = "GET /policies"
_SHARED_POLICIES = "1 for each cloud site, shared by the checks of policies"
_NETWORKS = "GET /vm-replications/{id}/network-settings, GET /vapp-replications/{id}/network-settings"
_GUESTS = "GET /vm-replications/{id}/guest-customization, GET /vapp-replications/{id}/guest-customization"
_SHARED_SETTINGS = (
    f"1 for each vApp replication, and for each VM replication that it says nothing of; up to {MOST_SETTINGS_READS} in "
    "all or, with require_recovery_settings, as many as it takes"
)
_SETTINGS_REMEDY = "Set network_settings with vm_replication or vapp_replication."
_POLICY_REMEDY = "Let the provider of that site change the policy, or assign another one to the organization."


@dataclass(frozen=True)
class Check:
    """One readiness check.

    :param name: the name in ``skip_checks``
    :param code: the code of its findings
    :param effect: the effect of its findings: ``BLOCKS`` or ``WARNS``, or ``UNKNOWN`` if it can only inform
    :param finds: what it looks for, in words
    :param reads: the API calls that it uses
    :param requests: the number of requests, in words
    :param remedy: what the user can do
    :param judge: finds problems of one replication
    :param judge_all: finds problems of the service or of the whole selection
    :param since: the first API version in which it works
    """

    name: str
    code: str
    effect: str
    finds: str
    reads: str
    requests: str
    remedy: str
    judge: Callable[[Subject], Iterable[Found]] | None = None
    judge_all: Callable[[Facts], Iterable[Found]] | None = None
    since: Version | None = None

    def finding(self, found: Found) -> dict[str, Any]:
        """Return a finding as results show it."""
        return {
            "check": self.name,
            "code": found.code or self.code,
            "effect": found.effect or self.effect,
            "message": found.message,
            "remedy": found.remedy or self.remedy,
            "read_from": self.reads,
            **({"settings": found.settings} if found.settings else {}),
        }


# Always on.
READABLE = Check(
    name="readable",
    code="those of errors",
    effect=BLOCKS,
    finds="the replication was not found, or the service returns it damaged",
    reads=_LIST,
    requests="1 for each 100 replications",
    remedy="that of the error",
)
CHECKS: Mapping[str, Check] = {
    check.name: check
    for check in (
        Check(
            name="recovery_state",
            code="those of the decision table",
            effect=BLOCKS,
            finds="a failover would be refused in the present recovery state",
            reads=_LIST,
            requests="1 for each 100 replications",
            remedy="that of the decision table",
            judge=judges.recovery_state,
        ),
        Check(
            name="session",
            code="SESSION_NOT_EXTENDED",
            effect=WARNS,
            finds="the session could not be extended to the other site, or a recovered replication is to be reversed "
            "and there are no credentials for it; before a failover that cannot be told",
            reads="POST /sessions/extend",
            requests="1 for each site in extend_sites; with session_token 1 more",
            remedy="Give credentials for the other site in extend_sites.",
            judge=judges.session,
        ),
        Check(
            name="rpo_violation",
            code="RPO_VIOLATION",
            effect=WARNS,
            finds="the RPO is violated by more than max_rpo_violation",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Sync the replication, or see why it lags.",
            judge=judges.rpo_violation,
        ),
        Check(
            name="rpo_history",
            code="RPO_WAS_VIOLATED",
            effect=UNKNOWN,
            finds="in which share of the time between the syncs among the last 100 tasks of that type the data was "
            "older than the RPO; syncs that are no tasks are not in it",
            reads="GET /tasks",
            requests="1",
            remedy="Look at the replication in the monitoring of the site, and see why it lags.",
            judge=judges.rpo_history,
        ),
        Check(
            name="instance_age",
            code="INSTANCE_TOO_OLD",
            effect=WARNS,
            finds="the newest instance is older than max_instance_age, or of unknown age",
            reads="GET /vm-replications; before 4.6 GET /vm-replications/{id}/instances",
            requests=f"none; before 4.6 1 for each replication, of up to {MOST_INSTANCE_READS} replications or, with "
            "max_instance_age, of all",
            remedy="Sync the replication, or accept older data.",
            judge=judges.instance_age,
        ),
        Check(
            name="health",
            code="UNHEALTHY",
            effect=WARNS,
            finds="the service reports the replication as RED",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Look at the replication at the site.",
            judge=judges.health,
        ),
        Check(
            name="paused",
            code="PAUSED",
            effect=WARNS,
            finds="the replication is paused",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Resume it with vm_replication, paused=false.",
            judge=judges.paused,
        ),
        Check(
            name="first_sync",
            code="FIRST_SYNC_SCHEDULED",
            effect=WARNS,
            finds="the first synchronisation is scheduled and has not begun",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Wait until then, and do not resume it. From 4.4 on vm_replication can change initial_sync_time; "
            "whether that moves a synchronisation that is scheduled is not documented.",
            judge=judges.first_sync,
        ),
        Check(
            name="recovery_plan",
            code="RECOVERY_PLAN_ACTIVE",
            effect=WARNS,
            finds="a recovery plan of the product that holds the replication is RUNNING or SUSPENDED; blocks with "
            "respect_recovery_plans",
            reads="GET /recovery-plans",
            requests="1, and up to 2 for each plan that is carried out",
            remedy=PLAN_REMEDY,
            judge=judges.recovery_plan,
            since=(4, 3),
        ),
        Check(
            name="running_task",
            code="TASK_RUNNING",
            effect=WARNS,
            finds="a task runs on the replication or on its vApp",
            reads="GET /tasks",
            requests=f"2 as a rule, up to {MOST_TASK_READS}",
            remedy="Wait for the task to end, and check again.",
            judge=judges.running_task,
        ),
        Check(
            name="test_age",
            code="TEST_OVERDUE",
            effect=WARNS,
            finds="a test failover has been running for longer than max_test_age",
            reads="GET /tasks",
            requests=f"1 for each replication in a test and each vApp that has such VMs, up to {MOST_TEST_READS}; if "
            "there are more, as many for the newest tasks",
            remedy="Clean the test up, for example with opendr.vcda.cleanup.",
            judge=judges.test_age,
        ),
        Check(
            name="policy_incoming",
            code="INCOMING_NOT_ALLOWED",
            effect=WARNS,
            finds="the policy at the old source does not allow it to receive replications, which a reverse may need",
            reads=_POLICIES,
            requests=_SHARED_POLICIES,
            remedy=_POLICY_REMEDY,
            judge=judges.policy_incoming,
        ),
        Check(
            name="policy_outgoing",
            code="OUTGOING_NOT_ALLOWED",
            effect=WARNS,
            finds="the policy at the destination does not allow it to send replications, which a reverse may need",
            reads=_POLICIES,
            requests=_SHARED_POLICIES,
            remedy=_POLICY_REMEDY,
            judge=judges.policy_outgoing,
        ),
        Check(
            name="policy_quota",
            code="QUOTA_TOO_SMALL",
            effect=WARNS,
            finds="the selected replications exceed the quota of the old source once they are reversed",
            reads=_POLICIES,
            requests=_SHARED_POLICIES,
            remedy=_POLICY_REMEDY,
            judge=judges.policy_quota,
        ),
        Check(
            name="policy_rpo",
            code="SETTINGS_NOT_ALLOWED",
            effect=WARNS,
            finds="the RPO is shorter than the policy at the old source allows, or needs an SLA profile there",
            reads=_POLICIES,
            requests=_SHARED_POLICIES,
            remedy="Set an RPO or an SLA profile that the policy allows, or let the provider change the policy.",
            judge=judges.policy_rpo,
        ),
        Check(
            name="sla_profile",
            code="SLA_PROFILE_NOT_THERE",
            effect=WARNS,
            finds="no SLA profile of that id or name is visible at the old source",
            reads="GET /sla-profiles",
            requests="1 for each cloud site, if a replication has an SLA profile",
            remedy="Let the provider assign the profile to the organization, or choose one that is there.",
            judge=judges.sla_profile,
            since=(4, 1),
        ),
        Check(
            name="seed_disks",
            code="SEED_DISKS_DIFFER",
            effect=WARNS,
            finds="disks are excluded from the replication: a reverse fails if the disks of the recovered VM and of "
            "its seed differ",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Include the disks, or remove them from the source VM, before the recovery.",
            judge=judges.seed_disks,
        ),
        Check(
            name="optimized_reverse",
            code="OPTIMIZED_REVERSE_ENDS",
            effect=WARNS,
            finds="a recovered replication can be reversed with the differences only for less than "
            "min_optimized_reverse hours, or not any more (then with the code FULL_COPY)",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Reverse it before that time; afterwards all data is copied.",
            judge=judges.optimized_reverse,
            since=(4, 5),
        ),
        Check(
            name="source_power",
            code="SOURCE_POWER_NOT_KNOWN",
            effect=UNKNOWN,
            finds="whether the VM at the old source was powered on since the failover, so that a reverse copies all",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Look at the old source VMs at their site, and leave them powered off until the reverse.",
            judge=judges.source_power,
            since=(4, 5),
        ),
        Check(
            name="seed_space",
            code="SEED_SPACE_NOT_KNOWN",
            effect=UNKNOWN,
            finds="whether the old source has the space that the seeds of a reverse need for a short time; what "
            "the replicas use is told",
            reads=_LIST,
            requests=_IN_LIST,
            remedy="Look at the free space of the datastores of the storage policy there.",
            judge_all=judges.seed_space,
        ),
        Check(
            name="failover_networks",
            code="FAILOVER_NETWORKS_NOT_SET",
            effect=WARNS,
            finds="networks are set for a test but not for a failover; blocks with require_recovery_settings if none "
            "are set for a failover",
            reads=_NETWORKS,
            requests=_SHARED_SETTINGS,
            remedy=_SETTINGS_REMEDY,
            judge=networks.failover_networks,
        ),
        Check(
            name="test_networks",
            code="TEST_NETWORKS_NOT_SET",
            effect=WARNS,
            finds="networks are set for a failover but not for a test; blocks with require_recovery_settings if none "
            "are set for a test",
            reads=_NETWORKS,
            requests="none: shared with failover_networks",
            remedy=_SETTINGS_REMEDY,
            judge=networks.test_networks,
        ),
        Check(
            name="test_isolation",
            code="TEST_NOT_ISOLATED",
            effect=WARNS,
            finds="a network that is set for a test is also set for a failover, and a drill of the role is refused; "
            "after a reverse this is the default of the product (user guide 4.6)",
            reads=_NETWORKS,
            requests="none: shared with failover_networks",
            remedy="Set isolated networks for tests with vm_replication or vapp_replication.",
            judge=networks.test_isolation,
        ),
        Check(
            name="networks_exist",
            code="NETWORK_NOT_THERE",
            effect=WARNS,
            finds="a network that is set for a failover or a test is not in the VDC of the destination; blocks with "
            "require_recovery_settings",
            reads="GET /inventory/vdcs/{id}/networks",
            requests="1 for each 100 networks of a VDC, if settings name one; the call is seen in public clients, not "
            "documented",
            remedy="Set networks that are there, or let the provider add them to the VDC.",
            judge=networks.networks_exist,
        ),
        Check(
            name="lost_mappings",
            code="MAPPINGS_LOST",
            effect=WARNS,
            finds="a replication was reversed, and a network or a NIC has no counterpart since; blocks with "
            "require_recovery_settings",
            reads=_NETWORKS,
            requests="none: shared with failover_networks",
            remedy=_SETTINGS_REMEDY,
            judge=networks.lost_mappings,
        ),
        Check(
            name="guest_customization",
            code="GUEST_CUSTOMIZATION_OFF",
            effect=WARNS,
            finds="the addressing of a NIC takes a guest customization, which is off; blocks with "
            "require_recovery_settings",
            reads=_GUESTS,
            requests="1 for each replication whose addressing asks for it, within the number of failover_networks; "
            "none before 4.5, where the network settings tell it",
            remedy="Set guest_customization with vm_replication or vapp_replication, or another addressing.",
            judge=networks.guest_customization,
        ),
        Check(
            name="certificate",
            code="CERTIFICATE_ENDS",
            effect=WARNS,
            finds="the certificate that the service shows to the controller ends within min_certificate_days",
            reads="the TLS connection",
            requests="none",
            remedy="Let the provider renew the certificate. Its peers have to be paired again after that.",
            judge_all=judges.certificate,
        ),
        Check(
            name="peer_certificate",
            code="PEER_CERTIFICATE",
            effect=WARNS,
            finds="the connection with another site fails for a certificate; until when that of another site is valid "
            "is not shown by the API",
            reads="GET /sites",
            requests="1, which is needed anyway",
            remedy="Let the provider renew the certificate, and pair the sites again.",
            judge_all=judges.peer_certificate,
        ),
        Check(
            name="clock",
            code="CLOCKS_DIFFER",
            effect=WARNS,
            finds="the clocks of the service and of the controller differ by more than max_clock_difference",
            reads="the header Date of the answers",
            requests="none",
            remedy="Synchronise both clocks with NTP; ages and deadlines depend on them.",
            judge_all=judges.clock,
        ),
    )
}
