# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of the options of a file before Ansible checks them."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.options import FILTERS, plain_options
from ansible_collections.opendr.vcda.tests.unit.fakes import Encrypted


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ({"password": Encrypted("a")}, {"password": "never a"}),
        ({"extend_sites": [{"password": Encrypted("a")}]}, {"extend_sites": [{"password": "never a"}]}),
        ({"filters": [Encrypted("a")], "kind": "vm"}, {"filters": ["may a"], "kind": "vm"}),
        ({"compose": {"b": Encrypted("a"), "c": "d"}}, {"compose": {"b": "may a", "c": "d"}}),
        ({"keyed_groups": [{"key": Encrypted("a")}]}, {"keyed_groups": [{"key": "may a"}]}),
    ],
)
def test_only_encrypted_expressions_may_be_evaluated(given: dict[str, Any], plain: dict[str, Any]) -> None:
    assert plain_options(given, "may {}".format, "never {}".format) == plain


@pytest.mark.parametrize("filters", [{"owner": True}, {"organizations": ["a", False]}])
def test_a_name_that_yaml_has_read_as_true_or_false_is_refused(filters: dict[str, Any]) -> None:
    assert set(filters) <= set(FILTERS)
    with pytest.raises(ValueError, match=r"service_filters\.\w+(\[1\])?: YAML reads words"):
        plain_options({"service_filters": filters}, str, str)


def test_flags_are_no_names() -> None:
    given = {"strict": True, "cache": False, "validate_certs": False, "service_filters": {"is_migration": False}}
    assert plain_options(given, str, str) == given
