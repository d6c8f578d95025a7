# One command for each thing people do here. `make help` lists them.
# Slow steps leave a stamp and run again only when what they depend on changed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
# The newest supported Python that really starts; asked only when the virtual environment is made.
PYTHON ?= $(shell for name in python3.13 python3.12 python3.11 python3; do \
	$$name -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null \
	&& { echo $$name; break; }; done)
# An index, a mirror or a folder of wheels comes from pip's own settings (PIP_INDEX_URL, PIP_FIND_LINKS, pip.conf).
# Every pin is in the file, so pip has nothing to resolve: --no-deps keeps it from looking for newer ones.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
FRONT_END := $(shell find static -type f -not -path 'static/dist/*' -not -path 'static/node_modules/*')
PYTEST_ARGS ?=

.PHONY: help venv dev bundle serve test hostile check machine images wheels pins bench clean

help:  ## list these commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(STAMPS)/bundle  ## start Greenroom on http://127.0.0.1:8000, after preparing whatever a fresh machine lacks
	@exec $(BIN)/greenroom serve

test: machine dev bundle images  ## run every test, after preparing whatever a fresh machine lacks
	$(BIN)/python -m pytest $(PYTEST_ARGS)

hostile: machine dev bundle images  ## judge every hostile answer five times, eight at once
	HOSTILE_TIMES=5 $(BIN)/python -m pytest tests/runner/hostile $(PYTEST_ARGS)

check: dev  ## run every check that needs no services: style, types, layers, templates, architecture
	@failed=(); step() { echo "== $$*"; "$$@" || failed+=("$$*"); }; \
	step $(BIN)/ruff check .; \
	step $(BIN)/ruff format --check .; \
	step $(BIN)/mypy; \
	step $(BIN)/lint-imports; \
	step $(BIN)/djlint templates --lint --quiet; \
	step $(BIN)/python -m pytest tests/architecture; \
	if [ $${#failed[@]} -gt 0 ]; then printf 'check failed: %s\n' "$${failed[@]}" >&2; exit 1; fi

venv: $(STAMPS)/install  ## make the virtual environment with what the program needs

dev: $(STAMPS)/dev  ## the same, with what tests and checks need

bundle: $(STAMPS)/bundle  ## build the front end into static/dist

machine:  ## install and start what the tests need outside Python: engine, browser, PostgreSQL
	tests/machine/all

images: $(STAMPS)/bundle  ## build the sandbox image
	$(BIN)/greenroom images build

bench: dev bundle  ## measure the way of a submission beside plain pytest
	$(BIN)/greenroom bench

wheels: dev bundle  ## fill wheels/ with everything the program needs, for a machine or an image build without an index
	$(BIN)/python requirements/wheels.py

pins: dev  ## pin the requirements again, to the newest versions that fit
	$(BIN)/uv pip compile --quiet $(PIN_OPTIONS) --output-file requirements/dev.txt pyproject.toml requirements/dev.in
	$(BIN)/uv pip compile --quiet $(PIN_OPTIONS) --constraints requirements/dev.txt --output-file requirements/build.txt \
		pyproject.toml requirements/build.in
	$(BIN)/uv pip compile --quiet $(PIN_OPTIONS) --constraints requirements/dev.txt --output-file requirements/runtime.txt \
		pyproject.toml
	$(BIN)/uv pip compile --quiet $(SANDBOX_PINS) --output-file runner/images/python/requirements.txt \
		runner/images/python/requirements.in
PIN_FORM := --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade
PIN_OPTIONS := $(PIN_FORM) --universal --python-version 3.11
# The image takes the servers' programs and leaves what only their Python helpers need.
SANDBOX_PINS := $(PIN_FORM) --python-platform linux --python-version 3.13 --only-binary :all: \
	--no-emit-package valkey --no-emit-package fasteners --no-emit-package platformdirs

clean:  ## remove everything that was built here; the data folder stays
	rm -rf $(VENV) static/dist static/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { \
		echo "Greenroom needs Python 3.11 to 3.13 with its venv module. On Debian and Ubuntu:" >&2; \
		echo "    sudo apt-get install python3 python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(STAMPS)/build: requirements/build.txt | $(BIN)/python
	@mkdir -p $(STAMPS)
	$(PIP) install --no-deps --require-hashes --requirement requirements/build.txt
	@touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/install | $(BIN)/python
	$(PIP) install --no-deps --require-hashes --requirement requirements/dev.txt
	@touch $@

# Editable, so code changes need no reinstall; only a change of the packaging itself does.
$(STAMPS)/install: pyproject.toml $(STAMPS)/build
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(STAMPS)/bundle: $(FRONT_END) $(STAMPS)/install
	$(BIN)/python static/build_hook.py
	@touch $@
