# Everything a person or CI runs. `make toolchain` needs Python 3.11 or newer and nothing else;
# each other target runs it first, which takes a fifth of a second once all is there.

.DEFAULT_GOAL := help
SHELL := /bin/bash

# taken before PATH changes: the toolchain runs on the machine's interpreter
PYTHON ?= python3
PYTHON := $(shell command -v $(PYTHON) || echo $(PYTHON))

# .venv first: the Python language host runs the `python` that comes first
export PATH := $(CURDIR)/.venv/bin:$(CURDIR)/.toolchain/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export PULUMI_HOME := $(CURDIR)/.toolchain/pulumi-home
export PULUMI_SKIP_UPDATE_CHECK := true
# the engine starts interpreters by the dozen, each would compile everything again
unexport PYTHONDONTWRITEBYTECODE

# programs by path: GNU make 3.81 (macOS) looks for a recipe's program in its own PATH, not in ours
BIN := .venv/bin
FRONTEND := $(BIN)/npm --prefix apps/frontend run --silent

# more arguments for the target's last program: make test ARGS="-k naming -x"
ARGS ?=

.PHONY: help toolchain apps watch up down sandbox verify docker docker-down browser test test-docker integration test-long workflows check bench lock clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

toolchain: ## provide Python packages, the engine and its plugins (.venv, .toolchain)
	@$(PYTHON) -m toolchain

apps: toolchain ## provide moon and the frontend's packages (npm ci)
	@$(PYTHON) -m toolchain apps

watch: apps ## lint, affected tests and types on every save, one line per result
	@$(BIN)/python -m workbench watch

up: toolchain ## start the sandbox and deploy staging into it (ENGINE=docker: on this machine's Docker)
	@$(BIN)/strata sandbox up $(if $(ENGINE),--engine $(ENGINE))
	@$(BIN)/strata sandbox deploy $(ARGS)

down: toolchain ## destroy the sandbox's stacks and stop it
	@$(BIN)/strata sandbox destroy $(ARGS)
	@$(BIN)/strata sandbox down

sandbox: toolchain ## start the sandbox and say how to use it
	@$(BIN)/strata sandbox up $(if $(ENGINE),--engine $(ENGINE))
	@$(BIN)/strata sandbox status

verify: toolchain ## look at compose files, workflows and addresses (STACK=pr-12: of one stack)
	@$(BIN)/strata verify $(STACK) $(ARGS)

docker: toolchain ## provide a Docker Engine, `docker compose` and images
	@$(PYTHON) -m toolchain docker

docker-down: ## end the Docker Engine that `make docker` started by hand
	@$(PYTHON) -m toolchain docker --stop

test: apps ## run the tests
	@$(FRONTEND) test
	@$(BIN)/pytest -q -n auto --maxprocesses 4 -m "not long and not docker" $(ARGS)

browser: toolchain ## provide Chromium, in which tests look at the page
	@$(PYTHON) -m toolchain browser

# two at a time: each starts containers of its own, and a machine has few cores; tests that share one
# thing of the whole Engine (a swarm, a port) are of one xdist_group
integration: docker browser ## run the five services, thrown away afterwards, and ask them (layer 3)
	@$(BIN)/pytest -q -n 2 --dist loadgroup tests/integration $(ARGS)

# containers that share two cores can be too slow for their own limits: what failed is run once more, alone, and what
# fails again is a failure
test-docker: docker browser ## run the tests on real containers
	@$(BIN)/pytest -q -n 2 --dist loadgroup -m docker $(ARGS) || $(BIN)/pytest -q -n 0 -m docker --last-failed --last-failed-no-failures none $(ARGS)

test-long: toolchain ## run the tests that take minutes
	@$(BIN)/pytest -q -n auto --maxprocesses 4 -m "long and not docker" $(ARGS)

workflows: toolchain ## what the workflows' linters find (actionlint with shellcheck, zizmor, GitHub's schema)
	@$(BIN)/actionlint
	@$(BIN)/zizmor --quiet --offline --no-progress .github
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml

check: apps workflows ## lint, formatting, types, who may import whom, workflows
	@$(FRONTEND) lint
	@$(FRONTEND) typecheck
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@cd apps/backend && ../../$(BIN)/mypy
	@$(BIN)/lint-imports

bench: apps ## measure
	@$(BIN)/python -m tests.bench $(ARGS)

lock: ## write requirements.txt anew (ARGS=--upgrade for newer versions)
	@$(PYTHON) -m toolchain lock $(ARGS)

clean: ## remove what can be made again; the sandbox's state stays, `make down` ends it
	@rm -rf .venv .toolchain node_modules apps/frontend/node_modules apps/frontend/dist .moon/cache .grimp_cache build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find . -path ./.sandbox -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
