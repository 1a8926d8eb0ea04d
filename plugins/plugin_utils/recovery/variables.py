# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the variables of the role from surveys, files and command lines: a blank variable is not set."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ansible_collections.opendr.vcda.plugins.module_utils.modules.yaml_words import misread
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.waves import RecoveryInputError

# The options of an entry point in meta/argument_specs.yml, by name.
Options = Mapping[str, Mapping[str, Any]]

# The texts that a template produces for a missing value, which a survey may pass on.
_MISSING = ("none", "null")
# A file or a command that gives the name of a site ends with a line end; no site has such a name.
_SITES = ("recovery_active_site", "recovery_peer_site")
# How the names of variables and options end that may hold a secret.
_MAY_HOLD_SECRETS = ("_connection", "_checks", "_options", "password", "token", "cookie", "extend_sites")
# What a message about a template says of the names in it, in all versions of ansible-core.
_REASON = re.compile(
    r"'[A-Za-z_]\w*' is undefined"
    r"|(?:'[\w ]+'|object of type '\w+') has no attribute '[A-Za-z_]\w*'"
    r"|[Nn]o filter named '[\w.]+'"
    r'|Could not load "[\w.]+"'
)


def read(options: Options, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables, with defaults for those that are blank: null, or text of blanks only.

    :param options: of the entry point
    :param given: the variables of a host; those that are not options are ignored
    :returns: the value of each option, without required ones that are not set; types are not checked
    :raises RecoveryInputError: if a value is the text ``None`` or ``null``, an item of a list is blank, or a text is
        wanted where YAML has read a word such as ``yes``
    """
    found = {name: _value(name, option, given.get(name)) for name, option in options.items()}
    problem = misread(options, found)
    if problem:
        raise RecoveryInputError(problem)
    return {**defaults(options), **{name: value for name, value in found.items() if value is not None}}


def defaults(options: Options) -> dict[str, Any]:
    """Return the default values of the options.

    :param options: of the entry point
    """
    return {name: deepcopy(option["default"]) for name, option in options.items() if "default" in option}


def is_blank(value: Any) -> bool:
    """Tell whether a value is blank: null, which a survey sends for an unanswered question, or text of blanks only."""
    return value is None or (isinstance(value, str) and not value.strip())


def usable_text(value: Any) -> str:
    """Return a text without surrounding blanks; empty if the value is not text or stands for a missing value.

    :param value: of a variable that may be invalid
    """
    text = value.strip() if isinstance(value, str) else ""
    return "" if text.lower() in _MISSING else text


def problem_of_template(name: str, message: str) -> str:
    """Return why a variable, or an option of the inventory, cannot be evaluated, without its text.

    Before ansible-core 2.19 the message quotes all that a dictionary holds, such as the password of a connection.

    :param name: of the variable
    :param message: of the error of Ansible
    """
    reasons = _REASON.findall(message)
    if reasons:
        return f"{name}: {reasons[-1]}"
    if name.endswith(_MAY_HOLD_SECRETS):
        return f"{name}: it holds a template with an error. A text with braces that is no template needs !unsafe"
    return f"{name}: {message.partition('. String: ')[0]}"


def _value(name: str, option: Mapping[str, Any], value: Any) -> Any:
    """Return the value of an option; None if it is not set."""
    if is_blank(value):
        return None
    kind = option.get("type")
    if isinstance(value, str):
        text = value.strip()
        if text.lower() in _MISSING:
            raise RecoveryInputError(
                f"{name}: the text {text!r} stands for a missing value; set a value, or leave the variable blank."
            )
        if kind in ("list", "dict") and text in ("[]", "{}"):
            return None
        if name in _SITES:
            return text
        if kind == "list" and option.get("elements") == "dict":
            value = _from_json(value)
    if kind == "list" and isinstance(value, list):
        return [_item(f"{name}[{number}]", option, item) for number, item in enumerate(value)]
    if kind == "dict" and isinstance(value, Mapping):
        return {key: item for key, item in value.items() if not is_blank(item)}
    return value


def _item(name: str, option: Mapping[str, Any], item: Any) -> Any:
    if is_blank(item):
        raise RecoveryInputError(f"{name}: the item of the list is blank. A name such as null or ~ needs quotes.")
    if not isinstance(item, Mapping):
        return item
    options = option.get("options") or {}
    values = {key: _value(f"{name}.{key}", options.get(key) or {}, one) for key, one in item.items()}
    return {key: value for key, value in values.items() if value is not None}


def _from_json(text: str) -> Any:
    """Parse a list that a survey or command line gives as JSON text; return the text if it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return text
