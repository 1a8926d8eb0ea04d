# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Resolves names and ids to replications, within the tenants that were named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import HINTS, INVALID_REQUEST, NOT_FOUND
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import Replication, is_vm_id
from ansible_collections.opendr.vcda.plugins.module_utils.operation.selection import are_parts
from ansible_collections.opendr.vcda.plugins.module_utils.operation.similar_names import hint_on, similar
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.tenants import belongs, in_words, of_tenants
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.vapps import vapp_key


def outside_of_scopes(query: Mapping[str, Any], key: str) -> list[str]:
    """Return the names or ids that no wave limits to its tenants."""
    return [name for name in query[key] if not any(name in scope[key] for scope in query["scopes"])]


def resolved(
    wanted: Iterable[str],
    found: Mapping[str, Replication],
    vapps: Mapping[str, Replication],
    query: Mapping[str, Any],
    damaged: Mapping[str, Any],
) -> Iterator[tuple[str, Any, str]]:
    """Yield each id or name, its replication or error, and the wave that limits it to tenants (empty for none).

    :param wanted: ids and names of VMs that no wave limits to its tenants
    """
    yield from ((key, _resolve(key, found, query, damaged), "") for key in dict.fromkeys(wanted))
    for name in outside_of_scopes(query, "vapp_names"):
        yield from ((vapp_key(name), item, "") for item in _resolve_vapp(name, vapps, found, query))
    for scope in query["scopes"]:
        own = {key: item for key, item in found.items() if belongs(item, scope)}
        narrowed = {identity: vapp for identity, vapp in vapps.items() if belongs(vapp, scope)}
        for key in (*scope["vm_replication_ids"], *scope["vm_names"]):
            yield key, _resolve(key, own, scope, damaged), scope["wave"]
        for name in scope["vapp_names"]:
            for item in _resolve_vapp(name, narrowed, own, scope):
                yield vapp_key(name), item, scope["wave"]


def _resolve(key: str, found: Mapping[str, Replication], query: Mapping[str, Any], damaged: Mapping[str, Any]) -> Any:
    """Return the replication with this id or name, or the error if there is none or more than one."""
    if key in found:
        return found[key]
    # A tenant may give a VM the id of another one as its name.
    named = [] if is_vm_id(key) else [item for item in found.values() if item.name == key]
    if len(named) == 1:
        return named[0]
    if named:
        listed = "; ".join(in_words(item) for item in sorted(named, key=lambda item: item.id))
        return ambiguous(f"{key} is the name of {len(named)} VM replications: {listed}.")
    return damaged.get(key) or _not_found("VM", key, query, (item.name for item in found.values()))


def _resolve_vapp(
    name: str, vapps: Mapping[str, Replication], found: Mapping[str, Replication], query: Mapping[str, Any]
) -> list[Any]:
    """Return the VM replications of the vApp with this name, or the error if there is none or more than one."""
    named = [
        vapp
        for vapp in vapps.values()
        if vapp.name == name and belongs(vapp, query) and any(child.id in found for child in vapp.children)
    ]
    if not named:
        return [_not_found("vApp", name, query, (vapp.name for vapp in vapps.values() if belongs(vapp, query)))]
    if len(named) > 1 and not are_parts(named):
        listed = "; ".join(in_words(vapp) for vapp in sorted(named, key=lambda vapp: vapp.id))
        return [ambiguous(f"{name} is the name of {len(named)} vApp replications: {listed}.")]
    children = sorted((child for vapp in named for child in vapp.children), key=lambda child: (child.name, child.id))
    return [found[child.id] for child in children if child.id in found]


def _not_found(kind: str, name: str, query: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    # Blanks that nobody sees may be why there is none of this name.
    is_plain = name.split() == name.split(" ")
    shown, note = (name, "") if is_plain else (repr(name), " Names are compared exactly, with all their blanks.")
    message = f"No {kind} replication {shown}{of_tenants(query)} was found between the sites in question.{note}"
    return problem_with(NOT_FOUND, "NOT_SELECTED", f"{message} {similar(name, names)}".strip(), hint_on(name))


def ambiguous(message: str) -> dict[str, Any]:
    """Return the error for a name that several replications have."""
    return problem_with(
        INVALID_REQUEST,
        "AMBIGUOUS_NAME",
        message,
        "Narrow the selection with recovery_organizations or recovery_owner, or name the one that is meant by its id "
        "in recovery_vm_replication_ids or in the wave.",
    )


def problem_with(category: str, code: str, message: str, hint: str | None = None) -> dict[str, Any]:
    """Return the error of a VM that is left out, with the hint of the category as default."""
    return {"category": category, "code": code, "message": message, "hint": hint or HINTS[category]}
