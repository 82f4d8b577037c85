# `make demo` and `make test` set up all they need in .venv; nothing else of the machine is touched.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
# The system's, if it fits: one that somebody compiled without profiles takes nearly twice the time for everything.
# Else python3 on the PATH, else the newest that fits.
PYTHON ?= $(shell for p in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' >/dev/null 2>&1 && { echo $$p; break; }; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Demo and tests start our programs by the hundred: what Python compiles of them is kept (in __pycache__).
unexport PYTHONDONTWRITEBYTECODE
# What the console of a controller prints is read by programs here: no terminal control, one language.
ANSIBLE_LINT := ANSIBLE_HOME=$(CURDIR)/.ansible $(BIN)/ansible-lint --offline --strict

.DEFAULT_GOAL := help
.PHONY: help demo demo-check test lint conformance collection test-all test-salt molecule

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

$(BIN)/python:
	@test -n '$(PYTHON)' || { echo 'notesfleet needs Python 3.11, 3.12 or 3.13 with its modules venv and ensurepip (on Debian: python3-venv); none was found on the PATH.' >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/demo-ready: pyproject.toml | $(BIN)/python
	@begun=$$SECONDS; $(PIP) --editable '.[simulator,charts]' && echo "Set up .venv for the demo in $$((SECONDS - begun)) s."
	@touch $@

$(VENV)/dev-ready: pyproject.toml | $(BIN)/python
	@begun=$$SECONDS; $(PIP) --editable '.[dev]' && echo "Set up .venv for tests in $$((SECONDS - begun)) s."
	@touch $@ $(VENV)/demo-ready

demo: $(VENV)/demo-ready ## A company of 40 virtual Notes clients: audited, migrated in two waves, reported
	@$(BIN)/python demo/demo.py

demo-check: $(VENV)/demo-ready ## The demo twice, and whether what it shows holds (exit code 1 where it does not)
	@$(BIN)/python demo/demo.py --check

# Three at a time, for two cores: each waits now and then for a program that it has started.
test: $(VENV)/dev-ready ## All tests that this machine can run (PowerShell's: NOTESFLEET_POWERSHELL or pwsh)
	@begun=$$SECONDS; $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder; code=$$?; \
		echo "The tests took $$((SECONDS - begun)) s."; exit $$code

collection: $(VENV)/demo-ready ## The collection and its package as artefacts, in dist/
	@$(BIN)/python collections/build.py

test-all: test ## All tests, then the same migration by every ansible-core from 2.16 to 2.21 that has its Python here
	@PYTHONPATH=tests:demo $(BIN)/python tests/cores.py

molecule: $(VENV)/dev-ready ## A scenario for each role: converge, check mode, idempotence, verify, on virtual clients
	@for role in roles/*/molecule; do \
		(cd $$role/.. && PATH="$(CURDIR)/$(BIN):$$PATH" molecule test --all) || exit 1; done

test-salt: $(VENV)/dev-ready ## Salt's door: real salt-call, and a real master with a minion
	@$(PIP) --editable '.[dev,salt]'
	@NOTESFLEET_REQUIRE="$${NOTESFLEET_REQUIRE:+$$NOTESFLEET_REQUIRE,}salt" $(BIN)/python -m pytest tests/integration/test_salt.py tests/integration/test_salt_master.py -q

conformance: $(VENV)/dev-ready ## The vectors and the power cuts, on every engine that is here
	@$(BIN)/python -m pytest tests/conformance -q -s

lint: $(VENV)/dev-ready ## ruff, mypy, import-linter, ansible-lint and the Windows PowerShell 5.1 lint
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(ANSIBLE_LINT)
	@$(BIN)/python tests/lint51.py
