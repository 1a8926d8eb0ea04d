# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Select replications by ids or exact names: check them before anything is sent, and read them in few requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Union

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import (
    INVALID_REQUEST,
    NOT_FOUND,
    VcdaError,
    invalid,
    malformed,
)
from ansible_collections.opendr.vcda.plugins.module_utils.client.paging import PAGE, sliced
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Damaged, Kind, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.operation.results import Item
from ansible_collections.opendr.vcda.plugins.module_utils.operation.similar_names import folded, hint_on, similar

# With more replications than this, they are not read to find names similar to one that was not found.
_MOST_FOR_A_HINT = 1000

Found = Union[Replication, VcdaError]

# What each kind replicates, as messages name it.
WORDS: Mapping[str, str] = {VM.name: "VM", VAPP.name: "vApp"}


@dataclass(frozen=True)
class Selection:
    """The replications of one call, by ids or by names."""

    kind: Kind
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    source_vapp: str | None = None
    owner: str | None = None

    @classmethod
    def from_params(cls, kind: Kind, params: Mapping[str, Any]) -> Selection:
        """Read the selection options.

        :raises VcdaError: category invalid_request: neither or both given, an empty list, an id of a wrong form
        """
        ids, names = params.get(kind.ids_option), params.get(kind.names_option)
        if ids is not None and names is not None:
            raise invalid(kind.ids_option, f"give either ids or {kind.names_option}, not both")
        if ids is None and names is None:
            raise invalid(kind.ids_option, f"name the replications, here or in {kind.names_option}")
        option, values = (kind.ids_option, ids) if ids is not None else (kind.names_option, names)
        if not values:
            raise invalid(option, "the list is empty; an empty list never means all")
        for value in values:
            _check(kind, option, value)
        # Names are used exactly as given; an id has one canonical spelling.
        values = tuple(dict.fromkeys(kind.canonical(value.strip()) if ids is not None else value for value in values))
        return cls(
            kind=kind,
            ids=values if ids is not None else (),
            names=values if ids is None else (),
            source_vapp=params.get("source_vapp"),
            owner=params.get("owner") if ids is None else None,
        )

    @property
    def asked(self) -> tuple[str, ...]:
        """The ids or names that the user gave, in order, each once."""
        return self.ids or self.names


def _check(kind: Kind, option: str, value: Any) -> None:
    if not isinstance(value, str) or not value.strip():
        raise invalid(option, "an entry is empty")
    if option == kind.ids_option and not kind.id_pattern.match(value.strip()):
        raise invalid(option, f"{value!r} is not of the form {kind.id_example}")


def read_selection(client: Client, selection: Selection) -> list[Item]:
    """Read every selected replication.

    :returns: one item per request, in order; one that is missing, ambiguous or unreadable carries its error.
        A vApp name whose replication was split by a partial recovery gives one item per part
    :raises VcdaError: if the lists themselves cannot be read
    """
    if selection.ids:
        found = read_many(client, selection.kind, selection.ids)
        return [_item(selection.kind, identity, found[identity]) for identity in selection.ids]
    named = _read_named(client, selection)
    is_unfiltered = "owner" in client.declined
    items = [
        item for name, candidates in named for item in _named(selection, name, candidates, is_unfiltered=is_unfiltered)
    ]
    _point_to_similar_names(
        client, selection, [item for item in items if item.error and item.error.code == "NAME_NOT_FOUND"]
    )
    return items


def read_many(client: Client, kind: Kind, ids: Sequence[str]) -> dict[str, Found]:
    """Read replications by id, 100 per request.

    :param ids: in any spelling
    :returns: for every id, in its canonical spelling, its replication or its error
    """
    ids = [kind.canonical(identity) for identity in ids]
    found = read_listed(client, kind, ids)
    for identity in ids:
        if identity not in found:
            found[identity] = _read_one(client, kind, identity)
    return found


