# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of hosts and groups: the name of a VM must not clash with another host, a group or a variables file.

All names differ, even for VMs with similar names. A name never depends on the order of a list.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.text import is_hidden
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM

ALL = "vcda"
# How hosts can be grouped: the prefix of the group names, the variables that make up the names, and the separator
# between them. A host for which the last variable is not known gets no group.
GROUPINGS: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "recovery_state": ("vcda_state", ("recovery_state",), "_"),
    "source_site": ("vcda_source", ("source_site",), "_"),
    "destination_site": ("vcda_destination", ("destination_site",), "_"),
    "vapp": ("vcda_vapp", ("organization", "vapp_name"), "_"),
    "organization": ("vcda_organization", ("organization",), "_"),
    "health": ("vcda_health", ("overall_health",), "_"),
    "direction": ("vcda_direction", ("source_site", "destination_site"), "_to_"),
}

_OUR_PREFIXES = tuple(f"{prefix}_" for prefix, _variables, _joint in GROUPINGS.values())
# Names with a meaning of their own in Ansible.
_RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1", ALL})
# Ansible looks for files of these names below host_vars and group_vars.
_FILE_ENDINGS = (".yml", ".yaml", ".json")
# Matches a name that ends with an id.
_ID = "|".join(kind.id_pattern.pattern.strip("^$") for kind in (VM, VAPP))
_ENDS_WITH_ID = re.compile(rf"_({_ID})\Z", re.IGNORECASE)
_PLAIN_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_REPLACED = re.compile("\0+")
# Most systems limit a file name to 255 bytes, which must also hold an id, a time and an extension.
_MOST_BYTES = 100
_DIGITS = 8
_DIGEST = 64


def host_names(wanted: Sequence[tuple[str, str]], taken: Collection[str] = ()) -> list[str]:
    """Return a host name for every replication.

    The id is appended to a name if several replications would have the name, if the name has another meaning in
    Ansible, such as a group or a file with variables, if it is long, or if it already ends like an id.

    :param wanted: pairs of the wanted name and the id; no id twice
    :param taken: names that are not available
    """

    def named(name: str, identity: str) -> Callable[[int], str]:
        plain = _stem(name)
        suffix = identity if _PLAIN_ID.match(identity) else _digest(identity)[:_DIGITS]
        longer = f"{_cut(plain)}_{suffix}"
        return lambda level: (plain, longer)[level] if level < 2 else _marked(longer, [name, identity], level - 1)

    levels = [int(_needs_id(name)) for name, _identity in wanted]
    return _distinct([named(name, identity) for name, identity in wanted], levels, taken)


def _needs_id(name: str) -> bool:
    plain = _stem(name)
    key = _key(plain)
    return (
        not any(character.isalnum() for character in plain)
        or key in _RESERVED
        or key.startswith(ALL + "_")
        or _plain(name.strip(), "._-").startswith(".")
        or key.endswith(_FILE_ENDINGS)
        or len(plain.encode()) > _MOST_BYTES
        or _ENDS_WITH_ID.search(plain) is not None
    )


def group_names(everything: Sequence[Mapping[str, Any]], group_by: Sequence[str]) -> list[list[str]]:
    """Return the groups of every host.

    If two groups would have the same name because characters were replaced, each name gets a short hash of the
    original values.

    :param everything: the variables of all hosts
    :param group_by: keys of ``GROUPINGS``
    """
    found: list[list[str]] = [[] for _host in everything]
    for grouping in group_by:
        prefix, variables, joint = GROUPINGS[grouping]
        keys = [tuple(str(item.get(name) or "") for name in variables) for item in everything]
        different = sorted({key for key in keys if key[-1]})
        named = [_group_named(prefix, joint, key) for key in different]
        levels = [int(len(candidate(0).encode()) > _MOST_BYTES) for candidate in named]
        names = dict(zip(different, _distinct(named, levels)))
        for groups, key in zip(found, keys):
            if key in names:
                groups.append(names[key])
    return found


def _group_named(prefix: str, joint: str, key: tuple[str, ...]) -> Callable[[int], str]:
    parts = [_plain(part, "_").lower() for part in key if part]
    name = f"{prefix}_{joint.join(parts)}"
    return lambda level: _marked(_cut(name), key, level) if level else name


def constructed_group_name(name: str) -> str:
    """Return a safe name for a group that the user's expressions build from data of the service.

    :param name: the result of the expression
    :returns: the name itself, if it has no hidden characters and none with a meaning in host patterns, is not too long
        and does not look like a group of ``GROUPINGS``; otherwise a name with a hash
    """
    plain = _plain(name, "._-")
    is_ours = plain in (ALL, "all", "ungrouped") or plain.startswith(_OUR_PREFIXES)
    is_bad = plain != name or is_ours or len(plain.encode()) > _MOST_BYTES
    return _marked(_cut(plain), name, 1) if is_bad else name


def _stem(name: str) -> str:
    """Return the plain name without dots and hyphens at its beginning; it may be that of a group or of localhost."""
    return _plain(_plain(name.strip(), "._-").lstrip(".-"), "._-")


def _plain(text: str, signs: str) -> str:
    """Replace everything except letters with their marks, digits and the given signs by underscores."""
    composed = unicodedata.normalize("NFC", text)
    kept = [character if _is_plain(character) or character in signs else "\0" for character in composed]
    plain = _REPLACED.sub("_", "".join(kept))
    # A combining mark needs a character before it.
    return f"_{plain}" if plain and unicodedata.category(plain[0])[0] == "M" else plain


def _is_plain(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" and not is_hidden(character)


def _cut(name: str) -> str:
    return name.encode()[:_MOST_BYTES].decode(errors="ignore")


def _marked(name: str, key: Any, level: int) -> str:
    return f"{name}_{_digest(json.dumps(key))[: _DIGITS * level]}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _key(name: str) -> str:
    """Return a key that is the same for names that look the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def _distinct(
    candidates: Sequence[Callable[[int], str]], levels: Sequence[int], taken: Collection[str] = ()
) -> list[str]:
    """Return a name for each candidate so that no two look the same: clashing names move to their next level.

    :param candidates: functions that return the name of a level; names of high levels contain a hash
    :param levels: the level at which each candidate begins
    """
    reached = list(levels)
    not_free = {_key(name) for name in taken}
    while True:
        names = [candidate(level) for candidate, level in zip(candidates, reached)]
        keys = [_key(name) for name in names]
        times = Counter(keys)
        clashing = [number for number, key in enumerate(keys) if times[key] > 1 or key in not_free]
        if not clashing:
            return names
        for number in clashing:
            reached[number] += 1
            if reached[number] > _DIGEST // _DIGITS + 1:
                raise ValueError(f"{names[number]}: the same id is listed twice")
