# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control port, with which tests in other processes read and change the simulator: HTTP with JSON on loopback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from .faults import Fault
from .simulator import Simulator

Action = Callable[[Simulator, Any], Any]


def _state(simulator: Simulator, _body: Any) -> Any:
    return simulator.snapshot()


def _log(simulator: Simulator, _body: Any) -> Any:
    return [entry.to_dict() for entry in simulator.log]


def _clear_log(simulator: Simulator, _body: Any) -> Any:
    simulator.log.clear()
    return {}


def _counters(simulator: Simulator, _body: Any) -> Any:
    return simulator.counters()


def _settings(simulator: Simulator, _body: Any) -> Any:
    return simulator.settings.to_dict()


def _configure(simulator: Simulator, body: Any) -> Any:
    simulator.configure(**_object(body))
    return simulator.settings.to_dict()


def _faults(simulator: Simulator, _body: Any) -> Any:
    return [fault.to_dict() for fault in simulator.faults.all]


def _add_faults(simulator: Simulator, body: Any) -> Any:
    wanted = [Fault.from_dict(_object(item)) for item in (body if isinstance(body, list) else [body])]
    return [simulator.faults.add(fault).to_dict() for fault in wanted]


def _clear_faults(simulator: Simulator, _body: Any) -> Any:
    simulator.faults.clear()
    return {}


def _seed(simulator: Simulator, body: Any) -> Any:
    seeded = simulator.seed(**_object(body))
    return {"vm_ids": seeded.vm_ids, "vapp_ids": seeded.vapp_ids, "child_ids": seeded.child_ids}


def _advance(simulator: Simulator, body: Any) -> Any:
    simulator.advance(float(_object(body)["seconds"]))
    return {"now": simulator.clock.now_ms()}


def _finish(simulator: Simulator, _body: Any) -> Any:
    simulator.finish_tasks()
    return {"now": simulator.clock.now_ms()}


def _reset(simulator: Simulator, _body: Any) -> Any:
    simulator.reset()
    return {}


def _expire(simulator: Simulator, body: Any) -> Any:
    return {"expired": simulator.sessions.expire_all(_object(body).get("site", ""))}


def _policy(simulator: Simulator, body: Any) -> Any:
    return asdict(simulator.set_policy(**_object(body)))


def _workload(simulator: Simulator, body: Any) -> Any:
    return asdict(simulator.add_workload(**_object(body)))


def _recovery_plan(simulator: Simulator, body: Any) -> Any:
    return {"id": simulator.add_recovery_plan(**_object(body)).id}


def _approve(simulator: Simulator, body: Any) -> Any:
    simulator.approve_prompt(_object(body)["name"])
    return {}


ACTIONS: dict[tuple[str, str], Action] = {
    ("GET", "/state"): _state,
    ("GET", "/log"): _log,
    ("POST", "/log/clear"): _clear_log,
    ("GET", "/counters"): _counters,
    ("GET", "/settings"): _settings,
    ("POST", "/settings"): _configure,
    ("GET", "/faults"): _faults,
    ("POST", "/faults"): _add_faults,
    ("POST", "/faults/clear"): _clear_faults,
    ("POST", "/seed"): _seed,
    ("POST", "/advance"): _advance,
    ("POST", "/finish"): _finish,
    ("POST", "/reset"): _reset,
    ("POST", "/expire"): _expire,
    ("POST", "/policies"): _policy,
    ("POST", "/workloads"): _workload,
    ("POST", "/recovery-plans"): _recovery_plan,
    ("POST", "/recovery-plans/approve"): _approve,
}


def act(simulator: Simulator, method: str, path: str, body: Any) -> tuple[int, Any]:
    """Carry out a request to the control port.

    :returns: status and JSON document: 404 for an unknown path, 400 for a wrong body
    """
    action = ACTIONS.get((method, path))
    if action is None:
        known = ", ".join(" ".join(key) for key in ACTIONS)
        return 404, {"error": f"unknown: {method} {path}; known: {known}, GET /addresses, POST /stop"}
    try:
        with simulator.lock:
            return 200, action(simulator, body)
    except (KeyError, TypeError, ValueError) as error:
        return 400, {"error": f"{type(error).__name__}: {error}"}


def _object(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise TypeError("a JSON object is needed")
    return body
