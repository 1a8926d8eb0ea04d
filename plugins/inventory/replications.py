# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: replications
short_description: One host for each replication
version_added: 1.0.0
author:
  - opendr contributors (@opendr)
description:
  - Lists the VM or vApp replications that a user may see as hosts, one for each, with C(ansible_connection=local) and
    what is known of the replication as variables.
  - The role P(opendr.vcda.recovery#role) and the playbooks of the collection work on these hosts. So C(forks),
    C(serial), C(strategy), C(--limit) and the job slices of AWX spread a large recovery over processes and machines,
    and each replication is still operated on once.
  - The name of the configuration file must end with C(replications.yml), C(replications.yaml), C(vcda.yml) or
    C(vcda.yaml).
extends_documentation_fragment:
  - constructed
  - inventory_cache
  - opendr.vcda.connection
options:
  plugin:
    description:
      - Marks the file as a configuration of this plugin.
    type: str
    required: true
    choices: [opendr.vcda.replications]
  kind:
    description:
      - What a host stands for. V(vm) is the replication of a VM, V(vapp) that of a vApp.
      - V(workload) is the replication of a vApp, or of a VM that belongs to none. So everything is there once, and
        nothing that cuts hosts into parts (C(serial), job slices) cuts a vApp into parts.
    type: str
    choices: [vm, vapp, workload]
    default: vm
  sites:
    description:
      - Further sites that are asked for their replications, through the service at O(hostname), which needs
        credentials for them in O(extend_sites).
      - A service knows all replications from and to its own site, so this is only of use for replications between two
        other sites. What two sites know becomes one host, with the variables that the first one tells.
      - A site that does not answer is left out with a warning; with O(strict=true) that is an error.
    type: list
    elements: str
    default: []
  inventory_hostname:
    description:
      - Jinja2 expression over the host variables that gives the names of the hosts. By default it is the name of the VM
        or vApp.
      - Characters that are neither letters, digits, dots, hyphens nor underscores become underscores.
      - Every replication is exactly one host. The id of the replication is appended to a name that more than one
        replication would have, also if the names differ in letter case or Unicode form only, and to a name that means
        something else to Ansible. Those are V(all), V(localhost), names of groups, all names that begin with C(vcda_),
        names of files with variables such as V(..) or V(db-1.yml), names that end with an id, names without a letter or
        digit, and names of more than 100 bytes.
      - If another inventory source has made a host of the same replication, the variables are added to that host. A
        name that a host of another source has already gets the id appended.
    type: str
  group_by:
    description:
      - What the hosts are grouped by. The names of the groups begin with C(vcda_state_), C(vcda_source_),
        C(vcda_destination_), C(vcda_vapp_), C(vcda_organization_), C(vcda_health_) and C(vcda_direction_), in small
        letters, for example C(vcda_state_not_started) and C(vcda_direction_site_1_to_site_2).
      - The group of a vApp also has the name of the organization, for example C(vcda_vapp_tenant_1_shop), so that it
        does not hold VMs of another tenant.
      - Characters that are neither letters nor digits become underscores. Where two sites, organizations or vApps would
        have the same group because of that, such as V(a-b) and V(A_B), each of their groups gets a short hash appended.
        O(filters) do not change the names of groups.
      - All hosts are also in the group C(vcda).
    type: list
    elements: str
    choices: [recovery_state, source_site, destination_site, vapp, organization, health, direction]
    default: [recovery_state, source_site, destination_site, vapp, organization, health, direction]
  filters:
    description:
      - Jinja2 expressions over the host variables. Only replications for which all of them are true become hosts.
      - An expression that cannot be evaluated is an error, with O(strict=false) as well. Otherwise a recovery would
        miss workloads without anybody noticing.
    type: list
    elements: str
    default: []
  service_filters:
    description:
      - Filters of the replications that are read, of which all must match. They are C(owner), C(organizations) (a
        list), C(source_site), C(source_site_type), C(source_org), C(source_vdc_id), C(source_vdc_name),
        C(destination_site_type), C(destination_org), C(destination_vdc_id), C(destination_vdc_name), C(health) (a
        list), C(is_migration), C(data_connection_state), C(sla_profile), C(storage_profile), C(datastore),
        C(destination_vcenter), C(changed_after), C(changed_before) and C(recovered_id), each as in the module
        M(opendr.vcda.vm_replication_info).
      - They are checked on what comes back. Those whose parameters are known are also sent, so that less is read; a
        service that refuses them is asked for everything. O(filters) apply after that.
    type: dict
    default: {}
  fail_if_empty:
    description:
      - Whether it is an error if there is no host at all. Otherwise there is a warning.
      - See O(fail_if_unreadable) for what happens then.
    type: bool
    default: false
  fail_if_unreadable:
    description:
      - Whether C(ansible-playbook) ends with an error if this inventory cannot be read.
      - If V(false), Ansible decides. By default it then warns only, and a playbook that finds no hosts ends with code 0
        without having done anything, unless C(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true) is set.
      - Use V(false) if the playbook has other inventory sources that it can go on with.
    type: bool
    default: true
  hostname:
    env: [{name: VCDA_HOSTNAME}]
  port:
    env: [{name: VCDA_PORT}]
  auth_type:
    env: [{name: VCDA_AUTH_TYPE}]
  username:
    env: [{name: VCDA_USERNAME}]
  password:
    env: [{name: VCDA_PASSWORD}]
  access_token:
    env: [{name: VCDA_ACCESS_TOKEN}]
  organization:
    env: [{name: VCDA_ORGANIZATION}]
  vcd_cookie:
    env: [{name: VCDA_VCD_COOKIE}]
  session_token:
    env: [{name: VCDA_SESSION_TOKEN}]
  validate_certs:
    env: [{name: VCDA_VALIDATE_CERTS}]
  ca_path:
    env: [{name: VCDA_CA_PATH}]
  certificate_thumbprint:
    env: [{name: VCDA_CERTIFICATE_THUMBPRINT}]
  api_version:
    env: [{name: VCDA_API_VERSION}]
  request_timeout:
    env: [{name: VCDA_REQUEST_TIMEOUT}]
  operation_id:
    env: [{name: VCDA_OPERATION_ID}]
notes:
  - Every host has the variables C(recovery_state), C(source_site), C(destination_site), C(is_reversed), C(is_paused),
    C(is_migration), C(overall_health), C(data_connection_state), C(owner), C(rpo_violation) and C(optimize_until),
    as in the results of M(opendr.vcda.vm_replication_info).
  - Besides, C(runs_at) is the site on which the workload runs, C(direction) is C(SOURCE to DESTINATION),
    C(organization) is that of the owner or, where the owner is a provider or not known, of the source or destination.
    C(source_org), C(source_vdc_name), C(destination_org) and C(destination_vdc_name) are of the two ends.
  - A VM has C(vm_replication_id), C(vm_name), C(vapp_name), C(vapp_replication_id) and, in minutes, C(rpo). A vApp has
    C(vapp_replication_id), C(vapp_name) and C(vm_names).
  - C(recovery_vm_replication_ids), the selection of the role P(opendr.vcda.recovery#role), is set to the VM
    replications of the host. Do not select in another way as well.
  - Values of the service are never evaluated as templates.
  - A replication that is not of the documented form is left out with a warning that names it. With O(strict=true) that
    is an error. One whose source or destination site the service does not tell is a host, and a warning names it.
  - Names that O(keyed_groups) make of values of the service are kept as they are if they consist of letters, digits,
    dots, hyphens and underscores and are not the name of a group of O(group_by). Otherwise the other characters
    become underscores, and a short hash is appended.
  - Where a group that O(keyed_groups) make of a value would be a part of itself, because a VM is named like a
    C(parent_group), its hosts are added to the parent one by one.
  - Encrypted values (C(!vault)) can be used for every option, nested ones as well.
  - The connection options may be templates, for example a lookup of a password.
  - With the cache on, states are as old as the cache. The modules read them anew before they decide. What another
    site, user or kind of replication was asked for is not taken from the cache.
seealso:
  - module: opendr.vcda.vm_replication_info
  - module: opendr.vcda.vapp_replication_info
"""

EXAMPLES = r"""
---
# replications.yml may be as short as its first line: all else comes from the environment, VCDA_HOSTNAME and so on.
# This one is web.replications.yml: the web servers of one organization, grouped by tier, in a file that is safe to show
plugin: opendr.vcda.replications
hostname: vcda.site-2.example.com
username: operator@tenant-1
password: "{{ lookup('ansible.builtin.env', 'MY_PASSWORD') }}"
strict: true
filters:
  - organization == 'tenant-1'
  - vm_name is match('web-')
compose:
  tier: vm_name.split('-') | first
keyed_groups:
  - key: tier
    prefix: tier
groups:
  not_protected: recovery_state == 'COMPLETE' or is_paused
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: .cache
cache_timeout: 300

# Protect what was recovered at site-2, five VMs at a time:
# ansible-playbook -i replications.yml opendr.vcda.reverse --forks 5
#   -e recovery_active_site=site-2 -e recovery_hosts=vcda
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible import constants, template
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.inventory.group import to_safe_group_name
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.opendr.vcda.plugins.module_utils.client.client import Client
from ansible_collections.opendr.vcda.plugins.module_utils.client.connection import Connection
from ansible_collections.opendr.vcda.plugins.module_utils.client.errors import VcdaError
from ansible_collections.opendr.vcda.plugins.module_utils.client.network import REQUESTS_IMPORT_ERROR
from ansible_collections.opendr.vcda.plugins.module_utils.client.text import printable
from ansible_collections.opendr.vcda.plugins.module_utils.modules.connection_arguments import connection_options
from ansible_collections.opendr.vcda.plugins.module_utils.modules.module import Definition
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.environment import without_blank_variables
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.group_building import Trial, WithoutLoops
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.hosts import (
    Variables,
    identity_of,
    name_of,
    read_variables,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.names import (
    ALL,
    constructed_group_name,
    group_names,
)
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.options import FILTERS, READING, plain_options
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.placing import Placed, placed
from ansible_collections.opendr.vcda.plugins.plugin_utils.inventory.values import as_data, decrypted
from ansible_collections.opendr.vcda.plugins.plugin_utils.recovery.variables import problem_of_template

# Since ansible-core 2.19 a text is a template only if it is marked as one; before, every text is unless it is wrapped.
_trusted: Callable[[Any], Any] = getattr(template, "trust_as_template", lambda value: value)
_untrusted: Callable[[Any], Any] = (lambda value: value) if hasattr(template, "trust_as_template") else wrap_var

_SUFFIXES = ("replications.yml", "replications.yaml", "vcda.yml", "vcda.yaml")


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory plugin."""

    NAME = "opendr.vcda.replications"
    # Replaced in tests.
    new_client = Client
    inventory: Any

    def verify_file(self, path: str) -> bool:
        """Tell whether a file may be a configuration file of this plugin."""
        return bool(super().verify_file(path)) and Path(path).name.endswith(_SUFFIXES)

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Fill the inventory.

        :param inventory: the inventory to fill
        :param loader: reads files, and decrypts them if needed
        :param path: the configuration file
        :param cache: whether the cache may be used
        """
        super().parse(inventory, loader, path, cache)
        self._is_fatal = False
        self._validate_certs: Any = None
        try:
            with without_blank_variables():
                self._read_config_data(path)
            with _in_plain_text():
                self._fill(path, cache)
        except (AnsibleError, ValueError):
            if self._is_fatal:
                # Otherwise Ansible only warns, and a play without hosts succeeds.
                vars(constants)["INVENTORY_ANY_UNPARSED_IS_FAILED"] = True
            raise

    def set_options(self, task_keys: Any = None, var_options: Any = None, direct: Any = None) -> None:
        """Set the options with encrypted values as plain text, because ansible-core 2.16 checks them undecrypted."""
        given = direct or {}
        if "plugin" in given:
            # The file belongs to this plugin, so every error from now on is an error of this inventory.
            self._is_fatal = True
            is_fatal = decrypted(given.get("fail_if_unreadable", True), _untrusted)
            self._is_fatal = bool(boolean(is_fatal, strict=False))
        try:
            plain = plain_options(given, _trusted, _untrusted)
        except ValueError as error:
            raise AnsibleParserError(str(error)) from None
        if "plugin" in plain:
            self._validate_certs = plain.get("validate_certs")
        super().set_options(task_keys=task_keys, var_options=var_options, direct=plain)

    def _fill(self, path: str, cache: bool) -> None:
        self.load_cache_plugin()
        replications = self._cached_or_read(self._key_of_reading(path), cache)
        groups = group_names(replications, self.get_option("group_by"))
        found = [(as_data(item, _trusted, _untrusted), names) for item, names in zip(replications, groups)]
        hosts = [(item, names) for item, names in found if self._is_wanted(item)]
        if not hosts:
            empty = f"{path}: there is no replication that matches"
            if self.get_option("fail_if_empty"):
                raise AnsibleParserError(f"{empty}, and fail_if_empty is set.")
            self.display.warning(printable(f"{empty}. Names in filters are compared exactly."))
        self.inventory.add_group(ALL)
        self._place(hosts)

    def _place(self, found: list[tuple[Variables, list[str]]]) -> None:
        """Add the hosts with names that differ from all other hosts and groups, including constructed groups."""
        others = {name: host.vars for name, host in self.inventory.hosts.items()}
        groups = {*self.inventory.groups, *map(self._sanitize_group_name, self.get_option("groups") or ())}
        try:
            hosts = placed(found, self._wanted_name, others, groups, self._constructed_groups)
        except ValueError as error:
            raise AnsibleParserError(str(error)) from None
        with self._filling(WithoutLoops(self.inventory)) as inventory:
            for host in hosts:
                self._add(host)
            inventory.complete()

    def _constructed_groups(self, hosts: Sequence[Placed]) -> set[str]:
        """Return the groups that the user's expressions make of the hosts, without making any of them."""
        if not (self.get_option("groups") or self.get_option("keyed_groups")):
            return set()
        known = self.inventory.hosts
        with self._filling(Trial(InventoryData())) as trial:
            trial.add_group(ALL)
            for host in hosts:
                trial.add_host(host.name)
                for key, value in known[host.name].vars.items() if host.name in known else ():
                    trial.set_variable(host.name, key, value)
                self._add(host)
        return set(trial.groups)

    @contextmanager
    def _filling(self, inventory: Any) -> Iterator[Any]:
        """Let the methods of Ansible's base classes fill another inventory."""
        own, self.inventory = self.inventory, inventory
        try:
            yield inventory
        finally:
            self.inventory = own

    def _key_of_reading(self, path: str) -> str:
        """Return the cache key; it includes the options, because the connection may come from the environment."""
        reading = json.dumps([self._templated(self.get_option(name), name) for name in READING])
        # Ansible hashes the path, and cannot hash one that is in another encoding.
        return f"{self.get_cache_key(printable(path))}_{hashlib.sha256(reading.encode()).hexdigest()[:16]}"

    def _cached_or_read(self, key: str, cache: bool) -> list[Variables]:
        use_cache = self.get_option("cache")
        if use_cache and cache:
            try:
                return list(self._cache[key])
            except KeyError:
                # Expired, or never filled.
                self.display.vv(f"{self.NAME}: nothing is cached yet")
        found = self._read()
        if use_cache:
            self._cache[key] = found
        return found

    def _read(self) -> list[Variables]:
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleParserError("The inventory plugin needs the Python library requests where ansible runs.")
        secrets = None
        try:
            with type(self).new_client(Connection.from_params(self._params())) as client:
                secrets = client.secrets
                kind, sites = self.get_option("kind"), self.get_option("sites")
                found = read_variables(client, kind, sites, self._complain, self._service_filters())
                self._warn_of_incomplete(found)
                # Nothing is masked: playbooks need the exact names and ids, even if one contains a password by chance.
                return found
        except VcdaError as error:
            end = "" if error.message.endswith((".", "!", "?")) else "."
            text = f"{error.message}{end} {error.hint}"
            raise AnsibleParserError(secrets.redact(text) if secrets else text) from None

    def _complain(self, error: VcdaError, left_out: str) -> None:
        if self.get_option("strict"):
            raise error
        self.display.warning(printable(f"{self.NAME} leaves out {left_out}: {error.message}"))

    def _warn_of_incomplete(self, found: list[Variables]) -> None:
        for item in found:
            missing = [end for end in ("source_site", "destination_site") if not item[end]]
            if missing:
                named = f"{name_of(item)} ({identity_of(item)})"
                text = f"{self.NAME}: the service does not tell the {' and the '.join(missing)} of {named}."
                self.display.warning(printable(text))

    def _params(self) -> dict[str, Any]:
        """Return the connection options, checked by the argument spec of the modules.

        The spec also adds the peer site and ``validate_certs`` from the environment.
        """
        given = {name: self._templated(self.get_option(name), name) for name in connection_options()}
        # Ansible takes every text that is no boolean for false, which would leave the certificate unchecked.
        given["validate_certs"] = self._templated(self._validate_certs, "validate_certs")
        spec = Definition(options={}, run=lambda _context: {}).argument_spec()
        return _checked(spec, {name: value for name, value in given.items() if value is not None}, "")

    def _service_filters(self) -> dict[str, Any]:
        """Return ``service_filters``, checked by the argument spec of the module."""
        return _checked(FILTERS, self.get_option("service_filters") or {}, "service_filters: ")

    def _templated(self, value: Any, name: str) -> Any:
        try:
            return self.templar.template(value) if isinstance(value, (str, list)) else value
        except AnsibleError as error:
            raise AnsibleParserError(problem_of_template(name, str(error))) from None

    def _is_wanted(self, variables: Mapping[str, Any]) -> bool:
        for expression in self.get_option("filters"):
            try:
                if not boolean(self._compose(expression, variables), strict=False):
                    return False
            except Exception as error:
                raise AnsibleParserError(f"filters: {expression!r} cannot be evaluated: {error}") from error
        return True

    def _wanted_name(self, variables: Mapping[str, Any]) -> str:
        expression = self.get_option("inventory_hostname")
        if not expression:
            return name_of(variables)
        try:
            return str(self._compose(expression, variables))
        except AnsibleError as error:
            raise AnsibleParserError(f"inventory_hostname: {expression!r} cannot be evaluated: {error}") from error

    def _add(self, host: Placed) -> None:
        name, variables, groups = host
        strict = self.get_option("strict")
        self.inventory.add_host(name, group=ALL)
        self.inventory.set_variable(name, "ansible_connection", _trusted("local"))
        # The modules need requests, so they run with the Python of ansible itself, which has it.
        self.inventory.set_variable(name, "ansible_python_interpreter", _trusted("{{ ansible_playbook_python }}"))
        for key, value in variables.items():
            self.inventory.set_variable(name, key, value)
        for group in groups:
            self.inventory.add_host(name, group=self.inventory.add_group(group))
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)

    def _sanitize_group_name(self, name: str) -> str:
        """Return a safe name for a group of ``groups`` or ``keyed_groups``; Ansible's base classes call this."""
        if name in (self.get_option("groups") or {}):
            return str(to_safe_group_name(name))
        return constructed_group_name(str(to_safe_group_name(name)))


@contextmanager
def _in_plain_text() -> Iterator[None]:
    """Raise errors as one line that shows all its characters: an expression that fails may quote a name."""
    try:
        yield
    except (AnsibleError, ValueError) as error:
        text = printable(str(error).replace("\n", " "))
        if text == str(error):
            raise
        # Without the cause, which Ansible would show as it is.
        raise AnsibleParserError(text) from None


def _checked(spec: Mapping[str, Any], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    checked = ArgumentSpecValidator(spec).validate(given)
    if checked.error_messages:
        raise AnsibleParserError(where + "; ".join(checked.error_messages))
    return dict(checked.validated_parameters)
