# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Module options for single VMs: each step gets the entries for its VMs, and every entry must match a VM."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import is_vm_id
from ansible_collections.opendr.vcda.plugins.module_utils.settings.tables import PER_VM_OPTIONS
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import MORE_OPTIONS, name_of

# Options that map VMs to values; all other options for single VMs are lists of entries with the key ``vm``.
_MAPS = ("instance_ids",)

Options = dict[str, Any]
Find = Callable[[Any], list[Mapping[str, Any]]]


def nothing_elsewhere() -> Collection[str]:
    """Return an empty collection: there are no VMs outside the selection."""
    return ()


def options_of(values: Mapping[str, Any], variable: str, wave: str | None) -> Options:
    """Return the further options of a module in a wave: those of the role, extended by those of the wave.

    :param values: the variables of the role
    :param variable: of the role, such as ``recovery_failover_options``; empty for none
    :param wave: the name of the wave; None for all waves
    """
    if not variable:
        return {}
    own = next((one for number, one in _waves(values) if wave is not None and name_of(one, number) == wave), {})
    return {**(values.get(variable) or {}), **(own.get(variable.replace("recovery_", "", 1)) or {})}


def for_vms(options: Mapping[str, Any], records: Sequence[Mapping[str, Any]]) -> Options:
    """Return the options without entries for other VMs; the remaining entries use the current ids of the VMs.

    :param options: of a module
    :param records: the VMs that the module is called for
    """
    chosen = dict(options)
    # Most runs have no such options, and many VMs.
    find = finder(records if any(map(chosen.get, (*_MAPS, *PER_VM_OPTIONS))) else ())
    for option in _MAPS:
        if isinstance(chosen.get(option), Mapping):
            chosen[option] = {
                record["id"]: value for key, value in chosen[option].items() for record in find(key)
            } or None
    for option in PER_VM_OPTIONS:
        if isinstance(chosen.get(option), list):
            entries = [own for entry in chosen[option] for own in _entries(entry, find)]
            chosen[option] = entries or None
    return {key: value for key, value in chosen.items() if value is not None}


def finder(records: Iterable[Mapping[str, Any]]) -> Find:
    """Return a function that returns the VMs that a name in an option matches, in the order of the records.

    A name matches by the exact name of a VM, its id, or an id of its replication. The id of a replication is never a
    name: a tenant may give a VM the id of another one as its name.
    """
    known = list(records)
    by_id: dict[str, set[int]] = {}
    by_name: dict[Any, set[int]] = {}
    for place, record in enumerate(known):
        for identity in _ids(record):
            by_id.setdefault(identity, set()).add(place)
        by_name.setdefault(record["vm_name"], set()).add(place)

    def found(name: Any) -> list[Mapping[str, Any]]:
        places = by_id.get(str(name).lower(), set()) | (set() if is_vm_id(name) else by_name.get(name, set()))
        return [known[place] for place in sorted(places)]

    return found


def named_twice(names: Iterable[Any], records: Iterable[Mapping[str, Any]], find: Find) -> str:
    """Return the label of the first VM that several names match; empty if there is none.

    :param find: the ``finder`` of the records
    """
    times = Counter(id(record) for name in names for record in find(name))
    return next((str(record["label"]) for record in records if times[id(record)] > 1), "")


def _ids(record: Mapping[str, Any]) -> set[str]:
    # The key is the id or the name that selects the VM; only ids are compared in either case.
    key = record["key"] if is_vm_id(record["key"]) else None
    ids = (record["id"], record["previous_id"], record["start_id"], key, record["vm_id"])
    return {str(one).lower() for one in ids if one}


def problem_of_options(
    values: Mapping[str, Any],
    records: Sequence[Mapping[str, Any]],
    elsewhere: Callable[[], Collection[str]] = nothing_elsewhere,
) -> str:
    """Report entries that match no VM or several: the intended VM would be recovered with other settings.

    :param values: the variables of the role
    :param records: all records of the run
    :param elsewhere: returns names and ids of VMs of hosts outside this run, which entries may name
    :returns: a sentence; empty if there is no such entry
    """
    for variable, names, wave in _named(values):
        of_wave = [record for record in records if wave in (None, record["wave"])]
        where = "this recovery" if wave is None else f"wave {wave}"
        find = finder(of_wave)
        for name in names:
            found = find(name)
            if len(found) > 1:
                labels = ", ".join(record["label"] for record in found)
                return f"{variable}: {name} is the name of several VMs of {where}: {labels}. Give the id instead."
            if not found and str(name) not in elsewhere():
                return f"{variable}: {name} is no VM of {where}."
        doubled = named_twice(names, of_wave, find)
        if doubled:
            return f"{variable}: {doubled} is there more than once, under different names."
    return ""


def _named(values: Mapping[str, Any]) -> Iterable[tuple[str, list[Any], str | None]]:
    """Yield the full name of each option for single VMs, the VM names in it, and its wave; None for all waves."""
    sources: list[tuple[str, Any, str | None]] = [
        ("recovery_" + key, values.get("recovery_" + key), None) for key in MORE_OPTIONS
    ]
    for number, wave in _waves(values):
        name = name_of(wave, number)
        sources += [(f"recovery_waves[{number}].{key}", wave.get(key), name) for key in MORE_OPTIONS]
    for variable, options, of_wave in sources:
        for option, value in (options or {}).items():
            if option in _MAPS and isinstance(value, Mapping):
                yield f"{variable}.{option}", list(value), of_wave
            elif option in PER_VM_OPTIONS and isinstance(value, list):
                entries = [entry.get("vm") for entry in value if isinstance(entry, Mapping)]
                yield f"{variable}.{option}", list(dict.fromkeys(name for name in entries if name)), of_wave


def _waves(values: Mapping[str, Any]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    waves = values.get("recovery_waves") or ()
    return [(number, wave) for number, wave in enumerate(waves) if isinstance(wave, Mapping)]


def _entries(entry: Any, find: Find) -> list[Any]:
    """Return the entry once for each VM that it matches; an entry without ``vm`` is a default and stays as it is."""
    if not isinstance(entry, Mapping) or not entry.get("vm"):
        return [entry]
    return [{**entry, "vm": record["id"]} for record in find(entry["vm"])]
