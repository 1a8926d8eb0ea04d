# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The readiness checks of recovery settings: networks and guest customization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.isolation import shared_networks
from ansible_collections.opendr.vcda.plugins.module_utils.model.network_mappings import (
    Network,
    destinations_of,
    mappings_of,
    vm_settings_of,
)
from ansible_collections.opendr.vcda.plugins.module_utils.model.recovery_settings import HALVES
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_facts import vdc_of
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_judges import (
    BLOCKS,
    UNKNOWN,
    Found,
    Subject,
    not_readable,
)
from ansible_collections.opendr.vcda.plugins.module_utils.modules.readiness_settings import (
    MOST_SETTINGS_READS,
    Prepared,
)

_WORDS: Mapping[str, str] = {"failover": "a failover", "test": "a test"}
_NOT_READ = (
    f"Recovery settings are not read, as that takes more than {MOST_SETTINGS_READS} requests for these replications."
)


def failover_networks(subject: Subject) -> Iterator[Found]:
    """Report a replication without networks for a failover."""
    yield from _networks_of(subject, "failover", "test")


def test_networks(subject: Subject) -> Iterator[Found]:
    """Report a replication without networks for a test."""
    yield from _networks_of(subject, "test", "failover")


def networks_exist(subject: Subject) -> Iterator[Found]:
    """Report networks that the destination VDC does not have."""
    prepared = _prepared(subject)
    place = vdc_of(subject.replication)
    if prepared is None or place is None:
        return
    wanted = {name: _named(prepared, name) for name in HALVES}
    there = subject.facts.networks.get(place)
    if there is None or not any(wanted.values()):
        return
    if isinstance(there, VcdaError):
        yield not_readable(f"networks of the VDC at {place[0]}", there)
        return
    for name, networks in wanted.items():
        missing = [one.label for one in networks if not any(one.is_like(other) for other in there)]
        if missing:
            text = f"The VDC at {place[0]} has no network {', '.join(missing)}, which is set for {_WORDS[name]}."
            yield _wanting(subject, name, text)


def test_isolation(subject: Subject) -> Iterator[Found]:
    """Report networks that a test shares with a failover: a test VM has the same addresses as the failed-over VM."""
    prepared = _prepared(subject)
    if prepared is None:
        return
    shared = shared_networks(prepared.connection("test").reached, prepared.connection("failover").reached)
    if shared:
        yield Found(f"A test is connected to the same network as a failover: {', '.join(shared)}.", settings="test")


def lost_mappings(subject: Subject) -> Iterator[Found]:
    """Report networks and NICs that have no counterpart after a reverse (user guide 4.6, reverse)."""
    prepared = _prepared(subject)
    if prepared is None or not subject.replication.is_reversed:
        return
    for name in HALVES:
        mappings = [mapping for half in prepared.halves(name) for mapping in mappings_of(half)]
        open_ends = [one.source.label for one in mappings if one.source and not one.destination]
        loose = [str(nic.get("nicIndex")) for nic in prepared.nics(name) if _is_loose(nic)]
        parts = [f"network {', '.join(open_ends)} has no counterpart"] if open_ends else []
        parts += [f"NIC {', '.join(loose)} has no network"] if loose else []
        if parts:
            yield _wanting(subject, name, f"It was reversed, and for {_WORDS[name]} {' and '.join(parts)}.")
    if not any(map(prepared.is_set, HALVES)) and not subject.facts.limits.require_recovery_settings:
        yield Found("It was reversed, and no networks are set; whether there were some before is not known.", UNKNOWN)


def guest_customization(subject: Subject) -> Iterator[Found]:
    """Report NICs whose addressing needs a guest customization that is off."""
    prepared = _prepared(subject)
    if prepared is None:
        return
    for name in HALVES:
        nics = prepared.nics_to_customize(name)
        if not nics:
            continue
        labels = ", ".join(str(nic.get("nicIndex")) for nic in nics)
        is_on = _is_customized(prepared, name)
        if is_on is None:
            yield Found(
                f"Whether the guest is customized for {_WORDS[name]}, as its addresses need, is not shown.", UNKNOWN
            )
        elif not is_on:
            text = f"The address of NIC {labels} in {_WORDS[name]} takes a guest customization, which is off."
            yield _wanting(subject, name, text)


def _networks_of(subject: Subject, name: str, other: str) -> Iterator[Found]:
    settings, replication = subject.facts.settings, subject.replication
    if subject.is_recovered:
        return
    one = settings.get(replication.id) if settings is not None else None
    if isinstance(one, VcdaError):
        yield replace(not_readable("network settings", one), settings=name)
    elif one is None:
        if subject.facts.reads_settings and name == "failover":
            remedy = "Set require_recovery_settings, which reads those of every replication."
            yield Found(_NOT_READ, UNKNOWN, remedy=remedy)
    elif not one.is_set(name):
        if subject.facts.limits.require_recovery_settings:
            yield Found(f"No networks are set for {_WORDS[name]}.", BLOCKS, settings=name)
        elif one.is_set(other):
            yield Found(f"Networks are set for {_WORDS[other]}, but not for {_WORDS[name]}.", settings=name)


def _prepared(subject: Subject) -> Prepared | None:
    one = (subject.facts.settings or {}).get(subject.replication.id)
    # A recovered replication is reversed next, which changes its settings.
    return one if isinstance(one, Prepared) and not subject.is_recovered else None


def _named(prepared: Prepared, name: str) -> Sequence[Network]:
    return [network for half in prepared.halves(name) for network in destinations_of(half)]


def _wanting(subject: Subject, name: str, message: str) -> Found:
    """Return a finding that blocks where the user requires the settings."""
    effect = BLOCKS if subject.facts.limits.require_recovery_settings else None
    return Found(message, effect, settings=name)


def _is_loose(nic: Mapping[str, Any]) -> bool:
    return not nic.get("network") and nic.get("isConnected") is not False


def _is_customized(prepared: Prepared, name: str) -> bool | None:
    if prepared.guests is not None:
        half = prepared.guests.get(HALVES[name])
        # The API leaves out settings that are not set.
        return isinstance(half, Mapping) and half.get("enabled") is True
    # Up to 4.4 the network settings of the VM contain it (vendor reference 4.4, vmNetworkSettings).
    shown = [vm_settings_of(half, prepared.vm_id).get("enableGuestCustomization") for half in prepared.halves(name)]
    return next((one for one in shown if isinstance(one, bool)), None)
