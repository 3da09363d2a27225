# Everything runs in .venv, made from the pinned, hashed requirements. Needs Python 3.11+ with venv, and make.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup ui looks demo test check bench docs clean test-browser test-faults test-slow test-wire test-postgres scan
.DELETE_ON_ERROR:

BIN := .venv/bin
READY := .venv/.ready
SOURCES := $(wildcard src tests tools bench)

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

setup: $(READY) looks ## make .venv from requirements.txt

$(READY): requirements.txt pyproject.toml tools/find-python
	@python=$$(PYTHON="$(PYTHON)" sh tools/find-python) || exit 1; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		echo "Making .venv with $$($$python --version)"; \
		$$python -m venv --clear .venv || exit 1; \
	fi
	@echo "Installing the pinned requirements"
	@$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

ui: $(READY) ## make what the pages load: Designsystemet, htmx and Inter
	@$(BIN)/python -m tools.ui

looks: $(READY) ## the same, but go on with plain pages where that cannot be
	@$(BIN)/python -m tools.ui --try

demo: $(READY) looks ## tell the pilot's story, in ./demo
	@$(BIN)/avrop demo

test: $(READY) looks ## run the tests, but for those that kill processes or run other people's tools
	$(BIN)/pytest -n 2 --dist loadfile -m "not faults and not slow and not wire and not browser"

test-slow: $(READY) ## run the tests that play many stories or hold servers for long, and all examples of every property
	AVROP_TEST_EXAMPLES=all $(BIN)/pytest -n 2 --dist loadfile -m "slow or property"

test-faults: $(READY) ## kill processes at named points, and see that the story completes
	$(BIN)/pytest -n 2 -m faults

test-wire: $(READY) ## run other people's tools against ours, each in a throw-away environment
	$(BIN)/pytest -m wire

test-browser: $(READY) ui ## look at every page with a real Chromium
	$(BIN)/pytest -n 2 -m browser

test-postgres: $(READY) ## run the store and the story on a private Debian PostgreSQL
	bash tools/with-postgres $(BIN)/pytest -m "not faults and not slow and not wire and not browser" tests/store tests/story

check: $(READY) ## style, types, layers and structure
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/structure

scan: $(READY) ## find numbers that could be a real person's, in all that git tracks
	$(BIN)/avrop vigo scan --tracked .

bench: $(READY) ## measure against yardsticks, as ratios in one run
	$(BIN)/python -m bench

docs: $(READY) ## write the generated pages anew
	$(BIN)/python -m tools.docs
	$(BIN)/python -m tools.flow

clean: ## remove what make has made
	@for file in $$(find demo bench/scratch -name postmaster.pid 2>/dev/null); do \
		if kill -0 "$$(head -n 1 "$$file")" 2>/dev/null; then \
			echo "A PostgreSQL still runs in $$(dirname "$$file"); stop the demo first." >&2; exit 1; \
		fi; \
	done
	rm -rf .venv demo build dist ui/node ui/node_modules src/avrop/web/static/vendor bench/scratch .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
