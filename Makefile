# Needs Python 3.11 or later, git and make. The first target that wants a tool puts all of them into .venv, in the
# versions that constraints.txt names, and does so again when they or pyproject.toml change.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
LOCK   := action/requirements.lock
ARGS   ?=
# All of the tests share the cores; a few of them are done before the workers have started.
CORES  := $(if $(strip $(ARGS)),,-n logical --dist worksteal)

# What is compiled is kept, whatever the shell says: each worker, and each process that a test starts, would do it again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint types format cover data docs bench approval lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY) ## Judge a small AI-assisted change, to see what judgegate does
	@$(BIN)/judgegate demo

test: $(READY) ## Run the tests (ARGS="tests/policy -k waiver" for some of them)
	@$(BIN)/pytest $(CORES) $(ARGS)

lint: $(READY) ## Check style, types and the direction of imports
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

types: $(READY) ## Check the types
	@$(BIN)/mypy

format: $(READY) ## Put the code into shape
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

cover: $(READY) ## Run the tests and list what they do not reach
	@$(BIN)/pytest $(CORES) --cov --cov-report=term-missing:skip-covered $(ARGS)

data: $(READY) ## Compile the packs and the catalogue of markers, after one of them was edited
	@$(BIN)/python tools/compile_data.py

docs: $(READY) ## Bring help texts and the picture in the documentation up to date
	@$(BIN)/python docs/refresh.py

bench: $(READY) ## Measure the time against bandit and radon alone (ARGS="--case small")
	@$(BIN)/python -m bench.speed $(ARGS)

approval: $(READY) ## Measure the run after an approval against a bare interpreter (a bench, too)
	@$(BIN)/python -m bench.approval $(ARGS)

lock: ## Resolve the newest versions that pyproject.toml allows, for development and for the Action
	@: > constraints.txt
	@rm -rf $(VENV)
	@$(MAKE) --no-print-directory $(READY)
	@echo "# What development and CI install; made by 'make lock'." > constraints.txt
	@$(BIN)/pip freeze --exclude-editable --exclude judgegate >> constraints.txt
	@echo "# What the Action installs: every package with the digests of its files, so that nothing else can take its place." > $(LOCK)
	@echo "# Made by 'make lock', in the versions that constraints.txt names." >> $(LOCK)
	@$(BIN)/uv pip compile pyproject.toml --constraint constraints.txt --generate-hashes --universal --python-version 3.11 \
	  --no-annotate --no-header --quiet >> $(LOCK)
	@touch $(READY)

clean: ## Remove the virtual environment and everything that was built
	@rm -rf $(VENV) dist build .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "judgegate needs Python 3.11 or later, and $(PYTHON) is not: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV); this takes about half a minute, once ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt hatchling editables
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --no-build-isolation --editable '.[dev]'
	@touch $@
