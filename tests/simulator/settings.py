# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The switches: behaviour of the simulator that the vendor does not document, and its sizes and times.

Each field is a switch of the same name; the first value of a choice is the default. The README explains each of them.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

from . import texts, versions


@dataclass
class Settings:
    """All switches of a simulator; they can be changed while it runs."""

    api_version: str = "4.7"
    media_type: Literal["vendor", "plain"] = "vendor"
    not_acceptable_body: Literal["empty", "api_error"] = "empty"
    unknown_keys: Literal["ignored", "rejected"] = "ignored"
    unknown_parameters: Literal["ignored", "rejected"] = "ignored"
    malformed_id: Literal["not_found_404", "bad_request_400"] = "not_found_404"

    idle_timeout: float = 1800.0
    hard_timeout: float = 86400.0
    remote_timeout: float = 0.0
    vcd_token_timeout: float = 0.0
    admin_restricted: bool = False
    local_user_sites: Literal["empty", "null"] = "empty"
    multisite_associated: bool = True
    expired_remote_code: Literal["RemoteAuthenticationFailure", "NotAuthenticated"] = "RemoteAuthenticationFailure"
    unextended_code: Literal["NotAuthenticated", "RemoteAuthenticationFailure"] = "NotAuthenticated"
    admin_filters: Literal["forbidden_403", "ignored"] = "forbidden_403"
    on_prem_auth: Literal["optional", "required"] = "optional"
    upkeep_peer: Literal["needed", "not_needed"] = "needed"

    task_seconds: float = 20.0
    task_spread: float = 0.0
    task_retention_seconds: float = 604800.0
    max_running_tasks: int = 0
    queued_tasks: bool = False
    queued_seconds: float = 2.0
    queued_state_filter: Literal["honoured", "rejected"] = "honoured"
    task_result: Literal["present", "absent"] = "present"
    task_last_updated: Literal["kept", "never"] = "kept"
    task_operation_id: Literal["shown", "hidden"] = "shown"
    task_type_names: Literal["usual", "other"] = "usual"
    task_ids_filter: Literal["honoured", "ignored"] = "honoured"
    operation_id_filter: Literal["honoured", "ignored", "rejected"] = "honoured"
    foreign_task: Literal["hidden", "forbidden_403"] = "hidden"

    wrong_state: Literal["conflict_409", "bad_request_400", "failed_task"] = "conflict_409"
    scheduled_start: Literal["paused", "not_paused"] = "paused"
    start_refusal: Literal["bad_request_400", "conflict_409", "failed_task"] = "bad_request_400"
    reverse_id: Literal["same", "new"] = "same"
    reverse_vm_id: Literal["recovered", "kept"] = "recovered"
    reverse_state: Literal["in_progress", "stays_complete"] = "in_progress"
    is_reversed: Literal["toggled", "always_false", "never_present"] = "toggled"
    ids_filter: Literal["honoured", "ignored"] = "honoured"
    local_source_site: Literal["rejected_400", "empty", "honoured"] = "rejected_400"
    split_vapp: bool = True
    split_new_id: Literal["leaving_part", "staying_part"] = "leaving_part"
    split_recovered_vapp: Literal["shared", "own"] = "shared"
    vapp_mixed: Literal["refused", "acts_on_possible"] = "refused"
    migrate_in_test: Literal["refused", "allowed"] = "refused"
    cleanup_without_test: Literal["refused", "accepted"] = "refused"
    upkeep_in_complete: Literal["refused", "allowed"] = "refused"
    stop_in_recovered: Literal["allowed", "refused"] = "allowed"
    sync_when_paused: Literal["refused", "allowed"] = "refused"
    minor_task: Literal["blocks", "does_not_block"] = "blocks"
    reverse_checks_policy: bool = False
    reverse_networks: Literal["inverted", "dropped", "kept"] = "inverted"
    optimize_days: float = 7.0
    health_4_0: Literal["object", "task"] = "object"
    health_get: Literal["accepted", "method_not_allowed"] = "accepted"

    vm_state_filters: Literal["honoured", "ignored", "rejected"] = "honoured"
    guest_customization_of_vm: Literal["accepted", "method_not_allowed_405"] = "accepted"
    guest_customization_put: Literal["replaces", "merges"] = "replaces"
    guest_secrets: Literal["hidden", "masked", "clear"] = "hidden"
    network_inventory: Literal["offered", "not_found_404"] = "offered"
    vm_disks: Literal["accepted", "bad_request_400", "method_not_allowed_405"] = "accepted"
    sla_profile_orgs: Literal["count", "names"] = "count"
    recovery_plans: Literal[
        "offered", "not_found_404", "bad_request_400", "method_not_allowed_405", "server_failure_500"
    ] = "offered"
    recovery_plan_list: Literal["pages", "array"] = "pages"
    recovery_plan_steps: Literal["in_plan", "in_list", "separate", "not_shown"] = "in_plan"
    recovery_plan_members: Literal["ids", "objects"] = "ids"
    recovery_plan_execution: Literal["listed", "in_plan", "not_shown"] = "listed"
    recovery_plan_suspended_task: Literal["succeeds", "runs"] = "succeeds"
    recovery_plan_after_cleanup: Literal["not_started", "complete"] = "not_started"
    recovery_plan_words: Literal["usual", "other"] = "usual"

    sites_down: tuple[str, ...] = ()
    peer_down: Literal["general_failure_500", "remote_authentication_401", "bad_gateway_502", "failed_task"] = (
        "general_failure_500"
    )
    certificate: Literal["trusted", "expired", "wrong_host", "other_authority"] = "trusted"

    free_text: str = texts.TEXT
    gateway: Literal[
        "none",
        "silence",
        "reset",
        "drip_body",
        "drip_chunks",
        "drip_head",
        "drip_headers",
        "drip_interim",
        "html_200",
        "html_403",
        "html_404",
        "html_429",
        "html_502",
        "redirect",
        "empty",
        "json_null",
        "nested",
        "text_type",
        "no_type",
        "not_gzip",
        "cut_gzip",
        "truncated",
        "broken_json",
        "repeated_headers",
        "null_values",
        "other_types",
        "huge_numbers",
        "infinite_numbers",
        "wrapped",
        "endless_list",
        "short_pages",
        "damaged_items",
    ] = "none"
    gateway_spares: Literal["nothing", "sessions", "reads"] = "nothing"

    limit_cap: int = 100
    latency_ms: float = 0.0
    log_limit: int = 200_000
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse wrong values, so that a test with a misspelt switch fails."""
        for name, hint in get_type_hints(type(self)).items():
            setattr(self, name, _checked(name, getattr(self, name), hint))
        versions.parse(self.api_version)
        if self.limit_cap < 1:
            raise ValueError("limit_cap must be at least 1")

    @property
    def version(self) -> versions.Version:
        """The API version as numbers."""
        return versions.parse(self.api_version)

    def to_dict(self) -> dict[str, Any]:
        """Return all switches, JSON-ready."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Settings:
        """Return the defaults changed by the given switches.

        :raises ValueError: for an unknown switch or value
        """
        settings = cls()
        settings.update(values)
        return settings

    def update(self, values: dict[str, Any]) -> None:
        """Change some switches in place, all or none of them.

        :raises ValueError: for an unknown switch or value
        """
        unknown = sorted(set(values) - set(vars(self)))
        if unknown:
            raise ValueError(f"unknown switch: {', '.join(unknown)}")
        vars(self).update(vars(dataclasses.replace(self, **values)))


