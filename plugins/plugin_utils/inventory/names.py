# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of hosts and groups: whoever names a VM must not take the place of another one, nor of a group or a file.

No two things get the same name, however alike they are called. A name never depends on the order of a list.
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
# What a host may be grouped by: the prefix of the groups, the variables that their names are made of, and what stands
# between these. There is no group where the last one is not known.
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
# Words that Ansible understands in another way.
_RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1", ALL})
# Ansible looks for files of these names below host_vars and group_vars.
_FILE_ENDINGS = (".yml", ".yaml", ".json")
# The end of a name that an id was appended to.
_ID = "|".join(kind.id_pattern.pattern.strip("^$") for kind in (VM, VAPP))
_ENDS_WITH_ID = re.compile(rf"_({_ID})\Z", re.IGNORECASE)
_PLAIN_ID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_REPLACED = re.compile("\0+")
# A file name may have 255 bytes on most systems; an id, a time and an ending have to fit in beside it.
_MOST_BYTES = 100
_DIGITS = 8
_DIGEST = 64


def host_names(wanted: Sequence[tuple[str, str]], taken: Collection[str] = ()) -> list[str]:
    """Return a host name for every replication.

    A name gets the id as well if more than one replication would have it, if it means something else to Ansible, such
    as a group or a file with variables, if it is long, or if it ends as if it had an id already.

    :param wanted: pairs of the name that is wanted and the id; no id twice
    :param taken: names that no host may get
    """

    def named(name: str, identity: str) -> Callable[[int], str]:
        plain = _plain(_plain(name.strip(), "._-").lstrip(".-"), "._-")
        suffix = identity if _PLAIN_ID.match(identity) else _digest(identity)[:_DIGITS]
        longer = f"{_cut(plain)}_{suffix}"
        return lambda level: (plain, longer)[level] if level < 2 else _marked(longer, [name, identity], level - 1)

    levels = [int(_needs_id(name)) for name, _identity in wanted]
    return _distinct([named(name, identity) for name, identity in wanted], levels, taken)


def _needs_id(name: str) -> bool:
    plain = _plain(name.strip(), "._-")
    key = _key(plain)
    return (
        not any(character.isalnum() for character in plain)
        or key in _RESERVED
        or key.startswith(ALL + "_")
        or plain.startswith(".")
        or key.endswith(_FILE_ENDINGS)
        or len(plain.encode()) > _MOST_BYTES
        or _ENDS_WITH_ID.search(plain) is not None
    )


def group_names(everything: Sequence[Mapping[str, Any]], group_by: Sequence[str]) -> list[list[str]]:
    """Return the groups of every host.

    Where characters had to be replaced and two groups would have the same name, each of them gets a short hash of what
    it stands for.

    :param everything: the variables of all hosts that there are
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
    """Return the name of a group that the user's expressions make of whatever the service says.

    :param name: as the expression gives it
    :returns: the name itself, if nothing in it means something in a pattern or is hidden, and if it is not of the form
        of a group that is made here; else another one with a hash
    """
    plain = _plain(name, "._-")
    is_ours = plain in (ALL, "all", "ungrouped") or plain.startswith(_OUR_PREFIXES)
    is_bad = plain != name or is_ours or len(plain.encode()) > _MOST_BYTES
    return _marked(_cut(plain), name, 1) if is_bad else name


def _plain(text: str, signs: str) -> str:
    """Return a text in which underscores stand for all but letters with their marks, digits and some signs."""
    composed = unicodedata.normalize("NFC", text)
    kept = [character if _is_plain(character) or character in signs else "\0" for character in composed]
    plain = _REPLACED.sub("_", "".join(kept))
    # A mark needs something to stand on.
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
    """Return what two names have in common that look the same."""
    return unicodedata.normalize("NFKC", name).casefold()


def _distinct(
    candidates: Sequence[Callable[[int], str]], levels: Sequence[int], taken: Collection[str] = ()
) -> list[str]:
    """Return a name for each, so that no two look the same: those that would, all go on to their next candidates.

    :param candidates: gives the name of a level; those of high levels hold a hash of what they stand for
    :param levels: where each begins
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
