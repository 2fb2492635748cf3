# One vocabulary for people and CI. Every target does the set-up it needs, idempotently.
# Everything is built under this folder; nothing outside it is touched.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Tests of one file share what they make, so they stay in one process; conftest.py orders the files.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
RUST_SOURCES := $(shell find prover/native -name target -prune -o -type f \( -name '*.rs' -o -name 'Cargo.*' \) -print)
NODE_MODULES := verifier_contracts/node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-margin test test-all lint format bench generate contracts native clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## Virtual environment, native extension, packages

demo: $(VENV)/.installed ## A real option chain becomes attested marks on a chain
	@$(BIN)/proofmark demo $(DEMO)

demo-margin: $(VENV)/.installed ## A hidden book: proven covered, then in breach, never shown
	@$(BIN)/proofmark demo-margin $(DEMO)

test: $(VENV)/.installed $(NODE_MODULES) ## All tests that need no second machine
	@$(PYTEST) $(TESTS)

test-all: $(VENV)/.installed $(NODE_MODULES) ## The same, with the long accuracy and fuzz runs
	@PROOFMARK_TEST_SCALE=full $(PYTEST) $(TESTS)

lint: $(VENV)/.installed ## Style, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed ## Rewrite the style faults that can be rewritten
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.installed $(NODE_MODULES) ## Measure beside snarkjs; tables, JSON and a plot in build (QUICK=1: less)
	@$(BIN)/python -m tests.benchmarks $(if $(QUICK),--quick) $(BENCH)

generate: $(VENV)/.installed ## Regenerate tables, constants, protobuf code
	@$(BIN)/python -m circuits.functions.generate_tables
	@$(BIN)/python -m circuits.poseidon.generate_constants
	@$(BIN)/python proto/generate.py

contracts: $(VENV)/.installed $(NODE_MODULES) ## Rebuild the committed contract artifacts
	@$(BIN)/python verifier_contracts/scripts/build_artifacts.py

native: ## Rebuild the native engine
	@rm -f $(VENV)/.installed
	@$(MAKE) --no-print-directory setup

clean: ## Remove what the targets above made
	rm -rf $(VENV) build *.egg-info verifier_contracts/node_modules prover/native/target

$(VENV)/.installed: pyproject.toml $(RUST_SOURCES)
	@echo "proofmark: setting up $(VENV) (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@$(BIN)/python -m pip install --quiet --editable '.[demo,dev,plot]' 2>$(VENV)/install.log \
	  || { cat $(VENV)/install.log; exit 1; }
	@$(BIN)/python -m prover.engines.status
	@touch $@

$(NODE_MODULES): verifier_contracts/package-lock.json
	@echo "proofmark: installing the contract tools (forge, anvil, solc)"
	@if command -v npm >/dev/null; then cd verifier_contracts && npm ci --silent --no-audit --no-fund; \
	else echo "proofmark: npm is missing; the contracts' own tests will say so"; \
	  mkdir -p verifier_contracts/node_modules; fi
	@touch $@
