# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # What a replication can be told to be, for VMs and for vApps.
    DOCUMENTATION = r"""
options:
  state:
    description:
      - State of the replication.
      - V(present) starts it if O(source) is given and there is none. Otherwise it changes the settings that differ
        from the given options.
      - V(absent) stops it. A replication that the user cannot see counts as absent. See O(force).
    type: str
    choices: [present, absent]
    default: present
  paused:
    description:
      - Whether the replication is paused. By default this is not changed.
      - A replication whose first synchronisation is scheduled is paused until then. It counts as V(false) here, because
        resuming it would start the synchronisation early.
    type: bool
  owner:
    description:
      - Owner of the replication, in the form C(organization@site). By default the owner is not changed.
      - Only provider administrators can change the owner. A tenant does not see a replication that a provider has
        started until the provider makes the tenant its owner.
    type: str
  rpo:
    description:
      - Recovery point objective in minutes, at least 1. The policy of the organization defines the lowest value.
    type: int
  quiesced:
    description:
      - Whether the guest file system is quiesced for each instance.
    type: bool
  retention:
    description:
      - Retention rules for older instances. An empty list means a policy without rules.
    type: list
    elements: dict
    suboptions:
      instances:
        description:
          - Number of instances that this rule keeps, at least 1.
        type: int
        required: true
      distance:
        description:
          - Minutes between two of these instances, at least 1.
        type: int
        required: true
  data_connection_type:
    description:
      - How the data is sent.
    type: str
    choices: [PLAIN, ENCRYPTED, ENCRYPTED_COMPRESSED]
  sla_profile:
    description:
      - Name or id of the SLA profile, as M(opendr.vcda.sla_profile_info) lists it. It replaces O(rpo), O(retention) and
        O(data_connection_type), and cannot be combined with them. Requires API version 4.1.
      - A name takes one request more than an id, and two profiles of the same name are refused.
    type: str
  description:
    description:
      - Description of the replication.
    type: str
  storage_profile:
    description:
      - Id of the storage profile of the replica at the destination. A change may move the replica.
      - V(*) means any storage profile when the replication is started, and no change later.
    type: str
  excluded_disks:
    description:
      - Disks that are not replicated. By default this is not changed. Requires API version 4.4 for a replication that
        is there already.
      - A VM replication is started without them. The VMs of a new vApp replication are changed after its start; use
        O(source) to leave their disks out from the beginning. It cannot be given in both.
      - The vendor documents the call for vApp replications. That VM replications have it, too, with the key
        C(excludedDiskKeys) in the body, is inferred; a service that refuses it is reported for that VM.
      - What becomes of the data of a disk that is excluded later, and when one that is included again is sent, is not
        documented.
      - A reverse fails if the disks of the recovered VM and of the original one differ.
    type: list
    elements: dict
    suboptions:
      vm:
        description:
          - Exact name, id or replication id of the VM. An entry without it applies to each VM that has no entry of its
            own.
        type: str
      disks:
        description:
          - Keys of the disks. An empty list means that all disks are replicated.
        type: list
        elements: int
        required: true
  target_disk_type:
    description:
      - How the disks of the replica are allocated. It cannot be changed later; a replication that has another type is
        refused with the error code V(FIXED_AT_START).
    type: str
    choices: [THIN, PREALLOCATED, PREALLOCATED_ZEROS]
  initial_sync_time:
    description:
      - Start time of the first synchronisation. By default, or with a time in the past, it starts at once. Used only
        when the replication is started.
      - Either ISO 8601 with a time zone, for example V(2026-05-01T22:00:00+02:00), or milliseconds since the epoch.
    type: str
  is_migration:
    description:
      - Whether to start it as a migration and not as a protection. It cannot be changed later; a replication of the
        other kind is refused with the error code V(FIXED_AT_START).
    type: bool
  network_settings:
    description:
      - Networks that are set up in the replication for its recovery. A recovery uses them unless it is given others.
        By default they are not changed, and what is not given within the option is not changed either.
      - Only for a destination in Cloud Director. This takes one more request per replication.
    type: dict
    suboptions:
      failover:
        description:
          - For a failover or a migration.
        type: dict
        suboptions: &networks
          vapp_network_settings:
            description:
              - Network settings of the recovered vApp. Lists in it are compared and replaced as a whole.
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
                  - How the setting is resolved, for example V(EXPLICIT). The vendor documents no other value. Requires
                    API version 4.7.
                type: str
          vm_network_settings:
            description:
              - Settings of the network adapters of the recovered VMs. Adapters that are not listed are not changed.
              - Each entry applies to the VM that it names. An entry without C(vm) applies to all selected VMs that have
                no entry of their own.
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
      test:
        description:
          - For a test failover.
        type: dict
        suboptions: *networks
  guest_customization:
    description:
      - Guest customization that is set up in the replication for its recovery. By default it is not changed, and what
        is not given within the option is not changed either. Requires API version 4.5.
      - The vendor documents the request for vApp replications only; the same for VM replications, and what the objects
        hold, is inferred from the documentation of the replication.
      - This takes one more request per replication.
    type: dict
    suboptions:
      failover:
        description:
          - For a failover or a migration.
          - Each entry applies to the VM that it names. An entry without C(vm) applies to all selected VMs that have no
            entry of their own.
        type: list
        elements: dict
        suboptions: &guests
          vm:
            description:
              - Exact name, id or replication id of one of the selected VMs. Any other value is refused.
            type: str
          enabled:
            description:
              - Whether the guest is customized.
            type: bool
          computer_name:
            description:
              - Name of the computer in the guest.
            type: str
          change_sid:
            description:
              - Whether Windows guests get a new security identifier.
            type: bool
          use_org_settings:
            description:
              - Whether the domain settings of the organization are used.
            type: bool
          admin_password_enabled:
            description:
              - Whether the password of the administrator is set.
            type: bool
          admin_password_auto:
            description:
              - Whether a password is generated.
            type: bool
          admin_password:
            description:
              - Password of the administrator. It is not compared, see O(update_secrets).
            type: str
          reset_password_required:
            description:
              - Whether the administrator has to change the password at the first login.
            type: bool
          admin_auto_logon_count:
            description:
              - Number of automatic logins of the administrator.
            type: int
          join_domain_enabled:
            description:
              - Whether Windows guests join a domain.
            type: bool
          domain_name:
            description:
              - Name of the domain.
            type: str
          domain_org_unit:
            description:
              - Organizational unit in the domain.
            type: str
          domain_user_name:
            description:
              - User who may join the domain.
            type: str
          domain_user_password:
            description:
              - Password of that user. It is not compared, see O(update_secrets).
            type: str
          customization_script:
            description:
              - Script that runs in the guest. It may contain secrets and is handled like a password, see
                O(update_secrets).
            type: str
          resolution_type:
            description:
              - How the setting is resolved, for example V(EXPLICIT). Requires API version 4.7.
            type: str
      test:
        description:
          - For a test failover. The entries apply as for a failover.
        type: list
        elements: dict
        suboptions: *guests
  update_secrets:
    description:
      - Whether the passwords and the script in O(guest_customization) are sent in every run, which is then always
        changed.
      - By default they are sent only together with another change of O(guest_customization), because the service may
        not show them and they are never compared. Secrets alone are refused without this option.
    type: bool
    default: false
  force:
    description:
      - Whether to stop a replication that is recovered or has an active test. Used with O(state=absent) only.
      - Without it such a replication is refused with the error code V(RECOVERED) or V(TEST_ACTIVE). The vendor does
        not document what stopping it does to the recovered workload.
    type: bool
    default: false
notes:
  - B(Second run.) Only settings that differ are changed, so a second run changes nothing. Settings whose option is
    not given are not changed.
  - B(Order of the changes.) First the settings, then the storage profile, the disks, the networks and the guest
    customization, then pause or resume, and the owner last, because the user may not see the replication after a
    change of owner.
  - B(Networks and guest customization.) The service replaces them as a whole, so the module reads them, puts the given
    values in and sends the result. Lists of networks and mappings are compared in any order. Results and diff show
    the given values with the keys of the API and never show a secret.
  - With O(wait=false) only the first change of each replication is started. RV(ignore:pending) lists the changes for
    the next run.
  - B(Only documented settings are sent.) An option that does not belong to the type of O(source) or O(destination),
    or is not documented for the API version in use, is refused before anything is sent.
  - Error code V(FIXED_AT_START) means that the replication exists and differs in a setting that no documented call
    can change. Omit the option, or stop the replication and start a new one.
  - Error code V(NOT_SHOWN) means that the service does not return the present value of the setting, so that it cannot
    be compared. Omit the option.
  - Error code V(OTHER_DESTINATION) means that O(source) is already replicated to another site than
    O(destination.site). A workload has one destination only. Name that site, or stop that replication first.
attributes:
  diff_mode:
    support: full
    details:
      - Shows the settings that change, for each replication.
  check_mode:
    support: full
    details:
      - Validates, logs in, reads and decides as usual, and sends only reading requests.
  idempotent:
    support: full
    details:
      - Compares the options with the settings that the service returns for each replication.
"""
