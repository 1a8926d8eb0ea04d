# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report as its readers get it: without anything else, escaped, and readable by machines."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.timeline import MAX_VMS, timeline
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    run,
    vm_id,
)

TEMPLATE = (Path(__file__).parents[5] / "roles" / "recovery" / "templates" / "report.html.j2").read_text(
    encoding="utf-8"
)
EVIL = "<script>alert(1)</script>\"'&"
VOID = ("meta", "br", "link", "img", "hr", "input")


class Page(HTMLParser):
    """A page, parsed: unbalanced elements fail."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def after(vms: list[dict[str, Any]], step: str, *items: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = FILTERS["merge"](
        vms, {"vm_replications": list(items)}, step, "site-2", asked=[entry["id"] for entry in items], **options
    )
    return result


def report(vms: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    built: dict[str, Any] = FILTERS["report"](run(vms, **changes))
    return built


def page(built: dict[str, Any]) -> Page:
    return Page(FILTERS["html"](built, TEMPLATE))


def failed_and_not() -> dict[str, Any]:
    vms = records(document(1, "db-1"), document(2, EVIL))
    failed = item(vm_id(2), "NOT_STARTED", error=error(message=EVIL, hint=EVIL))
    return report(after(vms, "failover", item(vm_id(1), "COMPLETE"), failed, called=1205.0), rto_target=3600)


def test_a_page_needs_nothing_else_and_does_nothing() -> None:
    shown = page(failed_and_not())
    assert {"script", "link", "img", "iframe", "object", "form"}.isdisjoint(tag for tag, _attributes in shown.elements)
    assert not [
        value for _tag, attributes in shown.elements for value in attributes.values() if value and "//" in value
    ]
    policies = [meta["content"] for meta in shown.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_whatever_the_site_says_is_text() -> None:
    shown = page(failed_and_not())
    assert not shown.all("script")
    assert shown.text.count("<script>alert(1)</script>") >= 4


def test_a_reader_without_eyes_finds_everything() -> None:
    shown = page(failed_and_not())
    assert shown.all("html") == [{"lang": "en"}]
    assert len(shown.all("h1")) == 1
    [picture] = [svg for svg in shown.all("svg") if svg.get("role") == "img"]
    named = {str(picture["aria-labelledby"]), str(picture["aria-describedby"])}
    assert named <= {str(attributes.get("id")) for _tag, attributes in shown.elements}
    assert all(cell.get("scope") in {"col", "row"} for cell in shown.all("th"))
    for section in shown.all("section"):
        assert section["aria-labelledby"] in [heading.get("id") for heading in shown.all("h2")]


def test_a_failed_run_says_what_failed_and_what_is_to_be_done() -> None:
    text = page(failed_and_not()).text
    assert "Failover to site-2" in text
    assert "Failures" in text
    assert "Still to be done" in text
    assert "not all VMs were recovered" in text
    assert "25 s" in text


@pytest.mark.parametrize("entry_point", ["main", "failover", "reverse", "cleanup", "failback", "readiness", "drill"])
@pytest.mark.parametrize("dry", [False, True])
def test_every_kind_of_report_has_a_page(entry_point: str, dry: bool) -> None:
    vms = after(records(document(1, "db-1")), "failover", item(vm_id(1), "COMPLETE"), dry=dry, called=1205.0)
    shown = page(report(vms, entry_point=entry_point, dry=dry))
    assert "db-1" in shown.text
    assert ("nothing was changed" in shown.text) is dry


def test_a_plan_has_the_columns_of_a_plan() -> None:
    check = {
        "id": vm_id(1),
        "latest_instance": {"age": 61},
        "rpo_violation": 7,
        "optimized_reverse": {"is_possible": True, "until": "2026-05-08T06:00:00Z", "seconds_left": 60},
        "peer": {"site": "site-1", "is_reachable": True},
        "concerns": [],
    }
    vms = FILTERS["checked"](records(document(1, "db-1")), {"vm_replications": [check]}, "unplanned")
    text = page(report(vms, entry_point="readiness", dry=True)).text
    assert "1 min 01 s" in text
    assert "7 min" in text
    assert "2026-05-08 06:00:00 UTC" in text
    assert "Outcome Steps Data age RPO violation Delta reverse until Now" in text


def test_a_page_says_what_was_verified_and_how() -> None:
    vms = after(records(document(1, "db-1"), document(2)), "failover", item(vm_id(1), "COMPLETE"), called=1205.0)
    check = {"ansible_loop_var": "it", "it": {"vm_name": "db-1", "host": "10.0.0.1", "port": 22}}
    vms = FILTERS["verified"](vms, [vm_id(1)], [check], started=10.0, ended=40.0)
    text = page(report(vms)).text
    assert "Running at site-2 1 of 2 1 verified" in text
    assert "10.0.0.1 port 22: answers" in text


def test_a_run_that_broke_off_has_a_page() -> None:
    shown = page(report([], failure={"message": "No login.", "hint": "Log in."}))
    assert "No login." in shown.text
    assert "Log in." in shown.text


def test_a_drill_says_that_production_was_left_alone_or_not() -> None:
    vms = FILTERS["compare"](records(document(1)), [document(1)])
    assert "Unchanged" in page(report(vms, entry_point="drill", deadline=60)).text
    vms = FILTERS["compare"](records(document(1)), [document(1, isPaused=True)])
    shown = page(report(vms, entry_point="drill"))
    assert "is_paused was False, is True" in shown.text
    assert "Not compared" in page(report(records(document(1)), entry_point="drill")).text


READINESS = {
    "id": "19700101T001000Z",
    "started": "1970-01-01T00:10:00Z",
    "outcome": "not_ready",
    "mode": "unplanned",
    "checks": ["paused", "clock", "health"],
    "vms": ["db-1", EVIL],
    "findings": [
        {
            "check": check,
            "code": "X",
            "effect": effect,
            "message": f"{EVIL} found.",
            "remedy": "Mend it.",
            "read_from": "GET /x",
            "vms": vms,
        }
        for check, effect, vms in (
            ("paused", "blocks", ["db-1"]),
            ("clock", "unknown", []),
            ("seed", "warns", ["db-1", EVIL]),
        )
    ],
}


@pytest.mark.parametrize("entry_point", ["main", "failover", "failback", "drill", "reverse", "readiness"])
def test_a_page_tells_what_readiness_answered_before(entry_point: str) -> None:
    vms = records(document(1, "db-1"), document(2, EVIL), document(3, "new-1"))
    shown = page(report(vms, readiness=[READINESS], entry_point=entry_point))
    is_own = entry_point == "readiness"
    assert ("Checked on 1970-01-01 00:10:00 UTC, 10 min before this run: not ready. 2 VMs" in shown.text) is not is_own
    assert f"paused blocks {EVIL} found. Mend it. Read from: GET /x db-1 clock cannot be told" in shown.text
    assert "GET /x all 2 Without a finding: health." in shown.text
    assert ("No readiness report tells of new-1." in shown.text) is not is_own
    assert not shown.all("script")


def test_a_page_says_that_nothing_was_checked_before() -> None:
    assert "No report of an earlier readiness check" in page(report(records(document(1)))).text
    assert "readiness check" not in page(report(records(document(1)), entry_point="cleanup")).text


class TestTimeline:
    """Where the bars stand."""

    def test_bars_stand_in_proportion(self) -> None:
        late = item(vm_id(2), "COMPLETE")
        late["task"] = dict(late["task"], started="1970-01-01T00:20:25Z", ended="1970-01-01T00:20:45Z")
        vms = after(records(document(1), document(2)), "failover", item(vm_id(1), "COMPLETE"), late, called=1200.0)
        picture = timeline(report(vms))
        assert picture
        first, second = picture["rows"]
        assert first["bars"][0] | {"title": ""} == {
            "step": "failover",
            "failed": False,
            "title": "",
            "x": 0.0,
            "width": 50.0,
        }
        assert (second["bars"][0]["x"], second["bars"][0]["width"]) == (50.0, 50.0)
        assert second["bars"][0]["title"] == "vm-2: fail over, 20 s to 40 s"
        assert second["y"] > first["y"]
        assert [tick["label"] for tick in picture["ticks"]] == ["0 s", "10 s", "20 s", "30 s", "40 s"]

    def test_nothing_timed_is_no_picture(self) -> None:
        assert timeline(report(records(document(1)))) is None

    def test_a_short_step_can_still_be_seen(self) -> None:
        short = item(vm_id(1), "COMPLETE")
        short["task"] = dict(short["task"], started="1970-01-01T00:20:05.000Z", ended="1970-01-01T00:20:05.001Z")
        vms = after(records(document(1), document(2)), "failover", short, item(vm_id(2), "COMPLETE"), called=1200.0)
        picture = timeline(report(vms))
        assert picture
        assert picture["rows"][0]["bars"][0]["width"] > 0

    def test_of_many_vms_the_failed_and_the_slowest_are_drawn(self) -> None:
        numbers = range(1, MAX_VMS + 41)
        items = [item(vm_id(number), "COMPLETE") for number in numbers]
        items[0]["error"] = error()
        for number, entry in zip(numbers, items, strict=True):
            entry["task"] = dict(entry["task"], ended=f"1970-01-01T00:{20 + number // 60:02d}:{number % 60:02d}Z")
        for entry in items:
            entry["task"]["started"] = "1970-01-01T00:20:00Z"
        vms = after(records(*(document(number) for number in numbers)), "failover", *items, called=1200.0)
        picture = timeline(report(vms))
        assert picture
        assert (picture["drawn"], picture["total"]) == (MAX_VMS, MAX_VMS + 40)
        drawn = [row["label"] for row in picture["rows"]]
        assert drawn[0] == "vm-1"
        assert drawn[1:] == [f"vm-{number}" for number in range(42, MAX_VMS + 41)]
        assert f"of {MAX_VMS + 40}" in page(report(vms)).text

    def test_waves_have_rows_of_their_own(self) -> None:
        waves = [{"name": "a", "vm_names": ["vm-1"]}, {"name": "b", "vm_names": ["vm-2"]}]
        vms = records(document(1), document(2), waves=waves)
        vms = after(vms, "failover", item(vm_id(1), "COMPLETE"), item(vm_id(2), "COMPLETE"), called=1200.0)
        run_waves = [{"name": name, "max_failures": 0} for name in ("a", "b")]
        picture = timeline(report(vms, waves=run_waves))
        assert picture
        assert [row["label"] for row in picture["rows"]] == ["Wave a", "vm-1", "Wave b", "vm-2"]
