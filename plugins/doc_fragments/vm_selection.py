# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  vm_replication_ids:
    description:
      - Ids of VM replications, in the form C(C4-) and a UUID.
      - Exactly one of O(vm_replication_ids) and O(vm_names) is required. An empty list is refused and never means
        all.
      - The id of a replication may change when it is reversed; the vendor does not document whether it does. Prefer
        O(vm_names) in playbooks that run more than once.
    type: list
    elements: str
    aliases: [vm_replication_id]
  vm_names:
    description:
      - Exact names of VMs, to select their replications. Upper and lower case matter.
      - A name without a replication, or with more than one, is reported as an error of that VM, with the candidates.
        The other VMs are not affected.
    type: list
    elements: str
    aliases: [vm_name]
  source_vapp:
    description:
      - Only consider VMs in the source vApp with this name. Requires O(vm_names).
    type: str
  owner:
    description:
      - Only consider replications of this owner, in the form C(organization@site). Requires O(vm_names).
      - Only provider administrators can filter by owner.
    type: str
"""

    # What keeps a workload from being recovered, for failover and migration.
    REFUSALS = r"""
options: {}
notes:
  - Error code V(TEST_ACTIVE) means that a test failover is active. Clean it up with
    M(opendr.vcda.vm_replication_failover_test) and O(opendr.vcda.vm_replication_failover_test#module:state=absent),
    then run again.
  - Error code V(WRONG_DIRECTION) means that O(active_site) is neither the destination of the replication nor the site
    where the workload runs. If the VM has been recovered and not reversed yet, reverse it first with
    M(opendr.vcda.vm_replication_reverse).
"""