def read_listed(client: Client, kind: Kind, ids: Sequence[str]) -> dict[str, Found]:
    """Read replications by id as ``read_many`` does, but leave out those that the service does not list."""
    chunks = sliced([kind.canonical(identity) for identity in ids], PAGE)
    found: dict[str, Found] = {}
    for documents in _read_chunks(client, kind, chunks) if chunks else ():
        found.update(_parse_all(kind, documents))
    return found


def _read_chunks(client: Client, kind: Kind, chunks: list[Sequence[str]]) -> Iterable[list[dict[str, Any]]]:
    def read(chunk: Sequence[str]) -> list[dict[str, Any]]:
        return client.get_list(kind.path, {"ids": ",".join(chunk)}, parallel=False)

    # The first answer tells whether the service applies the filter; once that is known, nothing waits for it.
    alone = [] if kind.path in client.listed_by_id else chunks[:1]
    try:
        found = [read(chunk) for chunk in alone]
        if any(
            kind.canonical(str(document.get("id"))) not in chunks[0] for documents in found for document in documents
        ):
            # The service ignored the filter, so this is the whole list.
            return found
        if any(found):
            client.listed_by_id.add(kind.path)
        return [*found, *client.executor.map(read, chunks[len(alone) :])]
    except VcdaError as error:
        if not error.is_unknown_filter:
            raise
        return [client.get_list(kind.path)]


def _parse_all(kind: Kind, documents: Iterable[Mapping[str, Any]]) -> dict[str, Found]:
    return {kind.canonical(str(document.get("id"))): _parse(kind, document) for document in documents}


def _parse(kind: Kind, document: Mapping[str, Any]) -> Found:
    try:
        return kind.parse(document)
    except VcdaError as error:
        return error


def _read_one(client: Client, kind: Kind, identity: str) -> Found:
    """Read one replication that a list did not show, to learn why."""
    try:
        replication = kind.parse(client.get(f"{kind.path}/{identity}"))
    except VcdaError as error:
        return error
    if kind.canonical(replication.id) != identity:
        return malformed(f"Replication {identity}", f"the service answered with {replication.id}")
    return replication


def read_everything(
    client: Client, kind: Kind, query: Mapping[str, Any] | None = None, *, parallel: bool = True
) -> tuple[list[Replication], list[Damaged]]:
    """Read every replication that is visible to the session.

    :returns: the replications, and the objects that are not of the documented form; see ``Kind.parse_list``
    """
    return kind.parse_list(client.get_list(kind.path, query, parallel=parallel))


def _read_named(client: Client, selection: Selection) -> list[tuple[str, list[Found]]]:
    """Read the replications of each name in the cheaper way: everything once, or one filtered list per name."""
    kind, names = selection.kind, selection.names
    if len(names) > 1 and client.count(kind.path) <= PAGE * len(names):
        by_name: dict[str | None, list[Found]] = {}
        for document in _of_owner(client, selection, {}):
            by_name.setdefault(kind.name_of(document), []).append(_parse(kind, document))
        return [(name, by_name.get(name, [])) for name in names]

    def read(name: str) -> list[Found]:
        # The filter of the service finds substrings (vendor reference 4.7); only the exact name counts.
        documents = _of_owner(client, selection, {kind.name_filter: name}, parallel=False)
        return [_parse(kind, document) for document in documents if kind.name_of(document) == name]

    return list(zip(names, client.executor.map(read, names)))


def _of_owner(
    client: Client, selection: Selection, query: Mapping[str, Any], *, parallel: bool = True
) -> list[dict[str, Any]]:
    """Read a list by owner, or without that filter if the service refuses it: it is for administrators only.

    ``_named`` checks the owner in any case.
    """
    path = selection.kind.path
    if selection.owner is None or "owner" in client.declined:
        return client.get_list(path, query, parallel=parallel)
    try:
        return client.get_list(path, {**query, "owner": selection.owner}, parallel=parallel)
    except VcdaError as error:
        if not error.is_answer_to_filter:
            raise
    documents = client.get_list(path, query, parallel=parallel)
    client.declined.add("owner")
    return documents


