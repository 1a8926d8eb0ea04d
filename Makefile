# Copyright (c) 2026, opendr contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

SHELL := /bin/bash
.DEFAULT_GOAL := help

# The newest Python that really runs (a pyenv shim may exist and fail). Another one: make venv PYTHON=/usr/bin/python3.12
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

VENV := .venv/.complete
TOOLS := .venv-tools/field/.complete
LINK := .build/collections/ansible_collections/opendr/vcda
GATES := .venv/bin/python -m tests.tools.gates

define install # 1: folder of the virtual environment, 2: requirements file
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer with its venv module was found: make venv PYTHON=..." >&2; exit 1; }
	@echo "Setting up $(1) with $(PYTHON)"
	@"$(PYTHON)" -m venv $(1)
	@$(1)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --upgrade --requirement $(2)
endef

.PHONY: help
help: ## list the targets and the gates
	@echo "Targets:"
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1 \t\2/p' Makefile | expand -t 24
	@echo
	@"$(PYTHON)" -m tests.tools.gates help

$(VENV): requirements.txt tests/requirements/dev.txt
	$(call install,.venv,tests/requirements/dev.txt)
	@.venv/bin/python tests/tools/link_checkout.py
	@touch $@

$(TOOLS): tests/requirements/tools.txt
	$(call install,.venv-tools/field,tests/requirements/tools.txt)
	@touch $@

.PHONY: venv tools
venv: $(VENV) ## set up the development environment .venv (does nothing if it is up to date)
	@test -e "$(LINK)/galaxy.yml" || .venv/bin/python tests/tools/link_checkout.py
tools: $(TOOLS) ## set up the tools in .venv-tools (ansible-lint, antsibull, galaxy-importer, ...)

.PHONY: demo simulator bench bench-history screenshots
demo: venv ## fail over and reverse five VMs against the simulator, twice
	@.venv/bin/python -m tests.demo
simulator: venv ## run two simulated, paired sites on this machine (ARGS="--vms 6 ..."; Ctrl-C ends it)
	@.venv/bin/python -m tests.simulator $(ARGS)
bench: venv tools ## measure the performance and check its targets (SCENARIOS="lists hosts role", ARGS="--runs 3")
	@.venv/bin/python -m tests.benchmark $(if $(SCENARIOS),--scenarios $(SCENARIOS)) $(ARGS)
bench-history: venv ## measure the history of 5,000 reports (ARGS="--reports 500")
	@.venv/bin/python -m tests.benchmark.history $(ARGS)
screenshots: venv ## take pictures of reports and histories of 3, 40 and 800 VMs, in .build/screenshots (ARGS="report-40")
	@.venv/bin/python -m tests.tools.screenshots $(ARGS)

.PHONY: check test
check: venv ## the fast gates, for every edit (under a minute)
	@$(GATES) check
test: venv tools ## all gates; ends with "N passed, M failed"
	@$(GATES) test

.PHONY: unit property processes contract
unit property processes contract: venv
	@$(GATES) part $@
unit: ## unit tests
property: ## property tests: random schedules of faults against the simulator
processes: ## playbook processes: killed and restarted, secrets, certificates
contract: ## requests and answers against the OpenAPI document

.PHONY: integration sanity lint docs packaging
integration sanity lint docs packaging: venv tools
	@$(GATES) part $@
integration: ## every module and playbook against the simulator (one: python tests/integration/run.py TARGET)
sanity: ## ansible-test sanity and units on the versions that this machine supports
lint: ## style, types, spelling, licences
docs: ## documentation: references, and the site in .build/docs/html
packaging: ## the tarball: build, import, install, and run as in AWX

# Any one gate by its name: make gate-mypy
gate-%: venv tools
	@$(GATES) run $*

.PHONY: release
release: venv tools ## build and check the tarball in dist/ (see CONTRIBUTING.md; ARGS="--changelog", "--tag --sign KEY --publish")
	@.venv/bin/python -m tests.tools.release $(ARGS)

.PHONY: clean
clean: ## remove everything that make has created
	rm -rf .build .venv .venv-tools dist .ansible .hypothesis .mypy_cache .pytest_cache .ruff_cache collections tests/output
