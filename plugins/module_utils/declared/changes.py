# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""The settings of a replication: the wanted values, the present ones, and the requests that change them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import REFUSED, VcdaError, invalid
from ansible_collections.opendr.vcda.plugins.module_utils.client.versions import NEWEST_VERSION
from ansible_collections.opendr.vcda.plugins.module_utils.declared.preparation import Preparation
from ansible_collections.opendr.vcda.plugins.module_utils.model.fields import Version, instant_ms
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import (
    APPLY_STORAGE_PROFILE,
    CHOWN,
    PAUSE,
    RECONFIGURE,
    RESUME,
    SET_DISKS,
    SET_GUESTS,
    SET_NETWORKS,
    Verb,
)
from ansible_collections.opendr.vcda.plugins.module_utils.operation.decision_table import NOT_STARTED
from ansible_collections.opendr.vcda.plugins.module_utils.settings.excluded_disks import (
    EXCLUDED_DISKS,
    disks_body,
    planned_disks,
    shown_disks,
    wished_disks,
    with_disks_at_start,
)
from ansible_collections.opendr.vcda.plugins.module_utils.settings.prepared_recovery import (
    NETWORK_SETTINGS,
    PREPARED_OPTIONS,
    check_prepared,
)
from ansible_collections.opendr.vcda.plugins.module_utils.settings.request_bodies import (
    reconfigure_body,
    start_body,
    storage_profile_body,
)
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import (
    CHANGEABLE,
    GUEST_CUSTOMIZATION,
    SLA_PROFILE,
)

_OPTION_BY_KEY: Mapping[str, str] = {
    **{field.key: field.option for field in (*CHANGEABLE, SLA_PROFILE)},
    "retentionPolicy": "retention",
}
_FIXED = ("target_disk_type", "is_migration")
OPTIONS = (*_OPTION_BY_KEY.values(), "storage_profile", EXCLUDED_DISKS, *PREPARED_OPTIONS, "paused", "owner", *_FIXED)
# Stands for any storage profile in a start request (vendor reference 4.5, ReplicationDestination).
_ANY_PROFILE = "*"


def _setting(key: str) -> Callable[[Replication], Any]:
    return lambda vm: _settings(vm).get(key)


_READERS: Mapping[str, Callable[[Replication], Any]] = {
    **{field.option: _setting(field.key) for field in CHANGEABLE},
    "sla_profile": lambda vm: _object(vm.document, "slaProfile").get("id"),
    "retention": lambda vm: _retention(_object(_settings(vm), "retentionPolicy").get("rules")),
    "storage_profile": lambda vm: vm.document.get("storageProfile"),
    EXCLUDED_DISKS: shown_disks,
    "paused": lambda vm: vm.is_paused,
    "target_disk_type": _setting("targetDiskType"),
    "is_migration": lambda vm: vm.is_migration,
}


