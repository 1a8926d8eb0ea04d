# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives the tests their sites and a running rulebook, and holds what they say to the contract."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures once the collection can be imported: pytest-ansible has made that possible by now."""
    config.pluginmanager.import_plugin("ansible_collections.opendr.vcda.tests.contract.watch")
    config.pluginmanager.import_plugin("ansible_collections.opendr.vcda.tests.simulator.serving")
    config.pluginmanager.import_plugin("ansible_collections.opendr.vcda.tests.events.fixtures")
