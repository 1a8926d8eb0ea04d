# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""What a module returns: one item per requested replication, one message, one diff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.model.replications import VAPP, VM, Kind, Mark, Replication
from ansible_collections.opendr.vcda.plugins.module_utils.model.tasks import Task
from ansible_collections.opendr.vcda.plugins.module_utils.model.verbs import Verb

# Only what operations change: health and RPO figures change by themselves and would appear in every diff.
_DIFF_KEYS = ("recovery_state", "source_site", "destination_site", "is_paused")
_NAMED_IN_MESSAGE = 3
# Automation controller drops a result of more than 700,000 bytes (MAX_EVENT_RES_DATA); with its objects, a replication
# has about 3,400.
MOST_ITEMS_WITH_OBJECTS = 200


@dataclass
class Item:
    """One requested replication and its progress in a run.

    :param phase: its phase in the run; see ``operation.phases``
    :param misses: number of looks in a row that did not show its task
    :param refusal: why the service refused its start while another operation ran on it
    :param mark: its mark when its operation was started or first seen
    :param left_no_trace: its operation was sent and failed, and the replication is what it was before
    :param recovered_at: the site to which it was seen to be recovered
    :param was_reversed: ids, its own and those of its VMs included, that the service's tasks show to be reversed
    :param namesakes: ids of all replications with its name before the run; None if they were not looked for
    :param parts: the VMs of a vApp that are handled one by one
    :param lost_mappings: the networks that a reverse did not carry over; None if they were not compared
    """

    kind: Kind
    asked: str
    before: Replication | None = None
    after: Replication | None = None
    decision: str = "refuse"
    changed: bool = False
    task: Task | None = None
    error: VcdaError | None = None
    warnings: list[str] = field(default_factory=list)
    phase: str = ""
    misses: int = 0
    refusal: VcdaError | None = None
    mark: Mark | None = None
    left_no_trace: bool = False
    recovered_at: str | None = None
    was_reversed: frozenset[str] = frozenset()
    namesakes: frozenset[str] | None = None
    parts: list[Item] = field(default_factory=list)
    lost_mappings: list[dict[str, Any]] | None = None

    @property
    def latest(self) -> Replication:
        """The latest reading of the replication."""
        replication = self.after or self.before
        if replication is None:
            raise ValueError(f"{self.asked} was not read, so it takes no part in a run")
        return replication

    @property
    def label(self) -> str:
        """The item as messages name it."""
        return f"{self.before.name} ({self.before.id})" if self.before else self.asked

    def as_dict(self, compact: bool = False) -> dict[str, Any]:
        """Return the item for the result of the module.

        :param compact: leave the API's own object out
        """
        latest = self.after or self.before
        asked_id = self.before.id if self.before else None
        item: dict[str, Any] = {
            # A replication that is only predicted has neither id nor name.
            "id": latest.id or None if latest else (self.asked if self.kind.id_pattern.match(self.asked) else None),
            self.kind.name_key: latest.name or None if latest else None,
            "changed": self.changed,
            "decision": self.decision,
            "before": self.before.summary() if self.before else None,
            "after": self.after.summary() if self.after else None,
            "task": self.task.summary() if self.task else None,
        }
        if not self.before and self.error:
            item["asked"] = self.asked
        if latest and asked_id and latest.id != asked_id:
            item["previous_id"] = asked_id
        if not compact and self.after and self.after.document:
            item["replication"] = self.after.masked_document()
        if self.kind.name == "vapp":
            item["children"] = self._children()
        if self.lost_mappings is not None:
            item["lost_mappings"] = self.lost_mappings
        if self.error:
            item["error"] = self.error.as_dict()
        return item

    def _children(self) -> list[dict[str, Any]]:
        by_id = {part.before.id: part for part in self.parts if part.before}
        after = {child.id: child for child in self.after.children} if self.after else {}
        children = []
        for child in self.before.children if self.before else ():
            part = by_id.get(child.id)
            later = part.after if part else after.get(child.id) or _moved(child, after.values())
            # If a vApp is handled VM by VM, a VM without a part has nothing left to do.
            is_untouched = bool(self.parts) and part is None
            identity = later.id if later else child.id
            children.append(
                {
                    "id": identity,
                    **({"previous_id": child.id} if identity != child.id else {}),
                    "vm_name": child.name,
                    "vapp_replication_id": (later or child).vapp_replication_id or (self.after or self.latest).id,
                    "changed": part.changed if part else self.changed and not is_untouched,
                    "decision": part.decision if part else "done" if is_untouched else self.decision,
                    "before": child.summary(),
                    "after": later.summary() if later else None,
                    "error": part.error.as_dict() if part and part.error else None,
                }
            )
        return children


