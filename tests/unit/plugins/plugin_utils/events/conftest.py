# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gives the tests of events their fixtures."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the fixtures once the collection can be imported."""
    name = "ansible_collections.opendr.vcda.tests.unit.plugins.plugin_utils.events.fixtures"
    config.pluginmanager.import_plugin(name)
