# Two commands to know: `make up` and `make test`. Each target is one sentence to tools/ (before there is an environment) or to ops/ (after).

PYTHON ?= python3
# Which settings: dev, staging or prod.
STACK ?= dev
# Which program: a folder with a Pulumi.yaml.
APP ?= .
# Which cloud, where it is not the one in the stack's settings: gcp or aws; on a stack of its own.
CLOUD ?=
# What pytest is given: make test TESTS=tests/unit
TESTS ?= tests
JOBS ?= 2
# Passed on as typed: make must not expand the dollars of a shell command.
override CMD := $(value CMD)
# One local cloud for all programs of this checkout.
GROUNDPLAN_SANDBOX ?= $(CURDIR)/.groundplan
export STACK APP CLOUD CMD GROUNDPLAN_SANDBOX

BIN := .venv/bin
SOURCES = $(wildcard components policies sandbox ops tools benchmarks)
PROGRAMS = $(wildcard __main__.py)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help up setup preview destroy run test check lint format types contracts tests constraints clean

help: ## What there is to type
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20
	@echo "  with STACK=dev|staging|prod, APP=<folder>, CLOUD=gcp|aws"

up: setup ## Bring the application up on the local cloud
	@$(BIN)/groundplan up

preview: setup ## Say what `make up` would do
	@$(BIN)/groundplan preview

destroy: setup ## Take it down again
	@$(BIN)/groundplan destroy

run: setup ## Any command in the prepared environment: make -s run CMD='pulumi stack export -s dev'
	@[ -n "$$CMD" ] || { echo "groundplan: say what to run: make -s run CMD='groundplan sandbox ls'" >&2; exit 2; }
	@$(BIN)/groundplan sandbox -- sh -c "$$CMD"

setup: ## Virtual environment, packages, engine; nothing is brought up
	@command -v "$(PYTHON)" >/dev/null || { echo "groundplan: no Python: $(PYTHON) is not on PATH; install Python 3.11 or newer, or name it: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3" >&2; exit 1; }
	@"$(PYTHON)" tools/bootstrap.py tools.setup

test: setup tests ## All tests, the real engine's too

check: setup lint format types contracts tests ## All that CI runs: lint, types, contracts, tests

lint:
	@echo "check: ruff"
	@$(BIN)/ruff check .

format:
	@echo "check: formatting"
	@$(BIN)/ruff format --check .

types:
	@echo "check: types"
	@$(BIN)/mypy $(SOURCES) $(PROGRAMS)

contracts:
	@echo "check: import contracts"
	@$(BIN)/lint-imports

tests:
	@echo "check: tests"
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile $(TESTS)

constraints: setup ## Pin anew what the pinned packages bring with them
	@$(BIN)/python -m tools.constraints

clean: ## Remove what was made in this checkout: the environment, caches, and the local cloud with its state
	@rm -rf .venv .groundplan .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
