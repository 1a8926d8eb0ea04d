# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The verbs of the product, as data. They are the same for VMs and vApps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication


@dataclass(frozen=True)
class Verb:
    """One operation on a replication (vendor reference 4.7, vm-replications and vapp-replications).

    :param name: the word used in messages and in progress
    :param intent: the column of the decision table
    :param method: the HTTP method
    :param suffix: what follows the id in the path
    :param task_types: the known task types of this verb, in lower case; few are documented, so there may be others
    :param needs_peer: whether the session must reach the other site
    :param may_lack_peer: whether it is sent even if the session does not reach that site: the destination may do it
        alone, which is not documented
    :param leads_to: the recovery state after it, None if the verb does not change it
    :param swaps_ends: whether source and destination change places
    :param paused: the pause flag after it, None if the verb does not change it
    :param has_settings: whether its request has a body of recovery settings
    :param takes_on_prem_auth: whether the On-Prem-Auth header is documented for it
    :param attaches: whether a running task of the same verb does what is wanted; not if that depends on its body
    :param removes: whether the replication is gone after it
    :param is_synchronous: whether the answer is the changed object, with no task behind it
    """

    name: str
    intent: str
    method: str
    suffix: str
    task_types: frozenset[str]
    needs_peer: bool = False
    may_lack_peer: bool = False
    leads_to: str | None = None
    swaps_ends: bool = False
    paused: bool | None = None
    has_settings: bool = False
    takes_on_prem_auth: bool = False
    attaches: bool = True
    removes: bool = False
    is_synchronous: bool = False

    def predict(self, before: Replication) -> Replication:
        """Return the replication as it will be after the verb, as far as that is documented."""
        after = before
        if self.leads_to:
            after = replace(after, recovery_state=self.leads_to)
        if self.swaps_ends:
            # Each reverse inverts the flag (vendor reference 4.7, ReplicationSettings); a missing flag stays missing.
            flag = None if before.is_reversed is None else not before.is_reversed
            after = replace(
                after, source_site=before.destination_site, destination_site=before.source_site, is_reversed=flag
            )
        if self.paused is not None:
            after = replace(after, is_paused=self.paused)
        return replace(after, children=tuple(self.predict(child) for child in before.children))


FAILOVER = Verb(
    name="failover",
    intent="recover",
    method="POST",
    suffix="/failover",
    task_types=frozenset({"failover"}),
    leads_to="COMPLETE",
    has_settings=True,
)
MIGRATE = Verb(
    name="migrate",
    intent="recover",
    method="POST",
    suffix="/migrate",
    task_types=frozenset({"migrate", "migration", "plannedmigration"}),
    needs_peer=True,
    leads_to="COMPLETE",
    has_settings=True,
)
TEST = Verb(
    name="test failover",
    intent="test",
    method="POST",
    suffix="/failover-test",
    task_types=frozenset({"failovertest", "testfailover", "failover-test"}),
    leads_to="TEST",
    has_settings=True,
)
CLEANUP = Verb(
    name="test cleanup",
    intent="cleanup",
    method="DELETE",
    suffix="/failover-test",
    task_types=frozenset(
        {"failovertestcleanup", "testfailovercleanup", "cleanuptestfailover", "failover-test-cleanup"}
    ),
    leads_to="NOT_STARTED",
)
REVERSE = Verb(
    name="reverse",
    intent="reverse",
    method="POST",
    suffix="/reverse",
    task_types=frozenset({"reverse"}),
    needs_peer=True,
    leads_to="NOT_STARTED",
    swaps_ends=True,
    takes_on_prem_auth=True,
)
SYNC = Verb(
    name="sync",
    intent="sync",
    method="POST",
    suffix="/sync",
    task_types=frozenset({"sync"}),
    needs_peer=True,
)
PAUSE = Verb(
    name="pause",
    intent="pause",
    method="POST",
    suffix="/pause",
    task_types=frozenset({"pause"}),
    needs_peer=True,
    may_lack_peer=True,
    paused=True,
)
RESUME = Verb(
    name="resume",
    intent="resume",
    method="POST",
    suffix="/resume",
    task_types=frozenset({"resume"}),
    needs_peer=True,
    paused=False,
)
START = Verb(
    name="start",
    intent="start",
    method="POST",
    suffix="",
    task_types=frozenset({"start"}),
    needs_peer=True,
    takes_on_prem_auth=True,
)
STOP = Verb(
    name="stop",
    intent="stop",
    method="DELETE",
    suffix="",
    task_types=frozenset({"stop"}),
    needs_peer=True,
    removes=True,
)
# Does not need a site that may be down; if the service refuses it without that site, the session is extended then.
FORCED_STOP = replace(STOP, intent="forced stop", needs_peer=False)
RECONFIGURE = Verb(
    name="reconfigure",
    intent="configure",
    method="PATCH",
    suffix="",
    task_types=frozenset({"reconfigure"}),
    needs_peer=True,
    may_lack_peer=True,
    attaches=False,
)
APPLY_STORAGE_PROFILE = Verb(
    name="storage profile change",
    intent="configure",
    method="POST",
    suffix="/storage-profile",
    task_types=frozenset({"applystorageprofile"}),
    attaches=False,
)
# Documented for vApp replications (vendor reference 4.4, disks patch); inferred for VM replications.
SET_DISKS = Verb(
    name="change of disks",
    intent="configure",
    method="PATCH",
    suffix="/disks",
    task_types=frozenset({"reconfiguredisks", "disksreconfigure"}),
    needs_peer=True,
    attaches=False,
)
SET_NETWORKS = Verb(
    name="network settings change",
    intent="configure",
    method="PUT",
    suffix="/network-settings",
    task_types=frozenset({"updatenetworksettings", "replacenetworksettings", "networksettings"}),
    attaches=False,
)
# The answer is the new settings, with no task behind it (vendor reference 4.7, guest-customization put of a vApp).
SET_GUESTS = Verb(
    name="guest customization change",
    intent="configure",
    method="PUT",
    suffix="/guest-customization",
    task_types=frozenset(),
    attaches=False,
    is_synchronous=True,
)
CHOWN = Verb(
    name="change of owner",
    intent="hand over",
    method="PATCH",
    suffix="/chown",
    task_types=frozenset(),
    is_synchronous=True,
)

VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        TEST,
        FAILOVER,
        MIGRATE,
        REVERSE,
        CLEANUP,
        SYNC,
        PAUSE,
        RESUME,
        START,
        STOP,
        RECONFIGURE,
        APPLY_STORAGE_PROFILE,
        SET_DISKS,
        SET_NETWORKS,
        SET_GUESTS,
        CHOWN,
    )
}
