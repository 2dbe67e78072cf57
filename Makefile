# make run   the service with the shipped settings          make test   lint, types, import rules, all tests
# make demo  see it work in a minute, without a network     make bench  speed and quality, measured
# make soak  the long tests whole                           make fmt    format the code
# make docs  the documentation as a site, in var/site       make sbom   what is installed, as CycloneDX, in var/
# make lock  resolve the pinned requirements again          make audit  known weaknesses of what is installed
# make help  this list

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run demo test lint bench bench-quality soak fmt lock schema reference docs sbom audit help

run: $(VENV)/.run
	@$(BIN)/monitor run

demo: $(VENV)/.run
	@$(BIN)/monitor demo

# a file's tests stay in one process, so that what they share (a served desk, a PostgreSQL) is made once; files go in
# order, lest the long ones, of few tests, all come last
test: lint
	$(BIN)/python -m pytest -m "not soak" --numprocesses auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks.speed

bench-quality: $(VENV)/.dev
	$(BIN)/python -m benchmarks.quality

soak: $(VENV)/.dev
	$(BIN)/python -m pytest -m soak --timeout 7200

fmt: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

schema: $(VENV)/.dev
	$(BIN)/python -m monitor.config_schema

reference: $(VENV)/.dev
	$(BIN)/python -m docs.reference.make

docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "built: var/site/index.html"

sbom: $(VENV)/.dev
	$(BIN)/python -m tools.dependencies sbom

audit: $(VENV)/.dev
	$(BIN)/python -m tools.dependencies audit

# --universal: one file for every platform and Python from 3.11 on
lock:
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --quiet \
	  --extra postgres pyproject.toml requirements/build.in -o requirements/run.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --quiet \
	  --extra postgres --group dev pyproject.toml requirements/build.in -c requirements/run.txt -o requirements/dev.txt

help:
	@sed -n '1,6p' Makefile | cut -c3-

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "make: Python 3.11 or newer is needed; found $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "make: Python's venv module is missing. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 2; }
	@echo "Setting up $(VENV) (once) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	@test -e $(VENV)/.dev || { echo "Installing pinned requirements …"; $(PIP) install --require-hashes -r requirements/run.txt; }
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing pinned requirements for development …"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.run