@dataclass(frozen=True)
class Wish:
    """The settings that the user gave; a vApp replication has a setting if all its VMs have it.

    :param kind: VM or vApp
    :param params: the parameters of vm_replication or vapp_replication
    :param version: the API version in use, None if the service does not tell it
    :param now_ms: the time at the service, milliseconds since the epoch
    """

    kind: Kind
    params: Mapping[str, Any]
    version: Version | None
    now_ms: int = 0
    preparation: Preparation = field(init=False)

    def __post_init__(self) -> None:
        """Create the preparation, for the options that are separate documents of a replication."""
        object.__setattr__(self, "preparation", Preparation(self.params, self.version))

    @property
    def options(self) -> list[str]:
        """The options that the user gave."""
        return [option for option in OPTIONS if self.params.get(option) is not None]

    @property
    def after_start(self) -> list[str]:
        """The given options that a start request cannot set, such as the owner or the pause."""
        later = (
            "owner",
            # The start request of a VM excludes the disks.
            *(() if self.kind is VM else (EXCLUDED_DISKS,)),
            *PREPARED_OPTIONS,
            *(["paused"] if self.params.get("paused") and not self._is_scheduled else []),
        )
        return [name for name in self.options if name in later]

    @property
    def _is_scheduled(self) -> bool:
        """Whether a start is paused until its first synchronisation (vendor reference 4.7, ReplicationSettings)."""
        time = self.params.get("initial_sync_time")
        return time is not None and instant_ms("initial_sync_time", time) > self.now_ms

    def unmet(self, replication: Replication) -> list[str]:
        """Return the options whose wanted value the replication does not have.

        :raises VcdaError: category invalid_request, if the API version does not know an option
        """
        differing = {_OPTION_BY_KEY[key] for key in self.settings_body(replication)}
        profile, paused, owner = (self.params.get(name) for name in ("storage_profile", "paused", "owner"))
        vms = vms_of(replication)
        if profile not in (None, _ANY_PROFILE) and any(_READERS["storage_profile"](vm) != profile for vm in vms):
            differing.add("storage_profile")
        # A VM that waits for its scheduled first synchronisation is paused until then, and must not begin early.
        settled = [vm for vm in vms if paused is False and vm.awaits_first_sync(self.now_ms)]
        if paused is not None and any(vm.is_paused is not paused for vm in vms if vm not in settled):
            differing.add("paused")
        if owner is not None and any(one.owner not in (None, owner) for one in (replication, *vms)):
            differing.add("owner")
        wished = wished_disks(self.params, vms)
        if any(shown_disks(vm) != wished[vm.id] for vm in vms if vm.id in wished):
            differing.add(EXCLUDED_DISKS)
        preparation = self.preparation
        differing.update(name for name in preparation.options if not preparation.is_met(name, replication))
        return [option for option in OPTIONS if option in differing]

    def shown(self, replication: Replication | None, expected: Collection[str] = ()) -> dict[str, Any]:
        """Return the given settings as results show them.

        :param replication: None if there is none
        :param expected: the options whose wanted value is shown instead of the present one
        :returns: by option; a value that differs between the VMs of a vApp is a dictionary by VM name
        """
        shown: dict[str, Any] = {}
        for option in self.options:
            if option in PREPARED_OPTIONS:
                if replication:
                    shown[option] = self.preparation.shown(option, replication, wished=option in expected)
                elif option in expected:
                    shown[option] = self.preparation.planned(option, self.kind)
            elif option == EXCLUDED_DISKS and option in expected:
                shown[option] = self._wished_disks(replication)
            elif option in expected:
                wished = self.params[option]
                shown[option] = _retention(wished) if option == "retention" else wished
            elif replication:
                shown[option] = _current(replication, option)
        return shown

    def check(self, replication: Replication) -> None:
        """Refuse options that a replication cannot fulfil, before anything of it is changed.

        :raises VcdaError: category refused or invalid_request
        """
        for option in self._hidden(replication):
            raise not_shown(replication, option)
        for option in _FIXED:
            self._check_fixed(replication, option, self.params.get(option), _current(replication, option))
        vdc = _object(replication.document, "destination").get("vdcId")
        self._check_fixed(replication, "destination.vdc", (self.params.get("destination") or {}).get("vdc"), vdc)
        unmet = self.unmet(replication)
        if "storage_profile" in unmet:
            self.storage_body(replication)
        if EXCLUDED_DISKS in unmet:
            self.disks_body(replication)

    def check_started(self, replication: Replication) -> list[str]:
        """Check that the service shows the settings of a replication that was just started.

        :returns: warnings of settings in the start request that the service does not show
        :raises VcdaError: category refused, if it does not show a setting that needs a further request
        """
        hidden = self._hidden(replication)
        for option in hidden:
            if option not in _FIXED:
                raise not_shown(replication, option)
        return [
            f"{option} was sent with the start, but the service does not show it, so whether it holds is not known. "
            "A further run refuses it with NOT_SHOWN: leave it out there."
            for option in hidden
        ]

    def foreseen(self, source_site: str, destination_site: str | None, met: Collection[str]) -> Replication:
        """Return the replication that a start would create; what only the service can tell is left out.

        :param met: the options that it fulfils by then
        """
        return Replication(
            id="",
            name="",
            document={},
            recovery_state=NOT_STARTED,
            source_site=source_site,
            destination_site=destination_site,
            is_reversed=False,
            is_paused=True if self.params.get("paused") and "paused" in met else None if self._is_scheduled else False,
            is_migration=self.params.get("is_migration") is True,
            owner=self.params.get("owner") if "owner" in met else None,
        )

    def _hidden(self, replication: Replication) -> list[str]:
        """Return the given options that cannot be compared because the service does not show their values."""
        names = ("owner", "storage_profile", *_FIXED)
        wished = {name: self.params.get(name) for name in names if self.params.get(name) not in (None, _ANY_PROFILE)}
        hidden = [name for name in wished if not _is_shown(_current(replication, name))]
        vms = vms_of(replication)
        meant = wished_disks(self.params, vms)
        return hidden + ([EXCLUDED_DISKS] if any(shown_disks(vm) is None for vm in vms if vm.id in meant) else [])

    def _wished_disks(self, replication: Replication | None) -> Any:
        """Return the disks that are excluded in the end, in the form of ``shown``."""
        if replication is None:
            return planned_disks(self.params, self.kind)
        vms = vms_of(replication)
        wished = wished_disks(self.params, vms)
        return _collapsed({vm.name: wished.get(vm.id, shown_disks(vm)) for vm in vms})

    def _check_fixed(self, replication: Replication, option: str, wished: Any, current: Any) -> None:
        if wished is None or current is None or wished == current:
            return
        raise VcdaError(
            f"{option} of {replication.name} ({replication.id}) is {current}, not {wished}, and no documented call "
            "changes it once the replication is there.",
            category=REFUSED,
            code="FIXED_AT_START",
            hint="Omit the option, or stop the replication with state=absent and start a new one.",
        )

    def settings_body(self, replication: Replication) -> dict[str, Any]:
        """Return the body of a reconfiguration: what differs in any VM; empty if nothing does."""
        body: dict[str, Any] = {}
        for vm in vms_of(replication):
            body.update(reconfigure_body(self.params, _settings(vm), self.version, _READERS["sla_profile"](vm)))
        return body

    def storage_body(self, replication: Replication) -> dict[str, Any]:
        """Return the body that moves the replicas with another storage profile."""
        profile = self.params["storage_profile"]
        moving = [vm.id for vm in vms_of(replication) if _READERS["storage_profile"](vm) != profile]
        return storage_profile_body(self.kind.name, self.version, profile, moving)

    def disks_body(self, replication: Replication) -> dict[str, Any]:
        """Return the body that sets the excluded disks."""
        return disks_body(self.params, self.version, replication)

    def network_body(self, replication: Replication) -> dict[str, Any]:
        """Return the networks that the service shows, updated with the wanted ones."""
        return self.preparation.body(NETWORK_SETTINGS, replication)

    def guest_body(self, replication: Replication) -> dict[str, Any]:
        """Return the guest customization that the service shows, updated with the wanted one."""
        return self.preparation.body(GUEST_CUSTOMIZATION, replication)

    def owner_body(self, _replication: Replication) -> dict[str, Any]:
        """Return the body of a change of owner."""
        return {"owner": self.params["owner"]}


