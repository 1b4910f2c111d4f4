# The case service. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
STAMPS := .local/stamps
export TZ := UTC
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run demo test bench mutants lint package deploy lock docs calendar pictures disposal clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(STAMPS)/python $(STAMPS)/engine $(STAMPS)/npm  ## install all that is needed, once
	@$(PY) -m tools.assets

run: setup  ## package, start the local engine, deploy into it, and stay (PORT=4566)
	@$(PY) -m tools.run

demo: setup  ## the same, with fictional cases to look at
	@$(PY) -m tools.run --demo

test: setup $(STAMPS)/browser lint  ## everything: lint, then all tests
	@$(PY) -m pytest -q

lint: $(STAMPS)/python  ## style, types, direction of dependencies, policy files, pages made from them
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check -q .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache > .local/lint-imports.log || (cat .local/lint-imports.log; exit 1)
	@$(PY) -m tools.check_policy
	@$(PY) -m tools.clock_docs --check
	@$(PY) -m tools.promises --check
	@$(PY) -m tools.languages --check

bench: setup  ## measure, and write .local/bench.json
	@$(PY) -m tools.bench

mutants: $(STAMPS)/python  ## plant faults in the clock and count what its tests find (a quarter of an hour)
	@$(PY) -m tools.mutants

package: setup  ## the zip and the template, as for AWS
	@$(PY) -m tools.package

deploy: setup  ## to AWS with your own credentials: STAGE=dev
	@$(PY) -m tools.deploy

lock: $(STAMPS)/python  ## pin again what requirements*.in ask for
	@for name in requirements requirements-dev requirements-local; do \
		$(PY) -m uv pip compile -q --no-header $$name.in -o $$name.txt; done

docs: $(STAMPS)/python  ## pages that are made from data
	@$(PY) -m tools.clock_docs
	@$(PY) -m tools.promises
	@$(PY) -m tools.languages

calendar: $(STAMPS)/python  ## load a newer list of bank holidays: FILE=bank-holidays.json, VERSION=today to write it
	@$(PY) -m tools.calendar $(if $(FILE),"$(FILE)") $(if $(VERSION),--write --version $(VERSION)) $(OPTIONS)

pictures: setup $(STAMPS)/browser  ## take the pictures of docs/ from a demonstration that runs in another window
	@$(PY) -m tools.pictures

disposal: $(STAMPS)/python  ## what of the local stack would go, by which rule, and what keeps it (OPTIONS="--days 90")
	@$(PY) -m tools.disposal preview $(OPTIONS)

clean:  ## forget what was built; the state of `make run` stays
	@rm -rf chalicelib/web/_built .local/package .local/staging .local/stamps

$(STAMPS)/python: requirements-dev.txt
	@mkdir -p $(STAMPS)
	@echo "  python: installing the development environment" >&2
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt 2> .local/pip.log || (cat .local/pip.log >&2; exit 1)
	@touch $@

$(STAMPS)/engine: requirements-local.txt
	@mkdir -p $(STAMPS)
	@echo "  engine: installing the local engine" >&2
	@test -x .local/engine/bin/python || $(PYTHON) -m venv .local/engine
	@.local/engine/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-local.txt 2> .local/pip.log || (cat .local/pip.log >&2; exit 1)
	@touch $@

$(STAMPS)/npm: package.json package-lock.json .npmrc
	@mkdir -p $(STAMPS)
	@echo "  front end: installing from package.json" >&2
	@npm ci --no-audit --no-fund --loglevel=error > .local/npm.log 2>&1 || (cat .local/npm.log >&2; exit 1)
	@touch $@

$(STAMPS)/browser:
	@mkdir -p $(STAMPS)
	@if ! ls /usr/bin/chromium* > /dev/null 2>&1 || ! test -x /usr/bin/java; then \
		if test "$$(id -u)" = 0; then echo "  browser: installing Debian's chromium, and Java for a validator" >&2; \
			shell=$$(apt-get update -qq; apt-cache show chromium-headless-shell > /dev/null 2>&1 && echo chromium-headless-shell || echo chromium); \
			(DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$shell fonts-liberation \
				default-jre-headless) > .local/apt.log 2>&1 || (tail -20 .local/apt.log >&2; exit 1); \
		else echo "The browser tests need /usr/bin/chromium and /usr/bin/java: apt-get install chromium fonts-liberation default-jre-headless" >&2; exit 1; fi; fi
	@touch $@
