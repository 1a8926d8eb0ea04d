# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of requests against replication policies and limits (vendor reference 4.0 to 4.7, policies).

The policy fields are documented, the answer to a violation is not; switch ``start_refusal``.
"""

from __future__ import annotations

from typing import Any

from .call import Call
from .errors import bad_input
from .model import VCENTER, End, Policy
from .refusals import Refusal
from .world import SLA_PROFILES

LONGEST_RPO = 1440


def check_start(call: Call, source: End, destination: End, *, is_migration: bool) -> None:
    """Check that the policies at both ends allow a new replication.

    :raises Refusal: if one of them does not
    """
    what = "migrations" if is_migration else "protections"
    if source.kind != VCENTER:
        policy = call.world.sites[source.site].policy(source.org)
        onprem = "onprem_" if destination.kind == VCENTER else ""
        _require(call, getattr(policy, f"allow_outgoing_{onprem}{what}"), f"{source.org} may not send {what}.")
    if destination.kind != VCENTER:
        policy = call.world.sites[destination.site].policy(destination.org)
        _require(call, getattr(policy, f"allow_incoming_{what}"), f"{destination.org} may not receive {what}.")
        if policy.max_incoming >= 0:
            room = policy.max_incoming - _incoming(call, destination)
            _require(call, room > 0, f"{destination.org} may receive {policy.max_incoming} replications at most.")


def check_reverse(call: Call, sender: End) -> None:
    """Check that the policy allows the recovered side to send; whether the product checks this is not documented.

    Switch ``reverse_checks_policy``.

    :raises Refusal: if the policy forbids it
    """
    if sender.kind != VCENTER:
        policy = call.world.sites[sender.site].policy(sender.org)
        _require(call, policy.allow_outgoing_protections, f"{sender.org} may not send protections.")


def check_rules(call: Call, policy: Policy, body: dict[str, Any]) -> None:
    """Check RPO, retention and SLA profile of a start or reconfigure body.

    :raises ApiError: 400 for values that no policy could allow
    :raises Refusal: for values that this policy forbids
    """
    profile = body.get("slaProfileId")
    if profile is not None:
        if profile not in SLA_PROFILES:
            raise bad_input(f"There is no SLA profile {profile}.", profile)
        return
    rpo = body.get("rpo")
    rules = (body.get("retentionPolicy") or {}).get("rules") or []
    if rpo is not None and not 1 <= rpo <= LONGEST_RPO:
        raise bad_input(f"The RPO is 1 to {LONGEST_RPO} minutes.", "rpo")
    if any(rule["numberOfInstances"] < 1 or rule["distance"] < 1 for rule in rules):
        raise bad_input("Instances and distances are positive.", "retentionPolicy")
    custom = rpo is not None or bool(rules)
    _require(call, policy.allow_custom_sla_settings or not custom, "Custom SLA settings are not allowed.")
    _require(call, rpo is None or rpo >= policy.min_rpo, f"The RPO must be {policy.min_rpo} minutes at least.")
    instances = sum(rule["numberOfInstances"] for rule in rules)
    _require(call, instances <= policy.max_instances, f"{policy.max_instances} instances at most are kept.")


def _incoming(call: Call, destination: End) -> int:
    visible = call.world.estate.vms.visible(destination.site, destination.org)
    return sum(vm.destination.site == destination.site for vm in visible.values())


def _require(call: Call, allowed: bool, msg: str) -> None:
    if not allowed:
        raise Refusal(call.world.settings.start_refusal, "SimulatorPolicyViolation", msg)
