# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports as data and text; each is held against the published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, ClassVar

import jsonschema  # type: ignore[import-untyped]
import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.report_text import (
    MAX_ROWS,
    duration,
    grouped_to_do,
    note_on_clocks,
)
from ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.recovery.builders import (
    FILTERS,
    document,
    error,
    item,
    records,
    run,
    select,
    settings,
    vm_id,
)

ROLE = Path(__file__).parents[5] / "roles" / "recovery"
SCHEMA = json.loads((ROLE / "files" / "report.schema.json").read_text(encoding="utf-8"))


def report(vms: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    """Build a report and hold it against the published schema."""
    built: dict[str, Any] = FILTERS["report"](run(vms, **changes))
    jsonschema.validate(json.loads(json.dumps(built)), SCHEMA)
    return built


def after(vms: list[dict[str, Any]], step: str, *items: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = FILTERS["merge"](
        vms, {"vm_replications": list(items)}, step, "site-2", asked=[entry["id"] for entry in items], **options
    )
    return result


def failed_over(number: int = 1, begin: int = 5, end: int = 25, **changes: Any) -> dict[str, Any]:
    """The item of a failover whose task ran between these seconds after 1200 s, by the clock of the service."""
    task = {
        "id": f"task-{number}",
        "started": f"1970-01-01T00:20:{begin:02d}Z",
        "ended": f"1970-01-01T00:20:{end:02d}Z",
        "warnings": [],
    }
    return item(vm_id(number), "COMPLETE", task=task, **changes)


def test_the_recovery_time_counts_from_the_beginning_of_the_run() -> None:
    vms = after(records(document(1), document(2)), "failover", failed_over(1), failed_over(2, end=40), called=1202.0)
    built = report(vms, rto_target=41)
    # The first task began when its module was called, 2 s into the run.
    assert [vm["recovery_seconds"] for vm in built["vms"]] == [22.0, 37.0]
    assert built["recovery_time"] == {"seconds": 37.0, "complete": True, "target_seconds": 41, "target_met": True}
    assert report(vms, rto_target=30)["recovery_time"]["target_met"] is False
    assert [vm["recovery_target_met"] for vm in report(vms, rto_target=30)["vms"]] == [True, False]


def test_clocks_that_differ_do_not_distort_the_recovery_time() -> None:
    vms = after(records(document(1)), "failover", failed_over(), called=5_002.0)
    assert report(vms, started=5_000.0, ended=5_040.0)["vms"][0]["recovery_seconds"] == 22.0


def test_a_task_of_an_earlier_run_counts_from_its_own_beginning() -> None:
    vms = records(document(1), document(2, state="IN_PROGRESS"))
    vms = after(vms, "failover", failed_over(1, begin=20, end=40), failed_over(2, begin=1, end=21), called=1200.0)
    assert [vm["recovery_seconds"] for vm in report(vms)["vms"]] == [39.0, 20.0]


def test_the_verification_is_part_of_the_recovery_time() -> None:
    vms = after(records(document(1, "db")), "failover", failed_over(), called=1200.0)
    vms = FILTERS["verified"](vms, [vm_id(1)], [], by_hook=True, started=100.0, ended=107.0)
    [vm] = report(vms)["vms"]
    assert vm["recovery_seconds"] == 27.0
    assert [(step["begin_seconds"], step["end_seconds"]) for step in vm["steps"]] == [(0.0, 20.0), (20.0, 27.0)]


def test_a_vm_that_failed_or_was_there_already_has_no_recovery_time() -> None:
    vms = records(document(1), document(2, state="COMPLETE"))
    vms = after(vms, "failover", failed_over(1, error=error()), item(vm_id(2), "COMPLETE", changed=False, task=None))
    built = report(vms, rto_target=60)
    assert [vm["recovery_seconds"] for vm in built["vms"]] == [None, None]
    assert built["recovery_time"] == {"seconds": None, "complete": False, "target_seconds": 60, "target_met": None}


def test_a_target_is_not_met_while_a_vm_is_missing() -> None:
    missing = item(vm_id(2), "NOT_STARTED", error=error())
    vms = after(records(document(1), document(2)), "failover", failed_over(1), missing)
    assert report(vms, rto_target=600)["recovery_time"]["target_met"] is False


def test_the_age_of_the_data_is_held_against_the_objective() -> None:
    vms = records(document(1, instance_ms=900_000), document(2, instance_ms=200_000))
    vms = after(vms, "failover", failed_over(1), failed_over(2))
    built = report(vms)
    assert [vm["data_age_seconds"] for vm in built["vms"]] == [305.0, 1005.0]
    assert [vm["rpo_seconds"] for vm in built["vms"]] == [900, 900]
    assert built["data_age"] == {"oldest_seconds": 1005.0, "rpo_exceeded": ["vm-2"], "rpo_met": False}


def test_what_was_not_recovered_has_no_age() -> None:
    vms = after(records(document(1), document(2)), "failover", failed_over(1), failed_over(2, error=error()))
    assert [vm["data_age_seconds"] for vm in report(vms)["vms"]] == [305.0, None]


def test_the_age_is_unknown_after_a_choice_of_instance_and_after_a_migration() -> None:
    vms = after(records(document(1)), "failover", failed_over())
    chosen = [{"name": "all", "max_failures": 0, "instance_before": "1970-01-01T00:00:00Z"}]
    assert report(vms, waves=chosen)["vms"][0]["data_age_seconds"] is None
    vms = after(records(document(1)), "migrate", failed_over())
    assert report(vms)["data_age"] == {"oldest_seconds": None, "rpo_exceeded": [], "rpo_met": None}


@pytest.mark.parametrize(
    ("vms", "changes", "outcome"),
    [
        (after(records(document(1)), "failover", failed_over()), {}, "succeeded"),
        (after(records(document(1)), "failover", failed_over(), dry=True), {"dry": True}, "predicted"),
        (records(document(1)), {}, "unchanged"),
        (after(records(document(1)), "failover", failed_over(error=error())), {}, "failed"),
        ([], {"failure": {"message": "No login.", "hint": "Log in."}}, "failed"),
        (records(document(1)), {"entry_point": "readiness", "dry": True}, "ready"),
        (
            after(records(document(1)), "failover", failed_over(error=error())),
            {"entry_point": "readiness", "dry": True},
            "not_ready",
        ),
    ],
)
def test_the_run_has_one_outcome(vms: list[dict[str, Any]], changes: dict[str, Any], outcome: str) -> None:
    assert report(vms, **changes)["outcome"] == outcome


def test_a_vm_that_runs_there_is_back_though_its_reverse_failed() -> None:
    vms = after(records(document(1)), "failover", failed_over(), called=1200.0)
    vms = after(vms, "reverse", item(vm_id(1), "COMPLETE", task=None, error=error()), called=1230.0)
    built = report(vms, rto_target=60)
    assert built["recovery_time"] == {"seconds": 20.0, "complete": True, "target_seconds": 60, "target_met": True}
    assert built["outcome"] == "failed"


def test_a_vm_that_did_not_pass_its_verification_is_not_back() -> None:
    vms = after(records(document(1)), "failover", failed_over())
    vms = FILTERS["verified"](vms, [vm_id(1)], [], by_hook=True, hook_error="No.")
    [vm] = report(vms)["vms"]
    assert (vm["is_back"], vm["verified"], vm["recovery_seconds"]) == (False, False, None)


class TestPlan:
    """What the check adds to a predicted run."""

    ITEM: ClassVar[dict[str, Any]] = {
        "id": vm_id(1),
        "latest_instance": {"age": 61},
        "rpo_violation": 0,
        "optimized_reverse": {"is_possible": False, "until": None, "seconds_left": 0},
        "peer": {"site": "site-1", "is_reachable": True},
        "concerns": [],
    }
    CONCERN: ClassVar[dict[str, str]] = {"code": "RPO_VIOLATION", "message": "20 minutes late.", "remedy": "Sync."}

    def plan(self, *, mode: str = "unplanned", done: bool = False, **changes: Any) -> dict[str, Any]:
        state = {"source": "site-2", "destination": "site-1"} if done else {}
        vms = records(document(1, "db", **state))
        if not done:
            vms = after(vms, "failover", item(vm_id(1), "COMPLETE", task=None), dry=True, wave="all")
            vms = after(vms, "reverse", dry=True)
        vms = FILTERS["checked"](vms, {"vm_replications": [self.ITEM | changes]}, mode)
        return report(vms, entry_point="readiness", dry=True, mode=mode)

    def test_what_is_ready_is_shown_with_its_figures(self) -> None:
        built = self.plan()
        assert built["outcome"] == "ready"
        assert built["vms"][0]["check"]["instance_age_seconds"] == 61
        assert " ".join(FILTERS["table"](built)[2].split()) == "db all yes fail over, reverse 1 min 01 s"

    def test_a_concern_makes_a_vm_not_ready(self) -> None:
        built = self.plan(concerns=[self.CONCERN], rpo_violation=20)
        assert built["outcome"] == "not_ready"
        assert (built["failures"][0]["code"], built["failures"][0]["hint"]) == ("RPO_VIOLATION", "Sync.")
        assert "db: 20 minutes late. Sync." in FILTERS["table"](built)

    def test_a_concern_about_a_vm_with_nothing_to_do_is_only_mentioned(self) -> None:
        built = self.plan(done=True, concerns=[self.CONCERN])
        assert built["outcome"] == "ready"
        assert built["to_do"] == [{"name": "db", "label": "db", "what": "20 minutes late."}]

    def test_a_planned_recovery_needs_the_other_site_and_an_unplanned_one_only_for_the_reverse(self) -> None:
        peer = {"site": "site-1", "is_reachable": False}
        assert self.plan(mode="planned", peer=peer)["failures"][0]["code"] == "PEER_UNREACHABLE"
        built = self.plan(peer=peer)
        assert built["outcome"] == "ready"
        assert "reverse needs site site-1" in built["to_do"][0]["what"]

    def test_a_check_that_says_nothing_is_a_failure(self) -> None:
        vms = FILTERS["checked"](records(document(1)), {"msg": "No.", "error": error("UNREACHABLE")}, "planned")
        assert vms[0]["error"]["code"] == "UNREACHABLE"
        vms = FILTERS["checked"](records(document(1)), {}, "planned")
        assert vms[0]["error"]["code"] == "NOT_CHECKED"


def test_a_failure_of_the_run_itself_stands_first() -> None:
    vms = after(records(document(1)), "failover", failed_over(error=error()))
    failure = {"message": "It broke off.", "hint": "", "code": None, "http_status": 401, "retriable": False}
    failures = report(vms, failure=failure)["failures"]
    assert [failure["name"] for failure in failures] == ["", "vm-1"]
    assert failures[0]["message"] == "It broke off."
    assert failures[0]["hint"]


WAVES = [{"name": "data", "vm_names": ["vm-1", "vm-2"]}, {"name": "web", "vm_names": ["vm-3"]}]
RUN_WAVES = [{"name": "data", "max_failures": 0}, {"name": "web", "max_failures": 0}]


def halted() -> list[dict[str, Any]]:
    vms = records(document(1), document(2), document(3), waves=WAVES)
    vms = after(vms, "failover", failed_over(1), failed_over(2, error=error()), called=1200.0)
    result: list[dict[str, Any]] = FILTERS["refuse"](
        vms, wave="web", code="WAVE_NOT_STARTED", message="Not started.", hint="Mend data."
    )
    return result


def test_waves_show_when_and_how_they_went() -> None:
    data, web = report(halted(), waves=RUN_WAVES, halted={"web": "data"})["waves"]
    assert (data["outcome"], data["total"], data["failed"], data["halted"]) == ("failed", 2, 1, ["web"])
    assert (data["begin_seconds"], data["end_seconds"]) == (0.0, 20.0)
    assert (web["outcome"], web["failed"], web["begin_seconds"]) == ("not_started", 0, None)


def test_the_last_wave_halts_nothing() -> None:
    vms = after(records(document(1)), "failover", failed_over(error=error()))
    [wave] = report(vms)["waves"]
    assert (wave["outcome"], wave["halted"]) == ("failed", [])


def test_a_run_that_broke_off_claims_nothing_of_vms_it_did_not_come_to() -> None:
    vms = records(document(1), document(2, source="site-2", destination="site-1"))
    built = report(vms, failure={"message": "It broke off."})
    assert [vm["outcome"] for vm in built["vms"]] == ["not_started", "unchanged"]


def test_the_sites_that_workloads_come_from_do_not_depend_on_how_far_they_are() -> None:
    states = (document(1), document(2, state="COMPLETE"), document(3, source="site-2", destination="site-1"))
    assert report(records(*states))["run"]["from_sites"] == ["site-1"]


def test_numbers_add_up() -> None:
    summary = report(halted(), waves=RUN_WAVES, halted={"web": "data"})["summary"]
    assert summary == {
        "total": 3,
        "changed": 1,
        "predicted": 0,
        "unchanged": 0,
        "failed": 1,
        "not_verified": 0,
        "running": 0,
        "hook_failed": 0,
        "not_started": 1,
        "protected": 0,
        "failures": 2,
    }


def test_what_is_still_to_be_done_is_said() -> None:
    vms = after(
        records(document(1), document(2, state="COMPLETE", overallHealth="RED"), document(3)),
        "failover",
        failed_over(1),
        item(vm_id(3), "NOT_STARTED", error=error()),
    )
    to_do = report(vms)["to_do"]
    assert [entry["name"] for entry in to_do] == ["vm-1", "vm-2", "vm-2", "vm-3"]
    assert "reverse" in to_do[0]["what"]
    assert "RED" in to_do[2]["what"]
    assert to_do[3]["what"] == "Mend it."


def test_checks_for_nobody_are_said() -> None:
    [entry] = report(records(document(1)), checked_nobody=["db-9"])["to_do"]
    assert entry["name"] == "db-9"
    assert "nothing was verified" in entry["what"]


def test_a_protection_that_is_not_complete_yet_is_said() -> None:
    home = {"source": "site-2", "destination": "site-1"}
    vms = records(document(1, dataConnectionState="INITIAL_SYNCING", **home), document(2, **home))
    [entry] = report(vms)["to_do"]
    assert entry["name"] == "vm-1"
    assert "initial_syncing" in entry["what"]


def test_a_vm_that_was_not_found_is_in_the_report() -> None:
    [missing] = select([document(1)], settings(vm_names=["gone"]))["vms"]
    built = report([missing])
    [vm] = built["vms"]
    assert (vm["name"], vm["id"], vm["outcome"], vm["protected"]) == ("gone", None, "failed", False)
    assert built["to_do"] == [{"name": "gone", "label": "gone", "what": missing["error"]["hint"]}]
    assert FILTERS["table"](built)[2].split() == ["gone", "all", "failed"]


def test_a_drill_shows_that_production_was_left_alone() -> None:
    vms = FILTERS["compare"](records(document(1), document(2)), [document(1), document(2)])
    shown = report(vms, entry_point="drill", mode="test", deadline=60)["drill"]
    assert shown == {
        "untouched": True,
        "compared": 2,
        "left_behind": [],
        "held": [],
        "held_until": None,
        "deadline_seconds": 60,
        "deadline_met": True,
    }
    vms = FILTERS["compare"](records(document(1), document(2)), [document(1), document(2, state="TEST")])
    shown = report(vms, entry_point="drill", mode="test", deadline=10)["drill"]
    assert (shown["untouched"], shown["left_behind"], shown["deadline_met"]) == (False, ["vm-2"], False)


def test_a_drill_that_compared_nothing_claims_nothing() -> None:
    built = report(records(document(1)), entry_point="drill", failure={"message": "No login."})
    assert built["drill"]["untouched"] is False
    assert FILTERS["table"](built)[-1] == "Production replications: not compared"


class TestText:
    def test_the_table_has_a_line_for_each_vm_and_a_summary(self) -> None:
        vms = after(
            records(document(1, "db"), document(2, "web", source="site-2", destination="site-1")),
            "failover",
            failed_over(1),
        )
        lines = FILTERS["table"](report(vms, rto_target=60))
        assert lines[0].split() == [
            "VM",
            "wave",
            "outcome",
            "steps",
            "runs",
            "at",
            "replicates",
            "to",
            "recovery",
            "time",
        ]
        assert lines[2].split() == ["db", "all", "done", "fail", "over", "site-2", "25", "s"]
        assert lines[3].split() == ["web", "all", "nothing", "to", "do", "site-2", "site-1"]
        assert lines[4] == "Failover to site-2: done (2 VMs: 1 failed over, 1 unchanged)"
        assert lines[5] == "Recovery time: 25 s; target 1 min: met"
        assert lines[6].startswith("To do for db: Runs at site-2 without protection")
        assert len(lines) == 7

    def test_a_target_that_some_vms_miss_is_missed(self) -> None:
        built = report(halted(), waves=RUN_WAVES, halted={"web": "data"}, rto_target=60)
        line = "Recovery time: 20 s (2 of 3 VMs recovered); target 1 min: missed"
        assert line in FILTERS["table"](built)

    def test_what_is_to_be_done_is_said_once_for_all_that_it_is_for(self) -> None:
        states = [document(number, state="COMPLETE") for number in range(1, 24)]
        vms = after(records(*states, document(24)), "failover", item(vm_id(24), "NOT_STARTED", error=error()))
        built = report(vms, failure={"message": "It broke off.", "hint": "Run again."})
        first, second, third = grouped_to_do(built)
        assert (first["what"], first["names"]) == ("Run again.", [])
        assert (second["what"], second["names"], second["more"]) == ("Mend it.", ["vm-24"], 0)
        assert (len(third["names"]), third["more"]) == (20, 3)
        assert grouped_to_do(built, failures=False) == [third]
        assert FILTERS["table"](built)[-1].startswith("To do for vm-1, vm-2,")
        assert "and 3 more: Runs at site-2" in FILTERS["table"](built)[-1]

    def test_a_screen_has_room_for_some_and_the_failed_ones_come_first(self) -> None:
        vms = records(*(document(number) for number in range(1, MAX_ROWS + 11)))
        vms = after(vms, "failover", item(vm_id(MAX_ROWS + 10), "NOT_STARTED", error=error()))
        lines = FILTERS["table"](report(vms))
        assert len([line for line in lines if line.startswith("vm-")]) == MAX_ROWS
        assert lines[-3].startswith(f"vm-{MAX_ROWS + 10} ")
        assert lines[-2] == "... and 10 more, which the report lists"

    def test_a_run_without_vms_has_a_summary_only(self) -> None:
        lines = FILTERS["table"](report([], failure={"message": "No.", "hint": "Yes."}))
        assert lines == ["Failover to site-2: failed (no VM)"]

    def test_the_message_names_every_failed_vm_with_what_to_do(self) -> None:
        text = FILTERS["message"](report(halted(), waves=RUN_WAVES, halted={"web": "data"}))
        assert text.splitlines() == [
            "Failover to site-2: failed (3 VMs: 1 failed over, 1 failed, 1 not started)",
            f"* vm-2 ({vm_id(2)}): It broke. What to do: Mend it.",
            f"* vm-3 ({vm_id(3)}): Not started. What to do: Mend data.",
        ]

    def test_the_message_says_once_what_is_the_same_for_several_vms(self) -> None:
        vms = FILTERS["refuse"](records(document(1), document(2)), wave="all", code="X", message="No.", hint="Later.")
        assert FILTERS["message"](report(vms)).splitlines()[1:] == [
            f"* vm-1 ({vm_id(1)}), vm-2 ({vm_id(2)}): No. What to do: Later."
        ]

    def test_what_is_handed_on_is_small_and_plain(self) -> None:
        built = report(halted(), waves=RUN_WAVES, halted={"web": "data"})
        assert FILTERS["stats"](built) == {
            "outcome": "failed",
            "active_site": "site-2",
            "total": 3,
            "changed": 2,
            "failed": 2,
            "vm_replication_ids": [vm_id(1), vm_id(2), vm_id(3)],
            "failed_vm_replication_ids": [vm_id(2), vm_id(3)],
            "recovery_seconds": 20.0,
            "recovery_target_met": None,
        }

    @pytest.mark.parametrize("text", ["{{ lookup('pipe', 'id') }}", "{% raw %}", "C4-{{ 1 }}", "\x1b[2J", "\u202e"])
    def test_nothing_that_others_write_is_handed_on(self, text: str) -> None:
        built = report(records(document(1, text), document(2)))
        built["vms"][0].update(id=text, label=text, error={"message": text})
        handed_on = FILTERS["stats"](built)
        assert text not in str(handed_on)
        assert handed_on["failed"] == 1
        assert handed_on["vm_replication_ids"] == [vm_id(2)]

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (None, ""),
            (0, "0 s"),
            (59.4, "59 s"),
            (60, "1 min"),
            (61, "1 min 01 s"),
            (3_725, "1 h 02 min"),
            (90_000, "1 d 01 h"),
        ],
    )
    def test_durations_are_written_as_people_do(self, seconds: float | None, text: str) -> None:
        assert duration(seconds) == text


