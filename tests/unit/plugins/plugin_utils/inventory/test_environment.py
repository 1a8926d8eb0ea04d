# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blank variables are left out, and only for a while."""

from __future__ import annotations

import os
from contextlib import nullcontext

import pytest

from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.environment import without_blank_variables

VARIABLES = [option["env"] for option in connection_options().values() if "env" in option]


@pytest.mark.parametrize("blank", ["", " ", "\t"])
@pytest.mark.parametrize("error", [None, ValueError("of the file")])
def test_blank_variables_are_gone_only_for_a_while(
    monkeypatch: pytest.MonkeyPatch, blank: str, error: ValueError | None
) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, blank)
    monkeypatch.setenv("VCDA_PORT", "8443")
    monkeypatch.setenv("ANOTHER_VARIABLE", blank)
    monkeypatch.delenv("VCDA_USERNAME")
    before = dict(os.environ)
    seen: dict[str, str] = {}

    def read() -> None:
        seen.update(os.environ)
        if error:
            raise error

    with pytest.raises(ValueError, match="of the file") if error else nullcontext(), without_blank_variables():
        read()
    assert [name for name in VARIABLES if name in seen] == ["VCDA_PORT"]
    assert seen["ANOTHER_VARIABLE"] == blank
    assert dict(os.environ) == before
