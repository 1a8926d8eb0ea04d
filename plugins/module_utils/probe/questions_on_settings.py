# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The questions to a service about settings of replications."""

from __future__ import annotations

from ansible_collections.opendr.vcda.plugins.module_utils.probe.question import Question

QUESTIONS = (
    Question(
        "reverse_networks",
        "how the network settings of a replication are shown after a reverse, which inverts mappings where they match",
        why_not="it takes a VM with network settings",
        does="reads them before and after the reverse and reports each mapping that is not there any more",
    ),
    Question(
        "guest_customization_of_vm",
        "whether the guest customization of a VM replication can be replaced, as that of a vApp replication can",
        why_not="it changes what a recovery does, and the probe touches no settings",
        does="sends the request from 4.5 on when the option is given; a refusal is reported for that VM",
    ),
    Question(
        "guest_customization_put",
        "whether replacing the guest customization keeps what the request leaves out",
        why_not="it changes what a recovery does, and the probe touches no settings",
        does="sends everything that the service shows, with the changes and the given secrets in it",
    ),
    Question(
        "guest_secrets",
        "whether the guest customization shows its secrets: not at all, masked or in clear",
        why_not="it takes a VM with a password in its guest customization",
        does="never compares or shows them, and does not send a mask back",
    ),
    Question(
        "vm_disks",
        "whether the disks of a VM replication can be excluded or included later, as those of a vApp replication can",
        why_not="it changes what is protected, and the probe touches no settings",
        does="sends the request from 4.4 on when the option is given; a refusal is reported for that VM",
    ),
    Question(
        "sla_profile_orgs",
        "whether an SLA profile tells its organizations or their number",
        why_not="the names of organizations are not looked at",
        does="returns either",
    ),
)
