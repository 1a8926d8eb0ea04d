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
      - Only replications of this owner, in the form C(organization@site). According to the vendor the service takes
        this filter from provider administrators only. For others the module reads everything and filters itself.
    type: str
  source_site:
    description:
      - Only replications from this site. According to the vendor the value cannot be the local site; if the service
        refuses that, the module reads everything and filters itself.
    type: str
  source_site_type:
    description:
      - Only replications from sites of this type, with Cloud Director or a vCenter.
    type: str
    choices: [vcloud, vcenter]
  destination_site_type:
    description:
      - Only replications to sites of this type, with Cloud Director or a vCenter. For VM replications the API has this
        filter since version 4.1; its parameter is inferred from that of vApp replications.
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
  organizations:
    description:
      - Only replications that belong to one of these organizations. That of the owner counts, or, where the owner is
        the provider or not known, those of the source and the destination.
      - Where that takes fewer requests than reading all, the service is asked for the replications of each organization
        by their owner and by both ends.
    type: list
    elements: str
  health:
    description:
      - Only replications with one of these states of health. A vApp replication matches this and the following filters
        if one of its VMs matches all of them.
    type: list
    elements: str
    choices: [GREEN, YELLOW, RED]
  is_migration:
    description:
      - Only migrations, or with V(false) only protections.
    type: bool
  data_connection_state:
    description:
      - Only replications with this state of the data connection, for example V(ERROR).
    type: str
  sla_profile:
    description:
      - Only replications with the SLA profile of this name or id. The API shows it since version 4.1.
    type: str
  storage_profile:
    description:
      - Only replications whose replica has the storage profile of this name or id.
    type: str
  datastore:
    description:
      - Only replications whose replica lies on the datastore of this name or managed object id. Provider administrators
        only, because the service shows the datastore to nobody else.
      - The names of datastores are unique in a vCenter. Name that in O(destination_vcenter) where there are several.
    type: str
  destination_vcenter:
    description:
      - Only replications whose replica lies in the vCenter of this name or instance UUID. Provider administrators only.
    type: str
  changed_after:
    description:
      - Only replications that the service last updated after this moment, in ISO 8601 with a time zone or milliseconds
        since the epoch.
    type: str
  changed_before:
    description:
      - Only replications that the service last updated before this moment.
    type: str
  recovered_id:
    description:
      - Only the replication that was recovered, or is tested, as the VM or vApp with this id.
    type: str
  sort:
    description:
      - Fields that the results are sorted by, of V(name), V(sourceSite), V(sourceOrg), V(sourceVdcName),
        V(destinationSite), V(destinationOrg), V(destinationVdcName) and V(owner). A hyphen at the end, as in V(name-),
        sorts in descending order. What has no value comes last. By default they have the order of the service.
      - All matching replications are read anyway, so they are sorted here, and any version can be asked.
    type: list
    elements: str
  instances:
    description:
      - Whether to read the instances of each VM replication. This takes one request per replication.
    type: bool
    default: false
  tests:
    description:
      - Whether to read since when test failovers have been running, from the tasks of the service. This takes one
        request for each VM replication that is in a test, and one for each vApp replication that has such VMs. If
        these are more than 8, the newest tasks are read first, with at most 8 requests, and then only what these do
        not show.
      - At most 100 requests are sent. If these are too few, a warning tells of how many tests the time is missing.
    type: bool
    default: false
  recovery_settings:
    description:
      - Whether to read the networks and the guest customization that are set up for a failover and for a test of each
        replication. This takes two requests per replication, and one before API version 4.5.
    type: bool
    default: false
notes:
  - B(Filters that are checked here.) All filters in this list except O(source_site_type) and O(destination_site_type),
    which replications do not show, are checked on what comes back, so a service that ignores them widens nothing. If
    the service refuses a filter, the module reads without it and filters itself. It fails if no replication shows the
    value, such as the owner before API version 4.1.
  - B(Filters that are sent.) O(owner), the filters by source and destination, and O(organizations) are sent to any
    version. From API version 4.1 on, so are O(health), O(is_migration), O(data_connection_state) and
    O(storage_profile), but for VM replications only. The parameters of the first three are inferred from the vSphere
    reference. The others are not sent, because their parameters are not known.
  - Reads all pages, whatever the page limit of the service.
  - Without filters the module lists all replications that the user can see. A tenant does not see replications of
    other owners, such as those that a provider has started and still owns.
"""