class TestClocks:
    """The run is timed by the controller, its steps by the service; where they do not fit, the report says why."""

    @pytest.mark.parametrize(
        ("decision", "seconds", "reason"),
        [
            ("act", 1.0, "measured by the clock of the service"),
            ("attach", 1.0, "counts from the start of an operation that was already running"),
            ("act", 24.5, ""),
            ("act", 600.0, ""),
        ],
    )
    def test_a_recovery_that_took_longer_than_its_run_is_explained(
        self, decision: str, seconds: float, reason: str
    ) -> None:
        done = dict(failed_over(1), decision=decision)
        built = report(after(records(document(1)), "failover", done), ended=1_200.0 + seconds)
        note = note_on_clocks(built)
        assert reason in note
        assert bool(note) is bool(reason)
        assert [line for line in FILTERS["table"](built) if "longer than the run" in line] == [note] * bool(reason)

    def test_a_run_that_recovered_nothing_has_nothing_to_explain(self) -> None:
        assert note_on_clocks(report(records(document(1)))) == ""


class TestWords:
    @pytest.mark.parametrize(
        ("entry_point", "mode", "line"),
        [
            ("main", "unplanned", "Failover to site-2 and reverse: done (1 of 1 VM changed)"),
            ("main", "planned", "Migration to site-2 and reverse: done (1 of 1 VM changed)"),
            ("failover", "unplanned", "Failover to site-2: done (1 of 1 VM failed over)"),
            ("failover", "planned", "Migration to site-2: done (1 of 1 VM migrated)"),
            ("reverse", "", "Reverse of the workloads at site-2: done (1 of 1 VM reversed)"),
            ("cleanup", "", "Cleanup of tests at site-2: done (1 of 1 VM cleaned up)"),
            ("failback", "planned", "Failback to site-2: done (1 of 1 VM failed back)"),
            ("drill", "test", "Drill of a failover to site-2: done (1 of 1 VM tested)"),
        ],
    )
    def test_the_summary_names_the_operation(self, entry_point: str, mode: str, line: str) -> None:
        built = report(after(records(document(1)), "failover", failed_over(1)), entry_point=entry_point, mode=mode)
        assert line in FILTERS["table"](built)

    @pytest.mark.parametrize("dry", [False, True])
    def test_a_drill_that_only_cleans_up_has_tested_nothing(self, dry: bool) -> None:
        cleaned = item(vm_id(1), "NOT_STARTED", changed=True)
        built = report(
            after(records(document(1, state="TEST")), "cleanup", cleaned), entry_point="drill", mode="test", dry=dry
        )
        assert any("1 of 1 VM" in line and "cleaned up" in line for line in FILTERS["table"](built))

    def test_in_check_mode_the_summary_says_what_would_be_done(self) -> None:
        vms = after(records(document(1), document(2)), "failover", failed_over(1), failed_over(2), dry=True)
        assert "Check mode: failover to site-2: 2 of 2 VMs would be failed over" in FILTERS["table"](
            report(vms, dry=True)
        )

    @pytest.mark.parametrize(("mode", "verb"), [("unplanned", "failover"), ("planned", "migration")])
    def test_readiness_counts_those_that_are_ready(self, mode: str, verb: str) -> None:
        broken = item(vm_id(2), "NOT_STARTED", error=error())
        vms = after(records(document(1), document(2)), "failover", failed_over(1), broken, dry=True)
        built = report(vms, entry_point="readiness", mode=mode, dry=True)
        assert f"Readiness for a {verb} to site-2: not ready (1 of 2 VMs ready)" in FILTERS["table"](built)


@pytest.mark.parametrize(
    ("is_extended", "is_reachable", "is_reversed", "is_ready"),
    [(False, True, True, False), (True, True, True, True), (False, False, True, True), (False, True, False, True)],
)
def test_a_reverse_without_a_login_at_the_other_site_is_not_ready(
    is_extended: bool, is_reachable: bool, is_reversed: bool, is_ready: bool
) -> None:
    [record] = records(document(1))
    record.update(changed=True, steps=[{"step": "reverse" if is_reversed else "failover", "changed": True}])
    peer = {"site": "site-1", "is_reachable": is_reachable, "is_session_extended": is_extended}
    found = {"vm_replications": [{"id": vm_id(1), "concerns": [], "peer": peer}]}
    [after] = FILTERS["checked"]([record], found, "unplanned")
    assert (after["error"] is None) is is_ready
    assert is_ready or "extend_sites" in after["error"]["hint"]
