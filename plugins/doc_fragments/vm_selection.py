# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vm_replication_ids:
    description:
      - Ids of VM replications, of the form C(C4-) and a UUID.
      - Exactly one of O(vm_replication_ids) and O(vm_names) is required. An empty list is refused and never means
        all.
      - The id of a replication may change when it is reversed; whether it does, the vendor does not document. Prefer
        O(vm_names) in playbooks that are run more than once.
    type: list
    elements: str
    aliases: [vm_replication_id]
  vm_names:
    description:
      - Exact names of the VMs whose replications are meant. Upper and lower case matter.
      - A name that no replication has, or more than one, is reported as an error for that VM, with the candidates,
        and the others are not affected.
    type: list
    elements: str
    aliases: [vm_name]
  source_vapp:
    description:
      - Only consider VMs in the source vApp of this name. Needs O(vm_names).
    type: str
  owner:
    description:
      - Only consider replications of this owner, of the form C(organization@site). Needs O(vm_names).
      - The service lets provider administrators filter by owner.
    type: str
"""

    # What keeps a workload from being recovered, for failover and migration.
    REFUSALS = r"""
options: {}
notes:
  - Error code V(TEST_ACTIVE) means that a test failover is active. Remove it with
    M(opendr.vcda.vm_replication_failover_test) and O(opendr.vcda.vm_replication_failover_test#module:state=absent),
    then run again.
  - Error code V(WRONG_DIRECTION) means that the replication does not lead to O(active_site) and the workload does not
    run there either. If the VM was recovered and not reversed since, reverse it first with
    M(opendr.vcda.vm_replication_reverse).
"""