def _named(selection: Selection, name: str, candidates: list[Found], *, is_unfiltered: bool) -> list[Item]:
    kind = selection.kind
    # A replication that cannot be read may be the one that is meant.
    unreadable = [one for one in candidates if isinstance(one, VcdaError)]
    if unreadable:
        return [_item(kind, name, unreadable[0])]
    found = [one for one in candidates if isinstance(one, Replication)]
    if selection.source_vapp and kind.name == "vm":
        found = [one for one in found if one.vapp_name == selection.source_vapp]
    if selection.owner:
        # The service may have ignored the filter, or refused it: then an unknown owner (before 4.1) is another one.
        accepted = (selection.owner,) if is_unfiltered else (selection.owner, None)
        found = [one for one in found if one.owner in accepted]
    if not found:
        return [_item(kind, name, _no_such_name(selection, name))]
    if len(found) == 1 or (kind.name == "vapp" and are_parts(found)):
        visible = frozenset(one.id for one in candidates if isinstance(one, Replication))
        return [replace(_item(kind, name, replication), namesakes=visible) for replication in found]
    return [_item(kind, name, _ambiguous(kind, name, found))]


def are_parts(found: Sequence[Replication]) -> bool:
    """Tell whether vApp replications are the parts of one that a partial recovery split (user guide 4.6).

    :param found: at least one
    """
    reached = found[0].endpoints
    rest = list(found[1:])
    while rest:
        linked = [one for one in rest if one.endpoints & reached]
        if not linked:
            return False
        for one in linked:
            reached |= one.endpoints
            rest.remove(one)
    return True


def _no_such_name(selection: Selection, name: str) -> VcdaError:
    narrowed = f" in vApp {selection.source_vapp}" if selection.source_vapp else ""
    narrowed += f" of owner {selection.owner}" if selection.owner else ""
    return VcdaError(
        f"{selection.kind.names_option}: no replication of a {WORDS[selection.kind.name]} named {name!r}{narrowed} "
        "is visible to this user.",
        category=NOT_FOUND,
        code="NAME_NOT_FOUND",
        hint=hint_on(name),
    )


def _point_to_similar_names(client: Client, selection: Selection, items: Sequence[Item]) -> None:
    """Add similar visible names to the errors of names that were not found; none of them is selected.

    It takes two requests or a few more; with too many replications, they are only counted.
    """
    kind = selection.kind
    try:
        if not items or client.count(kind.path) > _MOST_FOR_A_HINT:
            return
        documents = _of_owner(client, selection, {})
    except VcdaError:
        # The error that the name was not found is enough.
        return
    alike: dict[str, list[str]] = {}
    for visible in filter(None, map(kind.name_of, documents)):
        alike.setdefault(folded(visible), []).append(visible)
    unreadable = [one for one in kind.parse_list(documents)[1] if not one.name]
    for item in items:
        note = similar(item.asked, alike.get(folded(item.asked), ()))
        if item.error and note:
            item.error.message += f" {note}"
        if item.error and unreadable:
            doubt = f"{len(unreadable)} of the objects listed cannot be read, and may be the one meant."
            item.error = VcdaError(
                f"{item.error.message} {doubt}",
                category=NOT_FOUND,
                code="NAME_MAY_BE_UNREADABLE",
                hint=item.error.hint,
            )


def _ambiguous(kind: Kind, name: str, found: Sequence[Replication]) -> VcdaError:
    listed = "; ".join(f"{one.id} (vApp {one.vapp_name}, {one.source_site} -> {one.destination_site})" for one in found)
    return VcdaError(
        f"{kind.names_option}: {name!r} names {len(found)} replications: {listed}.",
        category=INVALID_REQUEST,
        code="AMBIGUOUS_NAME",
        hint="Narrow the name with source_vapp or owner, or give the id.",
    )


def _item(kind: Kind, asked: str, found: Found) -> Item:
    if isinstance(found, VcdaError):
        return Item(kind=kind, asked=asked, error=found)
    return Item(kind=kind, asked=asked, before=found, after=found)
