# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions and the negotiation of the media type."""

from __future__ import annotations

import pytest

from ansible_collections.opendr.vcda.tests.simulator import versions
from ansible_collections.opendr.vcda.tests.simulator.errors import ApiError

VENDOR = "application/vnd.vmware.h4-v{}+json"


def test_parse_and_label() -> None:
    assert versions.parse("4.7") == (4, 7)
    assert versions.label((4, 0)) == "4"
    assert versions.label((3, 5)) == "3.5"
    with pytest.raises(ValueError, match=r"unknown API version '4\.8'"):
        versions.parse("4.8")


@pytest.mark.parametrize("accept", ["", "*/*", "application/*", "text/html, */*;q=0.1"])
def test_anything_gives_the_own_vendor_type(accept: str) -> None:
    assert versions.negotiate(accept, (4, 5)) == ((4, 5), f"{VENDOR.format('4.5')};charset=UTF-8")


def test_plain_json_is_answered_in_plain_json() -> None:
    assert versions.negotiate("application/json;charset=UTF-8", (4, 5)) == ((4, 5), versions.PLAIN)


@pytest.mark.parametrize(
    ("label", "version"), [("1", (1, 0)), ("3", (3, 0)), ("3.5", (3, 5)), ("4", (4, 0)), ("4.5", (4, 5))]
)
def test_older_vendor_types_are_echoed(label: str, version: versions.Version) -> None:
    accept = VENDOR.format(label)
    assert versions.negotiate(accept, (4, 5)) == (version, f"{accept};charset=UTF-8")


@pytest.mark.parametrize(
    "accept", [VENDOR.format("4.6"), VENDOR.format("4.0"), VENDOR.format("x"), "text/html", "application/json;q=0"]
)
def test_newer_and_malformed_types_are_refused(accept: str) -> None:
    with pytest.raises(ApiError) as caught:
        versions.negotiate(accept, (4, 5))
    assert caught.value.status == 406


def test_the_best_offer_wins() -> None:
    accept = f"application/json;q=0.5, {VENDOR.format('4.7')};q=0.9, {VENDOR.format('4.2')};q=0.8"
    assert versions.negotiate(accept, (4, 5))[0] == (4, 2)
    assert versions.negotiate("application/json;q=high, */*", (4, 5))[1] != versions.PLAIN
