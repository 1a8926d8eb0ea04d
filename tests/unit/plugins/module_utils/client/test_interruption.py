# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A signal, and the loss of whoever wants the result, end the work by one exception."""

from __future__ import annotations

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.client.interruption import (
    Interrupted,
    interrupt_now,
    interruptible,
    leave_signals_to_main,
    nobody_reads_output,
    unbroken,
)

LONG = 60


def wanted() -> bool:
    return False


def interrupt(number: int) -> None:
    os.kill(os.getpid(), number)
    threading.Event().wait(LONG)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_work(number: signal.Signals) -> None:
    with pytest.raises(Interrupted) as caught, interruptible(wanted):
        interrupt(number)
    assert (caught.value.number, caught.value.code) == (number, 128 + number)


def test_an_interruption_is_no_error_that_might_be_handled() -> None:
    assert not issubclass(Interrupted, Exception)


def test_further_signals_do_not_disturb_the_way_out() -> None:
    left_in_order = []

    def work() -> None:
        try:
            interrupt(signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
            left_in_order.append(True)

    with pytest.raises(Interrupted), interruptible(wanted):
        work()
    assert left_in_order


def test_the_handlers_are_back_afterwards() -> None:
    before = (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT))
    with interruptible(wanted):
        assert signal.getsignal(signal.SIGTERM) != before[0]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    with pytest.raises(Interrupted), interruptible(wanted):
        interrupt(signal.SIGINT)
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_abandoned_work_ends() -> None:
    with pytest.raises(Interrupted), interruptible(lambda: True):
        threading.Event().wait(LONG)


def test_a_thread_can_leave_signals_to_the_main_one() -> None:
    with ThreadPoolExecutor(1, initializer=leave_signals_to_main) as threads:
        blocked = threads.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
    assert {signal.SIGTERM, signal.SIGINT} <= blocked
    assert not {signal.SIGTERM, signal.SIGINT} & signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_knows_when_nobody_reads_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as output:
        monkeypatch.setattr(sys, "__stdout__", output)
        assert not nobody_reads_output()
        os.close(reader)
        assert nobody_reads_output()


def test_a_file_is_always_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with (tmp_path / "output").open("w", encoding="utf-8") as output:
        monkeypatch.setattr(sys, "__stdout__", output)
        assert not nobody_reads_output()
    assert not nobody_reads_output()


def test_no_output_at_all_is_no_reason_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", None)
    assert not nobody_reads_output()


@unbroken
def end_in_order(done: list[str]) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    done.append("the end")
    interrupt_now()
    done.append("more work")


def test_what_is_unbroken_reaches_its_end_before_the_interruption() -> None:
    done: list[str] = []
    with pytest.raises(Interrupted) as caught, interruptible(wanted):
        end_in_order(done)
    assert (caught.value.number, done) == (signal.SIGTERM, ["the end"])


def test_nothing_is_held_where_nobody_asks_before_the_work_ends() -> None:
    @unbroken
    def keeps_silent() -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(Interrupted), interruptible(wanted):
        keeps_silent()
    with interruptible(wanted):
        interrupt_now()
