# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of a benchmark that never took place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.opendr.vcda.tests.benchmark.measure import Cost
from ansible_collections.opendr.vcda.tests.benchmark.scenarios import LIST, Run, Way
from ansible_collections.opendr.vcda.tests.benchmark.targets import Figures

TASK_SECONDS = 10.0


def run(way: Way = LIST, count: int = 100, *, wall: float = 11.0, again: bool = False, **more: Any) -> Run:
    """Return a run; of its cost, processor time and memory can be set too."""
    cost = Cost(wall, more.pop("cpu", 1.0), more.pop("memory", 70.0), "")
    requests = more.pop("requests", {"POST /sessions": 1})
    latency_ms, logins = more.pop("latency_ms", 1.0), more.pop("logins", 1)
    return Run(way, count, latency_ms, again, cost, requests, logins, more.pop("simulator_cpu", 0.0))


def figures(*runs: Run, baseline: Way = LIST, least: Mapping[float, float] | None = None) -> Figures:
    """Return the figures of some runs, of which a task takes 10 s at the service."""
    return Figures(runs, TASK_SECONDS, baseline, least)
