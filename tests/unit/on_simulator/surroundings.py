# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases of every module, at sites with texts and gateways of any kind."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.opendr.vcda.tests.simulator.clock import ManualClock
from ansible_collections.opendr.vcda.tests.simulator.settings import Settings
from ansible_collections.opendr.vcda.tests.simulator.simulator import Simulator
from ansible_collections.opendr.vcda.tests.simulator.texts import Filling
from ansible_collections.opendr.vcda.tests.unit.plugins.test_return_values import CASES, CONNECTION, MODULES, Case, run

NAMES = sorted(path.stem for path in MODULES.glob("*.py"))
# Options that name what an answer has shown.
_NAMING = ("vm_names", "vapp_names", "active_site", "name", "vm_name", "confirm")


def cases_of(module: str) -> list[Case]:
    """Return two calls of a module that get as far as to ask for something; there is at least one for each module."""
    found = [case for case in CASES if case.module == module and not case.check_mode and "password" not in case.options]
    assert found, f"add cases of {module} to tests/unit/plugins/test_return_values.py"
    return found[:2]


def simulator(case: Case, **switches: Any) -> Simulator:
    """Return the sites of a case."""
    made = Simulator(Settings.from_dict(switches), ManualClock())
    made.seed(**case.seed)
    for plan in case.plans:
        made.add_recovery_plan(**plan)
    return made


def run_filled(case: Case, sites: Simulator) -> dict[str, Any]:
    """Run a module of which the user has given names as the service shows them."""
    filling = Filling(sites.settings.free_text)

    def shown(value: Any) -> Any:
        return [shown(item) for item in value] if isinstance(value, list) else filling.read(value)

    options = {name: shown(value) if name in _NAMING else value for name, value in case.options.items()}
    peers = copy.deepcopy(CONNECTION["extend_sites"])
    for peer in peers:
        peer["site"] = filling.read(peer["site"])
    return run(replace(case, options={"extend_sites": peers, **options}), sites)


def texts_in(value: Any, without_keys: re.Pattern[str] | None = None) -> Iterator[str]:
    """Return all texts of a JSON value, keys among them.

    :param without_keys: the keys that are left out
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if without_keys is None or not without_keys.match(str(key)):
                yield from texts_in(key)
            yield from texts_in(item, without_keys)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_in(item, without_keys)
