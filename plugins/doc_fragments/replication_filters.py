# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Filters that the lists of VM and of vApp replications have in common. All that are given must match.
    DOCUMENTATION = r"""
options:
  owner:
    description:
      - Only replications of this owner, in the form C(organization@site). Provider administrators only.
    type: str
  source_site:
    description:
      - Only replications from this site. According to the vendor the value cannot be the local site.
    type: str
  source_site_type:
    description:
      - Only replications from sites of this type, with Cloud Director or a vCenter.
    type: str
    choices: [vcloud, vcenter]
  source_org:
    description:
      - Only replications from this organization. Upper and lower case matter.
    type: str
  source_vdc_id:
    description:
      - Only replications from the organization VDC with this id.
    type: str
  source_vdc_name:
    description:
      - Only replications from the organization VDC with this name.
    type: str
  destination_org:
    description:
      - Only replications to this organization. Upper and lower case matter.
    type: str
  destination_vdc_id:
    description:
      - Only replications to the organization VDC with this id.
    type: str
  destination_vdc_name:
    description:
      - Only replications to the organization VDC with this name.
    type: str
  instances:
    description:
      - Whether to read the instances of each VM replication. This takes one request per replication.
    type: bool
    default: false
notes:
  - Reads all pages, whatever the page limit of the service.
  - Without filters the module lists all replications that the user can see. A tenant does not see replications of
    other owners, such as those that a provider has started and still owns.
"""