@dataclass(frozen=True)
class Step:
    """One call that changes settings to the wanted values.

    :param options: the options that it fulfils
    :param body: makes the body of the call; None for a call without a body
    """

    verb: Verb
    options: tuple[str, ...]
    body: Callable[[Wish, Replication], Mapping[str, Any]] | None = None


def steps_towards(wish: Wish) -> list[Step]:
    """Return the steps in their order.

    A replication is resumed only after its other settings are changed, and its owner is changed last: a new owner may
    see what the present one does not (vendor reference 4.7, vm-replications chown).
    """
    return [
        Step(RECONFIGURE, tuple(_OPTION_BY_KEY.values()), Wish.settings_body),
        Step(APPLY_STORAGE_PROFILE, ("storage_profile",), Wish.storage_body),
        Step(SET_DISKS, (EXCLUDED_DISKS,), Wish.disks_body),
        Step(SET_NETWORKS, (NETWORK_SETTINGS,), Wish.network_body),
        Step(SET_GUESTS, (GUEST_CUSTOMIZATION,), Wish.guest_body),
        Step(PAUSE if wish.params.get("paused") else RESUME, ("paused",)),
        Step(CHOWN, ("owner",), Wish.owner_body),
    ]


def check_options(params: Mapping[str, Any]) -> None:
    """Check the options as far as possible before the service is asked anything.

    :param params: the parameters of vm_replication or vapp_replication
    :raises VcdaError: category invalid_request, naming the option
    """
    owner, rpo = params.get("owner"), params.get("rpo")
    # Vendor reference 4.7, ChownSettings.
    if owner is not None and not all(owner.partition("@")):
        raise invalid("owner", f"{owner!r} is not of the form organization@site")
    if rpo is not None and rpo < 1:
        raise invalid("rpo", f"{rpo} is less than 1")
    for rule in params.get("retention") or ():
        for name, value in rule.items():
            if value < 1:
                raise invalid(f"retention.{name}", f"{value} is less than 1")
    if params.get("initial_sync_time"):
        instant_ms("initial_sync_time", params["initial_sync_time"])
    check_prepared(params)
    if params.get("source") and params.get("destination"):
        # What the newest version does not accept, no version accepts.
        start_body(with_disks_at_start(params), NEWEST_VERSION)


