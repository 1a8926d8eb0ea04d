# Copyright (c) 2026, opendr contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
"""Orderly end of a run on a signal, or when nobody waits for the result any more."""

from __future__ import annotations

import contextlib
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, TypeVar

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# Seconds between two checks whether anybody still waits for the result.
_LOOK = 0.2
# The functions that a signal must not interrupt, and the signals that arrived meanwhile.
_unbroken: set[CodeType] = set()
_held: list[int] = []
Function = TypeVar("Function", bound=Callable[..., Any])


class Interrupted(SystemExit):
    """Ends the run. It is raised in the main thread, so that open sessions are closed as the stack unwinds.

    :param number: the signal
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


@contextlib.contextmanager
def interruptible(is_abandoned: Callable[[], bool]) -> Iterator[None]:
    """End the enclosed work with ``Interrupted`` on SIGTERM, on SIGINT, and once it is abandoned.

    Without it, SIGTERM would end the process at once and leave a session open, and a process whose parent has ended
    would start operations that nobody waits for. Further signals are ignored until the work has ended.

    :param is_abandoned: tells whether nobody waits for the result any more; called from another thread
    """
    _held.clear()
    before = {number: signal.signal(number, _interrupt) for number in _SIGNALS}
    is_over = threading.Event()
    threading.Thread(target=_watch, args=(is_abandoned, is_over), daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
        for number, handler in before.items():
            signal.signal(number, handler)
        interrupt_now()


def unbroken(function: Function) -> Function:
    """Hold signals back while a function of the main thread runs; at its end it calls ``interrupt_now``.

    The function is recognized by its code, because a signal may arrive before its first line is executed.
    """
    _unbroken.add(function.__code__)
    return function


def interrupt_now() -> None:
    """End the work if a signal was held back.

    :raises Interrupted: if one was
    """
    if _held:
        raise Interrupted(_held.pop())


def leave_signals_to_main() -> None:
    """Block signals in this thread; every new thread calls it.

    Python handles signals only in the main thread, but the system may deliver one to any thread that does not block it.
    The main thread would then not wake up.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)


def nobody_reads_output() -> bool:
    """Tell whether the other end of standard output is closed: then nobody waits for the result of this module."""
    poll = select.poll()
    try:
        if sys.__stdout__ is None:
            return False
        poll.register(sys.__stdout__.fileno(), 0)
    except (OSError, ValueError):
        return False
    return any(event & (select.POLLERR | select.POLLHUP) for _descriptor, event in poll.poll(0))


def _interrupt(number: int, frame: FrameType | None) -> None:
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    while frame:
        if frame.f_code in _unbroken:
            _held.append(number)
            return
        frame = frame.f_back
    raise Interrupted(number)


def _watch(is_abandoned: Callable[[], bool], is_over: threading.Event) -> None:
    leave_signals_to_main()
    while not is_over.wait(_LOOK):
        if is_abandoned():
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)
            return
