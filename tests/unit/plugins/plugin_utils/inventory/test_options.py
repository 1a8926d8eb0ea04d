# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the inventory makes of its options and of the environment."""

from __future__ import annotations

import os
from contextlib import nullcontext
from typing import Any

import pytest
from ansible.errors import AnsibleParserError

from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.options import (
    connection_params,
    service_filters,
    without_blank_variables,
)

VARIABLES = [option["env"] for option in connection_options().values() if "env" in option]


@pytest.mark.parametrize("blank", ["", " ", "\t"])
@pytest.mark.parametrize("error", [None, AnsibleParserError("of the file")])
def test_blank_variables_are_gone_only_for_a_while(
    monkeypatch: pytest.MonkeyPatch, blank: str, error: AnsibleParserError | None
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

    with pytest.raises(AnsibleParserError) if error else nullcontext(), without_blank_variables():
        read()
    assert [name for name in VARIABLES if name in seen] == ["VCDA_PORT"]
    assert seen["ANOTHER_VARIABLE"] == blank
    assert dict(os.environ) == before


def test_connection_options_get_the_defaults_of_the_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCDA_HOSTNAME", "vcda.test")
    params = connection_params({"hostname": None, "port": "8443", "username": None})
    assert (params["hostname"], params["port"], params["validate_certs"]) == ("vcda.test", 8443, True)


@pytest.mark.parametrize(
    ("given", "named"),
    [({}, "hostname"), ({"hostname": "a.test", "port": "many"}, "port"), ({"hostname": "a.test", "pot": 1}, "pot")],
)
def test_connection_options_that_make_no_sense_are_refused(given: dict[str, Any], named: str) -> None:
    with pytest.raises(AnsibleParserError, match=named):
        connection_params(given)


def test_filters_of_the_service_are_those_of_the_module() -> None:
    found = service_filters({"health": "RED,GREEN", "is_migration": "no"})
    assert (found["health"], found["is_migration"], found["owner"]) == (["RED", "GREEN"], False, None)
    with pytest.raises(AnsibleParserError, match=r"service_filters: .*colour"):
        service_filters({"colour": "red"})