def vms_of(replication: Replication) -> tuple[Replication, ...]:
    """Return the VM replications that carry the settings of a replication."""
    return replication.children or (replication,)


def _current(replication: Replication, option: str) -> Any:
    if option == "owner":
        return replication.owner
    return _collapsed({vm.name: _READERS[option](vm) for vm in vms_of(replication)})


def _collapsed(values: Mapping[str, Any]) -> Any:
    """Return the value that all VMs share, or else the value of each VM."""
    first = next(iter(values.values()))
    return first if all(value == first for value in values.values()) else values


def _is_shown(value: Any) -> bool:
    """Tell whether the service shows a value; for a vApp, whether it shows one for each of its VMs."""
    return value is not None and not (isinstance(value, Mapping) and None in value.values())


def not_shown(replication: Replication, option: str, when: str = "") -> VcdaError:
    """Return the error of an option whose present value the service does not show.

    :param when: the step after which that was seen; empty if nothing was sent
    """
    seen = f" {when}" if when else ""
    return VcdaError(
        f"{option}: the service does not show it for {replication.name} ({replication.id}){seen}, so it cannot be "
        "compared.",
        category=REFUSED,
        code="NOT_SHOWN",
        hint="Leave the option out. Old API versions do not show it, nor does a destination that has no such thing.",
    )


def _retention(rules: Any) -> list[dict[str, Any]]:
    """Return retention rules with the keys of the option, sorted so that they can be compared."""
    known = [
        {
            "instances": rule.get("instances", rule.get("numberOfInstances")),
            "distance": rule.get("distance"),
        }
        for rule in (rules if isinstance(rules, list) else ())
        if isinstance(rule, Mapping)
    ]
    return sorted(known, key=lambda rule: (rule["distance"] or 0, rule["instances"] or 0))


def _settings(vm: Replication) -> Mapping[str, Any]:
    return _object(vm.document, "settings")


def _object(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, Mapping) else {}
