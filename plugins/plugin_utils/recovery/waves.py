# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the waves of a recovery from the role's variables, and refuses invalid ones before any request is sent."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden, printable
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VM

Wave = dict[str, Any]

HOOKS = ("before", "after", "verify")
_OVERRIDES = (*HOOKS, "instance_before", "instance_ids", "max_failures")
# The texts for true in surveys and on command lines.
_TRUE = ("true", "yes", "on", "1", "y", "t")
_SELECTIONS = ("vm_replication_ids", "vm_names", "vapp_names")
# Further options of the modules, which the role and each wave can set.
MORE_OPTIONS = ("failover_options", "migrate_options", "test_options")
# The selections that vm_replication_info reads; vApps are read by their own module.
_READABLE = ("vm_replication_ids", "vm_names")


class RecoveryInputError(ValueError):
    """A variable of the role cannot be used; the message names it."""


def plan(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the role's variables to waves and to the query for the service, or report why they are invalid.

    :param settings: ``active_site``; ``positive``, numbers that must be more than 0, by the name of their variable; the
        selection ``vm_replication_ids``, ``vm_names``, ``vapp_names`` and ``all``; the tenants ``organizations`` and
        ``owner``, empty for any, and ``all_organizations``; ``split_vapps``; ``waves``; the defaults of the keys that a
        wave can override: ``before``, ``after``, ``verify``, ``instance_before``, ``instance_ids``, ``max_failures``;
        ``checks``; ``is_planned``, true for a migration; ``newest_only``, true if no point in time can be chosen; and
        ``is_joined``, true if the selections of several hosts are combined
    :returns: ``waves`` with every key set (without ``recovery_waves`` one wave with the whole selection), ``query``
        with ``all``, ``vm_replication_ids``, ``vm_names``, the tenants, ``scopes`` (selections of waves that name
        tenants), ``checked`` (the names in checks) and ``reads`` (the options for each call of ``vm_replication_info``,
        in which ids and names are mutually exclusive), and ``problem``, empty if there is none
    """
    try:
        _check_values(settings)
        waves = _in_order(_waves(settings))
        if settings["newest_only"]:
            _check_newest(waves)
        query = _query(settings)
        return {"waves": waves, "query": query | {"reads": _reads(query)}, "problem": ""}
    except RecoveryInputError as error:
        return {"waves": [], "query": {}, "problem": str(error)}


def _check_values(settings: Mapping[str, Any]) -> None:
    if not str(settings["active_site"]).strip():
        raise RecoveryInputError("recovery_active_site: the name of the site is empty.")
    for name, value in settings["positive"].items():
        if float(value) <= 0:
            raise RecoveryInputError(f"{name}: {value} is not more than 0.")
    for number, check in enumerate(settings["checks"]):
        if not (check.get("url") or (check.get("host") and check.get("port"))):
            raise RecoveryInputError(f"recovery_checks[{number}]: give it host and port, or url.")


def _check_newest(waves: Iterable[Wave]) -> None:
    for wave in waves:
        for key in ("instance_before", "instance_ids"):
            if wave[key]:
                raise RecoveryInputError(
                    f"recovery_{key}: a planned migration always takes the newest data, so it cannot recover "
                    f"{wave[key]!r}; set recovery_mode: unplanned, or leave this out."
                )


def _waves(settings: Mapping[str, Any]) -> list[Wave]:
    _check_ids("recovery_vm_replication_ids", names_of(settings["vm_replication_ids"]))
    _check_names("recovery_vm_names", names_of(settings["vm_names"]))
    _check_names("recovery_vapp_names", names_of(settings["vapp_names"]))
    selected = _has_selection(settings) or _has_tenant(settings)
    if not settings["waves"]:
        if not selected:
            raise RecoveryInputError(
                "Nothing is selected: set recovery_vm_replication_ids, recovery_vm_names, recovery_vapp_names, "
                "recovery_organizations or recovery_all: true (an empty selection never means all)."
            )
        return [_complete({"name": "all", "remaining": True}, 0, settings)]
    waves = [_complete(wave, number, settings) for number, wave in enumerate(settings["waves"])]
    _check_waves(waves, selected)
    return waves


def _query(settings: Mapping[str, Any]) -> dict[str, Any]:
    tenants = {
        "organizations": names_of(settings["organizations"]),
        "owner": str(settings["owner"] or "").strip(),
        "all_organizations": bool(settings["all_organizations"]),
        "split_vapps": bool(settings["split_vapps"]),
        "include_migrations": bool(settings["include_migrations"]),
        "report": list(settings["report"] or ()),
        "scopes": [],
        "checked": list(dict.fromkeys(str(check.get("vm_name")) for check in settings["checks"])),
    }
    if settings["report"]:
        return {"all": False, **{key: [] for key in _SELECTIONS}, **tenants}
    if settings["all"] or _is_all_of_tenants(settings):
        return {"all": True, **{key: [] for key in _SELECTIONS}, **tenants}
    sources = [settings] if _has_selection(settings) else settings["waves"]
    if sources is settings["waves"]:
        scopes = [_scope(wave, number) for number, wave in enumerate(settings["waves"])]
        tenants["scopes"] = [scope for scope in scopes if scope["organizations"] or scope["owner"]]
    return {
        "all": False,
        **tenants,
        **{key: names_of([name for source in sources for name in names_of(source.get(key))]) for key in _SELECTIONS},
    }


def _reads(query: Mapping[str, Any]) -> list[dict[str, Any]]:
    if any(is_whole(scope) for scope in query["scopes"]):
        return [{}]
    return [{}] if query["all"] or query["report"] else [{key: query[key]} for key in _READABLE if query[key]]


def _scope(wave: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return the tenants that a wave names, and the VMs and vApps that are limited to them."""
    return {
        **{key: names_of(wave.get(key)) for key in (*_SELECTIONS, "organizations")},
        "owner": str(wave.get("owner") or "").strip(),
        "wave": name_of(wave, number),
    }


def is_whole(wave: Mapping[str, Any]) -> bool:
    """Tell whether a wave, or its scope, selects everything of its tenants: it names tenants and nothing else."""
    return bool(wave["organizations"] or wave["owner"]) and not any(wave[key] for key in _SELECTIONS)


def names_of(value: Any) -> list[str]:
    """Return a list of names or ids without repetitions, in order.

    :param value: a list, whose items stay unchanged; or text from a survey or command line, with names separated by
        commas or line breaks, from which surrounding blanks are removed
    """
    if isinstance(value, str):
        value = [part.strip() for part in re.split(r"[,\n]", value) if part.strip()]
    return list(dict.fromkeys(str(item) for item in value or ()))


def _has_selection(settings: Mapping[str, Any]) -> bool:
    given = [name for name in _SELECTIONS if names_of(settings[name])] + (["all"] if settings["all"] else [])
    given += ["from_report"] if settings["report"] else []
    if len(given) > 1 and given != ["vm_names", "vapp_names"] and not settings.get("is_joined"):
        raise RecoveryInputError(
            "Only one of recovery_vm_replication_ids, recovery_vm_names (with recovery_vapp_names) and recovery_all "
            "may be set; these are: "
            f"{', '.join('recovery_' + name for name in given)}."
        )
    return bool(given)


def _has_tenant(settings: Mapping[str, Any]) -> bool:
    return bool(names_of(settings["organizations"]) or str(settings["owner"] or "").strip())


def _is_all_of_tenants(settings: Mapping[str, Any]) -> bool:
    """Tell whether tenants select all their VMs; with names, or waves without ``remaining``, they only limit."""
    if not _has_tenant(settings) or _has_selection(settings):
        return False
    waves = settings["waves"] or ()
    return not waves or any(_is_true(wave.get("remaining")) for wave in waves)


def name_of(wave: Mapping[str, Any], number: int) -> str:
    """Return the name of a wave.

    :param wave: an item of ``recovery_waves``
    :param number: its position, from 0
    """
    return str(wave.get("name") or f"wave {number + 1}")


def _is_true(value: Any) -> bool:
    return str(value).lower() in _TRUE


def _complete(wave: Mapping[str, Any], number: int, settings: Mapping[str, Any]) -> Wave:
    where = f"recovery_waves[{number}]"
    complete: Wave = {
        "name": name_of(wave, number),
        "remaining": _is_true(wave.get("remaining")),
        "hosts": names_of(wave.get("hosts")),
        "organizations": names_of(wave.get("organizations")),
        "owner": str(wave.get("owner") or "").strip(),
        "delay": int(wave.get("delay") or 0),
        # An empty list means no dependency; without a list, the wave depends on all earlier waves with max_failures.
        "needs": None if wave.get("needs") is None else names_of(wave["needs"]),
        **{key: names_of(wave.get(key)) for key in _SELECTIONS},
    }
    for key in _OVERRIDES:
        value = settings[key] if wave.get(key) is None else wave[key]
        complete[key] = names_of(value) if key in HOOKS else value
    complete["max_failures"] = _budget(complete["max_failures"], settings)
    _check_wave_name(complete["name"])
    _check_ids(where + ".vm_replication_ids", complete["vm_replication_ids"])
    _check_names(where + ".vm_names", complete["vm_names"])
    _check_names(where + ".vapp_names", complete["vapp_names"])
    if complete["delay"] < 0:
        raise RecoveryInputError(f"{where}.delay: {complete['delay']} is less than 0 seconds.")
    return complete


def _budget(value: Any, settings: Mapping[str, Any]) -> int | None:
    """Return how many VMs may fail before later waves are stopped; None if failures stop only dependent waves."""
    if value is None or str(value).strip() == "":
        return 0 if settings["is_planned"] else None
    return int(value)


def _in_order(waves: Sequence[Wave]) -> list[Wave]:
    """Return the waves in the given order, but each after those that it needs.

    :raises RecoveryInputError: if a wave needs one that does not exist, or if waves need each other in a circle
    """
    names = [wave["name"] for wave in waves]
    for wave in waves:
        unknown = [name for name in wave["needs"] or () if name not in names]
        if unknown:
            raise RecoveryInputError(
                f"recovery_waves: needs of wave {wave['name']!r}: there is no wave {', '.join(map(repr, unknown))}; "
                f"the waves are {', '.join(map(repr, names))}."
            )
    ordered: list[Wave] = []
    rest = list(waves)
    while rest:
        done = {wave["name"] for wave in ordered}
        following = next((wave for wave in rest if done.issuperset(wave["needs"] or ())), None)
        if following is None:
            raise RecoveryInputError(
                "recovery_waves: waves need one another in a circle, so none of them can be the first: "
                f"{', '.join(repr(wave['name']) for wave in rest)}."
            )
        ordered.append(following)
        rest.remove(following)
    return ordered


def _check_wave_name(name: str) -> None:
    # It is part of names of tasks, which Ansible prints as they are.
    if any(map(is_hidden, name)):
        raise RecoveryInputError(
            f"recovery_waves: the name of wave '{printable(name)}' has control or invisible characters."
        )


def _check_waves(waves: Sequence[Wave], selected: bool) -> None:
    for name, count in Counter(wave["name"] for wave in waves).items():
        if count > 1:
            raise RecoveryInputError(f"recovery_waves: two waves are called {name!r}.")
    for key in _SELECTIONS:
        for item, count in Counter(item for wave in waves for item in wave[key]).items():
            if count > 1 and not _are_apart([wave for wave in waves if item in wave[key]]):
                raise RecoveryInputError(f"recovery_waves: {item} is in more than one wave.")
    if sum(wave["remaining"] for wave in waves) > 1:
        raise RecoveryInputError("recovery_waves: only one wave may have remaining: true.")
    for wave in waves:
        if wave["remaining"] and not selected:
            raise RecoveryInputError(
                f"recovery_waves: remaining: true of wave {wave['name']!r} needs recovery_vm_replication_ids, "
                "recovery_vm_names, recovery_vapp_names, recovery_organizations or recovery_all: true to say of "
                "what the rest is."
            )
        if not any(wave[key] for key in ("remaining", "hosts", "organizations", "owner", *_SELECTIONS)):
            raise RecoveryInputError(
                f"recovery_waves: wave {wave['name']!r} is empty; give it vm_names, vapp_names, "
                "vm_replication_ids, organizations, owner, hosts or remaining: true."
            )


def _are_apart(waves: Sequence[Wave]) -> bool:
    """Tell whether no two of the waves share a tenant, so that the same name can be in all of them."""
    organizations = [name for wave in waves for name in wave["organizations"]]
    return all(wave["organizations"] for wave in waves) and len(organizations) == len(set(organizations))


def _check_ids(option: str, ids: Iterable[str]) -> None:
    for identity in ids:
        if not VM.id_pattern.match(identity):
            raise RecoveryInputError(
                f"{option}: {identity!r} is not the id of a VM replication, such as {VM.id_example}."
            )


def _check_names(option: str, names: Iterable[str]) -> None:
    for name in names:
        if not name.strip():
            raise RecoveryInputError(f"{option}: a name is empty.")
