# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quality gates: their declarations, and the runner that must not take a failure for a success."""

from __future__ import annotations

import signal
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ansible_collections.opendr.vcda.tests.tools import gate_runner
from ansible_collections.opendr.vcda.tests.tools.ansible_test import pip_settings
from ansible_collections.opendr.vcda.tests.tools.gate_runner import count_tests, run_gate, run_gates
from ansible_collections.opendr.vcda.tests.tools.gates import Gate, load_gates, select
from ansible_collections.opendr.vcda.tests.tools.places import ROOT
from ansible_collections.opendr.vcda.tests.tools.pythons import find_python

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the reports of the real gates, and the signal handlers of pytest."""
    monkeypatch.setattr(gate_runner, "REPORTS", tmp_path)
    monkeypatch.setattr(gate_runner, "ROOT", tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def gate(command: str, name: str = "example", **fields: object) -> Gate:
    return Gate(name=name, part="lint", proves="an example", command=command, **fields)  # type: ignore[arg-type]


class TestDeclarations:
    def test_names_are_unique_and_every_part_is_a_make_target(self) -> None:
        gates = load_gates()
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        assert len({item.name for item in gates}) == len(gates)
        assert all(f"\n{item.part}: ##" in makefile for item in gates)

    def test_check_is_a_part_of_test(self) -> None:
        gates = load_gates()
        chosen = select(gates, "check", [])
        assert set(chosen) < set(select(gates, "test", []))
        assert {item.name for item in chosen} >= {"unit", "ruff", "mypy"}

    @pytest.mark.parametrize("action", ["run", "part"])
    def test_a_name_that_does_not_exist_is_refused(self, action: str) -> None:
        with pytest.raises(SystemExit, match="No such gate or part: nonsense"):
            select(load_gates(), action, ["nonsense"])

    def test_no_name_is_not_nothing_to_do(self) -> None:
        with pytest.raises(SystemExit, match="none named"):
            select(load_gates(), "run", [])


class TestCounting:
    @pytest.mark.parametrize(
        ("log", "code", "counted"),
        [
            ("== 3 passed in 0.12s ==", 0, (3, 0)),
            ("= 1 failed, 714 passed, 2 warnings in 68.47s (0:01:08) =", 1, (714, 1)),
            ("== 2 failed, 1 error in 3.00s ==", 1, (0, 3)),
            ("3 passed in 1.00s\n5 passed in 1.00s", 0, (8, 0)),
            ("== 3 passed in 0.12s ==\nand then coverage was too low", 1, (3, 1)),
            ("4 passed, 1 failed", 1, (4, 1)),
            ('Running sanity test "pep8"\nRunning sanity test "pylint"', 0, (2, 0)),
            ('Running sanity test "pep8"\nRunning sanity test "pylint"', 1, (1, 1)),
            ("Running session integration test role\nPLAY RECAP", 0, (1, 0)),
            ("nothing that counts", 0, (1, 0)),
            ("nothing that counts", 3, (0, 1)),
        ],
    )
    def test_tests_in_a_log(self, log: str, code: int, counted: tuple[int, int]) -> None:
        assert count_tests(log, code) == counted


class TestRunning:
    def test_the_exit_code_decides(self) -> None:
        assert run_gate(gate("true")).result == "passed"
        assert run_gate(gate("false")).result == "failed"

    def test_a_failure_in_the_middle_of_a_pipe_counts(self) -> None:
        assert run_gate(gate("false | cat")).result == "failed"

    def test_a_missing_program_is_a_failure(self) -> None:
        outcome = run_gate(gate("true", needs=("no-such-program",)))
        assert (outcome.result, outcome.failed) == ("failed", 1)
        assert "no-such-program" in outcome.remark

    def test_without_its_python_a_gate_is_left_out_and_says_so(self) -> None:
        outcome = run_gate(gate("true", pythons=("3.1",)))
        assert (outcome.result, outcome.passed, outcome.failed) == ("left out", 0, 0)
        assert "3.1" in outcome.remark

    def test_the_first_python_found_is_handed_over(self) -> None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        assert run_gate(gate(f'test "$GATE_PYTHON" = {version}', pythons=("3.1", version))).result == "passed"

    def test_a_gate_that_hangs_is_stopped(self) -> None:
        outcome = run_gate(gate("sleep 600", timeout=0.1))
        assert outcome.result == "failed"
        assert "stopped" in outcome.remark

    def test_no_appliance_of_the_user_is_within_reach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VCDA_PASSWORD", "production")
        assert run_gate(gate('test -z "${VCDA_PASSWORD:-}"')).result == "passed"

    def test_it_goes_on_after_a_failure_and_closes_with_the_count(self, capsys: pytest.CaptureFixture[str]) -> None:
        code = run_gates([gate("echo reason; false", "first"), gate("true", "second"), gate("true", "third")])
        printed = capsys.readouterr().out
        assert code == 1
        assert "reason" in printed
        assert printed.splitlines()[-1] == "2 passed, 1 failed"

    def test_all_passed_is_exit_code_0(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run_gates([gate("true")]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed"


class TestPythons:
    def test_a_shim_that_fails_is_no_python(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shim = tmp_path / "python3.13"
        shim.write_text("#!/bin/sh\necho 'pyenv: python3.13: command not found' >&2\nexit 127\n", encoding="utf-8")
        shim.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "none"))
        monkeypatch.setenv("HOME", str(tmp_path))
        assert find_python("3.13") is None

    def test_a_python_of_another_version_is_not_taken(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "python3.1").symlink_to(sys.executable)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert find_python("3.1") is None

    def test_the_real_program_is_found_from_a_virtual_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
        found = find_python(f"{sys.version_info.major}.{sys.version_info.minor}")
        assert found is not None
        assert str(found).startswith(sys.base_prefix)


def test_pip_settings_of_the_environment_win() -> None:
    listed = textwrap.dedent("""\
        :env:.timeout='20'
        global.index-url='https://index.example.com/simple'
        global.timeout='5'
        freeze.all='true'
        """)
    assert pip_settings(listed) == "index-url = https://index.example.com/simple\ntimeout = 20\n"