def sum_up(item: Item) -> None:
    """Set the outcome and the latest reading of a vApp that was handled VM by VM, from those of its VMs."""
    item.changed = any(part.changed for part in item.parts)
    item.error = next((part.error for part in item.parts if part.error), None)
    item.task = next((part.task for part in item.parts if part.task), None)
    item.warnings += [f"{part.label}: {text}" for part in item.parts for text in part.warnings]
    later = {part.before.id: part.after for part in item.parts if part.before and part.after}
    item.after = item.before.with_children(later) if item.before else None


def _moved(child: Replication, candidates: Iterable[Replication]) -> Replication | None:
    """Find a child that has a new id."""
    return next((other for other in candidates if other.endpoints & child.endpoints or other.name == child.name), None)


def build_result(
    items: Sequence[Item],
    *,
    kind: Kind,
    verb: Verb,
    check_mode: bool,
    compact: bool | None,
    max_items_in_diff: int = 1000,
    max_items_with_objects: int = MOST_ITEMS_WITH_OBJECTS,
) -> dict[str, Any]:
    """Return the whole result of an operation module.

    :param items: one per requested replication, in the order of the request
    :param compact: leave the API's own objects out of the items; None: only if there are many items
    :param max_items_in_diff: changed replications beyond this number are not in the diff
    :param max_items_with_objects: with more items than this the objects are left out if ``compact`` is None
    """
    is_light = len(items) > max_items_with_objects if compact is None else compact
    failed = [item for item in items if item.error]
    changed = [item for item in items if item.changed]
    counts = _counted(items)
    result: dict[str, Any] = {
        "changed": bool(changed),
        "msg": _message(counts, failed, verb, check_mode),
        kind.results: [item.as_dict(is_light) for item in items],
        "summary": {"total": len(items), **counts},
        "diff": [_diff(item) for item in changed[:max_items_in_diff]],
        "warnings": [f"{item.label}: {text}" for item in items for text in item.warnings],
    }
    if is_light and compact is None:
        result["warnings"].append(
            f"The objects of the service are left out of the results, because there are more than "
            f"{max_items_with_objects} replications. Set compact to false to get them, or to true to omit this warning."
        )
    if failed:
        result["failed"] = True
        result["error"] = (failed[0].error or VcdaError("")).as_dict()
    return result


def error_result(error: VcdaError, key: str | None = None, asked: Sequence[str] = ()) -> dict[str, Any]:
    """Return the result of a run that failed before any replication was read.

    :param error: what went wrong
    :param key: the key of the result items, for modules that have them
    :param asked: the requested replications; each is reported with the same error
    """
    result: dict[str, Any] = {
        "failed": True,
        "changed": False,
        "msg": _advice(error),
        "error": error.as_dict(),
    }
    for kind in (VM, VAPP):
        if kind.results == key:
            result[key] = [Item(kind, name, error=error).as_dict() for name in asked]
    return result


def _counted(items: Sequence[Item]) -> dict[str, int]:
    """Count each item once: a failed item is not counted as changed, even if some of its VMs were."""
    outcomes = ["failed" if item.error else "changed" if item.changed else "done" for item in items]
    return {outcome: outcomes.count(outcome) for outcome in ("changed", "done", "failed")}


def _message(counts: Mapping[str, int], failed: Sequence[Item], verb: Verb, check_mode: bool) -> str:
    would = "would change" if check_mode else "changed"
    text = "{}: {changed} {would}, {done} already done, {failed} failed.".format(
        verb.name.capitalize(), would=would, **counts
    )
    for item in failed[:_NAMED_IN_MESSAGE]:
        advice = _advice(item.error or VcdaError(""))
        # Most messages name the replication already.
        text += f" {advice}" if item.label in advice else f" {item.label}: {advice}"
    if len(failed) > _NAMED_IN_MESSAGE:
        text += " And %s more: see the items with an error." % (len(failed) - _NAMED_IN_MESSAGE)
    return text


def _advice(error: VcdaError) -> str:
    """Return the message and the hint; a message of the service may lack the full stop."""
    end = "" if error.message.endswith((".", "!", "?", "...")) else "."
    return f"{error.message}{end} {error.hint}"


def _diff(item: Item) -> dict[str, Any]:
    def shown(replication: Replication | None) -> dict[str, Any]:
        summary = replication.summary() if replication else {}
        return {key: summary.get(key) for key in _DIFF_KEYS}

    return {
        "before_header": item.label,
        "after_header": item.label,
        "before": shown(item.before),
        "after": shown(item.after),
    }