def choices(name: str) -> tuple[str, ...]:
    """Return the allowed values of a switch, the default first; empty for numbers, texts and booleans."""
    hint = get_type_hints(Settings)[name]
    return get_args(hint) if get_origin(hint) is Literal else ()


def parsed(name: str, text: str) -> Any:
    """Return the value of a switch that was given as text on a command line.

    :raises ValueError: for an unknown switch or a text that is not a value of it
    """
    hints = get_type_hints(Settings)
    if name not in hints:
        raise ValueError(f"unknown switch: {name}")
    hint = hints[name]
    if hint is bool:
        if text.lower() not in ("true", "false"):
            raise ValueError(f"{name} is true or false, not {text!r}")
        return text.lower() == "true"
    if hint in (int, float):
        return hint(text)
    if get_origin(hint) is tuple:
        return tuple(part for part in text.split(",") if part)
    return text


def _checked(name: str, value: Any, hint: Any) -> Any:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise ValueError(f"{name} is one of {', '.join(get_args(hint))}, not {value!r}")
        return value
    if get_origin(hint) is tuple:
        if isinstance(value, str) or not all(isinstance(part, str) for part in value):
            raise ValueError(f"{name} is a list of names, not {value!r}")
        return tuple(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"{name} is of type {hint.__name__}, not {value!r}")
    if hint in (int, float) and value < 0:
        raise ValueError(f"{name} must not be negative")
    return value
