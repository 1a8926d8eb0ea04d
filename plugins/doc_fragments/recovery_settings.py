# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The settings of a recovery. Only those are sent that the type of settings and the API version in use know.
    DOCUMENTATION = r"""
options:
  settings_type:
    description:
      - Type of the destination site. V(vcloud) is a site with Cloud Director, V(vcenter) a vCenter.
      - It determines which of the other options are allowed. An option that does not belong to the type is refused
        before anything is sent.
    type: str
    choices: [vcloud, vcenter]
    default: vcloud
  power_on:
    description:
      - Whether to power the recovered VMs on.
    type: bool
    default: true
  vapp_network_settings:
    description:
      - Network settings of the recovered vApp, instead of those configured in the replication.
      - Only with O(settings_type=vcloud).
    type: dict
    suboptions:
      copy_source_networks:
        description:
          - Whether to configure the vApp networks as at the source. Requires API version 4.1.
        type: bool
      bulk_connect_vm_nics:
        description:
          - Whether to connect the network adapters of all VMs to the networks in this option.
        type: bool
      bridge_org_vdc_networks:
        description:
          - Networks of the organization VDC at the destination to which the vApp is bridged.
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - Id of the network.
            type: str
          name:
            description:
              - Name of the network.
            type: str
      network_mappings:
        description:
          - Mapping of networks at the source to networks at the destination. Requires API version 4.1.
        type: list
        elements: dict
        suboptions:
          source_network_name:
            description:
              - Name of the network at the source.
            type: str
          source_org_vdc_network:
            description:
              - Network of the organization VDC at the source.
            type: dict
            suboptions:
              id:
                description:
                  - Id of the network.
                type: str
              name:
                description:
                  - Name of the network.
                type: str
          destination_org_vdc_network:
            description:
              - Network of the organization VDC at the destination.
            type: dict
            suboptions:
              id:
                description:
                  - Id of the network.
                type: str
              name:
                description:
                  - Name of the network.
                type: str
      resolution_type:
        description:
          - How the setting is resolved, for example V(EXPLICIT). The vendor documents no other value. Requires API
            version 4.7.
        type: str
  vm_network_settings:
    description:
      - Settings of the network adapters of the recovered VMs, instead of those configured in the replication.
      - Each entry applies to the VM that it names. An entry without O(vm_network_settings[].vm) applies to all
        selected VMs that have no entry of their own.
      - Only with O(settings_type=vcloud).
    type: list
    elements: dict
    suboptions:
      vm:
        description:
          - Exact name, id or replication id of one of the selected VMs. Any other value is refused.
        type: str
      copy_source_nic_settings:
        description:
          - Whether to configure the adapters as at the source.
        type: bool
      primary_nic_index:
        description:
          - Index of the primary adapter.
        type: int
      nics:
        description:
          - The adapters.
        type: list
        elements: dict
        suboptions:
          nic_index:
            description:
              - Index of the adapter.
            type: int
            required: true
          is_connected:
            description:
              - Whether the adapter is connected.
            type: bool
          network:
            description:
              - Network that the adapter is connected to.
            type: str
          ip_address_allocation_mode:
            description:
              - Source of the address, for example V(DHCP) or V(POOL). The vendor documents no complete list.
            type: str
          ip_address:
            description:
              - IP address of the adapter.
            type: str
          external_ip_address:
            description:
              - External IP address of the adapter.
            type: str
          mac_address:
            description:
              - MAC address of the adapter.
            type: str
          reset_mac_address:
            description:
              - Whether the adapter gets a new MAC address.
            type: bool
          network_adapter_type:
            description:
              - Type of the virtual adapter.
            type: str
          needs_customization:
            description:
              - Whether the guest is customized for this adapter.
            type: bool
          resolution_type:
            description:
              - How the setting is resolved, for example V(EXPLICIT). Requires API version 4.6.
            type: str
      resolution_type:
        description:
          - How the setting is resolved, for example V(EXPLICIT). Requires API version 4.6.
        type: str
      computer_name:
        description:
          - Name of the computer in the guest. Only up to API version 4.4.
        type: str
      enable_guest_customization:
        description:
          - Whether the guest is customized. Only up to API version 4.4.
        type: bool
  placement_policy:
    description:
      - Id of the compute placement policy for the recovered VMs.
      - Only with O(settings_type=vcloud). Requires API version 4.5, for migrations version 4.7.
    type: str
  sizing_policy:
    description:
      - Id of the compute sizing policy for the recovered VMs.
      - Only with O(settings_type=vcloud). Requires API version 4.5, for migrations version 4.7.
    type: str
  copy_security_tags:
    description:
      - Whether the recovered VMs get the security tags of the source VMs.
      - Only with O(settings_type=vcloud). Requires API version 4.7.
    type: bool
notes:
  - B(Settings are validated first.) A setting that is not documented for the API version in use is refused with the
    error code V(OPTION_NOT_IN_API_VERSION) before anything is started. See O(api_version).
"""

    CONSOLIDATE = r"""
options:
  consolidate:
    description:
      - Whether to consolidate the disks of the recovered VMs. The recovery takes longer, and the disks are faster
        afterwards.
    type: bool
    default: false
  snapshot_options:
    description:
      - What to do with the instances of the replica.
      - Only with O(settings_type=vcenter). Requires API version 4.5.
    type: str
    choices: [DO_NOTHING, CONSOLIDATE, EXPOSE_PITS]
"""

    INSTANCE = r"""
options:
  instance_ids:
    description:
      - The instance to recover for each VM, as a dictionary with names or replication ids of VMs as keys and instance
        keys as values. M(opendr.vcda.vm_replication_info) lists the instance keys with
        O(opendr.vcda.vm_replication_info#module:instances).
      - Other VMs are recovered from their latest instance.
    type: dict
  instance_before:
    description:
      - Recover each VM from the latest instance that was taken at or before this time, for example before an
        infection.
      - Either ISO 8601 with a time zone, for example V(2026-05-01T06:00:00Z), or milliseconds since the epoch.
      - A VM without such an instance is not changed, and reported with the error code V(INSTANCE_NOT_FOUND).
    type: str
"""

    INSTANCE_ID = r"""
options:
  instance_id:
    description:
      - Key of the instance to recover, if exactly one VM replication is selected.
      - At most one of O(instance_id), O(instance_ids) and O(instance_before) can be given. Without any of them the
        latest instance is recovered.
    type: str
"""

    TEST = r"""
options:
  sync:
    description:
      - Whether to synchronise before the test. Cannot be combined with the selection of an instance.
    type: bool
    default: false
  expose_points_in_time:
    description:
      - Whether to keep the other instances as snapshots of the test VM.
      - Only with O(settings_type=vcenter). Requires API version 4.5.
    type: bool
notes:
  - B(Second run.) With O(state=present), a replication with an active test is done; the test is not repeated with
    other settings. With O(state=absent), a replication without a test is done.
  - B(Networks.) Without network settings in this task, the test uses those that are configured in the replication for
    tests. Isolate the test copies from the production network.
"""

    HARDWARE = r"""
options:
  custom_virtual_hardware:
    description:
      - Virtual hardware of the recovered VMs, if it differs from that of the source.
      - Each entry applies to the VM that it names. An entry without O(custom_virtual_hardware[].vm) applies to all
        selected VMs that have no entry of their own.
      - Only with O(settings_type=vcenter). Requires API version 4.5.
    type: list
    elements: dict
    suboptions:
      vm:
        description:
          - Exact name, id or replication id of one of the selected VMs. Any other value is refused.
        type: str
      mac_address_policy:
        description:
          - Policy for the MAC addresses. The vendor documents no list of values.
        type: str
      memory_mb:
        description:
          - Memory in MB.
        type: int
      cpus:
        description:
          - Number of virtual CPUs.
        type: int
      cores_per_socket:
        description:
          - Number of cores per socket.
        type: int
"""
