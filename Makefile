# The only entry to all tools. `make` alone lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The engines of Spark SQL are heavy, and hold back other packages: they have an environment of their own.
CLUSTER := $(VENV)/cluster
PEERS := $(VENV)/peers
# Forwarded to the demonstration: make run ORGANISATIONS=5000 SEED=7
ORGANISATIONS ?= 100000
SEED ?= 1

PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
# Two processes are enough for any machine we promise; the suite is bounded by its largest test.
PYTEST := $(BIN)/python -m pytest -q -n 2

.DEFAULT_GOAL := help
.PHONY: help run test check fmt golden nightly cluster bench wheel pins clean
# An installation that stopped half way leaves no stamp.
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/installed-run ## judge a sample nation, explain one organisation (ORGANISATIONS=100000 SEED=1)
	$(BIN)/goodstanding demo --organisations $(ORGANISATIONS) --seed $(SEED)

test: check ## lint, types and all tests but the nightly ones
	$(PYTEST)

check: $(VENV)/installed-test ## lint, format and types only
	$(BIN)/ruff check --quiet --output-format concise .
	$(BIN)/ruff format --quiet --check --output-format concise . || { echo "make: some files are not formatted; run 'make fmt'" >&2; exit 1; }
	$(BIN)/mypy --no-error-summary

fmt: $(VENV)/installed-test ## format the code and mend what lint can mend
	$(BIN)/ruff check --quiet --fix-only .
	$(BIN)/ruff format .

golden: $(VENV)/installed-test ## write the golden files anew; then read each changed line
	$(BIN)/python -m pytest -q tests --golden
	git status --short -- '*golden*'

nightly: $(VENV)/installed-test ## the tests that take minutes, and those that need official files
	$(PYTEST) -m "nightly or realdata"

cluster: $(CLUSTER)/installed ## the same judgments by engines of Spark SQL: Sail, and Apache Spark where Java is
	$(CLUSTER)/bin/python -m pytest -q -rs -m cluster tests/cluster

bench: $(PEERS)/installed ## measure every figure beside its peer and its floor, and write docs/performance.md
	$(PEERS)/bin/python benchmarks/run.py

wheel: $(VENV)/installed-test ## build the wheel, with the law in it, into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

# Needs uv on the PATH; no other target does. The hashes are those of every platform.
pins: ## take newer releases: write requirements/ again from pyproject.toml
	uv pip compile -q --upgrade --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group build -o requirements/run.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group build --group test -c requirements/run.txt -o requirements/test.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group build --group test --group cluster -c requirements/test.txt -o requirements/cluster.txt
	uv pip compile -q --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml --group build --group peers -c requirements/test.txt -o requirements/peers.txt

clean: ## remove what was built; the virtual environment stays
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that exists is completed, never deleted. Each stamp is older than its requirements
# when they change, and then the installation is brought up to date.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or later is needed; name one with 'make PYTHON=python3.12 ...'" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "make: python3-venv is missing; install it (Debian: apt-get install python3-venv) and run make again" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed-run: requirements/run.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/run.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-test: requirements/test.txt $(VENV)/installed-run
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

# pyspark is published as source alone: its build takes setuptools, which no hash here covers.
$(CLUSTER)/installed: requirements/cluster.txt pyproject.toml | $(BIN)/python
	$(PYTHON) -m venv $(CLUSTER)
	$(CLUSTER)/bin/python -m pip -qq --disable-pip-version-check install --require-hashes -r requirements/cluster.txt
	$(CLUSTER)/bin/python -m pip -qq --disable-pip-version-check install --no-deps --no-build-isolation --editable .
	@touch $@

$(PEERS)/installed: requirements/peers.txt pyproject.toml | $(BIN)/python
	$(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip -qq --disable-pip-version-check install --require-hashes -r requirements/peers.txt
	$(PEERS)/bin/python -m pip -qq --disable-pip-version-check install --no-deps --no-build-isolation --editable .
	@touch $@
