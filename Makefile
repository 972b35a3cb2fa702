# Two commands on a fresh machine (Python 3.11 or newer, and make):
#   make demo    the main job on SQLite
#   make test    everything, on a real server that it brings itself

PYTHON ?= python3
BIN := .venv/bin
JOBS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo dev dev-workers test test-mysql test-pythons test-dagster unit e2e slow check lint types format hooks docs release lock mutation bench bench-quick clean

help:  ## what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

.venv/ready: requirements.lock setup.py
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

demo: .venv/ready  ## load the example rosters into SQLite and show what came of it
	@$(BIN)/provider-assets demo

dev: .venv/ready  ## open the web UI on this machine, with the sensor running
	@$(BIN)/provider-assets dev

dev-workers: .venv/ready  ## the same with two Celery workers and Redis (needs redis-server)
	@$(BIN)/python deploy/workers/dev.py

test: .venv/ready  ## every test but the long lanes, on a real server
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow and not e2e"

# what may differ on MySQL: the database's lane, kills, the doors of the main job; without
# LOAD DATA LOCAL, which is MySQL's default, and what travels by it once more with it
MYSQL_LANE := provider_assets_tests/database provider_assets_tests/orchestration/test_load.py \
	provider_assets_tests/orchestration/test_loop.py
MYSQL_STAGED := provider_assets_tests/database/test_staging.py provider_assets_tests/database/test_load.py
MYSQL_KILLS := provider_assets_tests/database/test_kill.py
MYSQL_MODELS := provider_assets_tests/database/test_model.py \
	provider_assets_tests/database/test_departures_model.py
MYSQL_LARGE := provider_assets_tests/database/test_plans.py provider_assets_tests/database/test_modes.py
ON_MYSQL := PROVIDER_ASSETS_TEST_SERVER=mysql PROVIDER_ASSETS_TEST_LOCAL_INFILE

test-mysql: .venv/ready  ## the tests of the database on a real MySQL, with and without LOAD DATA
	$(ON_MYSQL)=0 $(BIN)/python -m pytest -n $(JOBS) -m "not slow" -k "not sqlite" $(MYSQL_LANE)
	$(ON_MYSQL)=0 $(BIN)/python -m pytest -n $(JOBS) -m slow -k "mysql and step" $(MYSQL_KILLS)
	$(ON_MYSQL)=0 $(BIN)/python -m pytest -n $(JOBS) -m slow -k "on_the_server" $(MYSQL_MODELS)
	$(ON_MYSQL)=0 $(BIN)/python -m pytest -n $(JOBS) -m slow $(MYSQL_LARGE)
	$(ON_MYSQL)=1 $(BIN)/python -m pytest -n $(JOBS) -m "not slow" -k "not sqlite" $(MYSQL_STAGED)

# the Pythons that the workflow tries; here those that uv or pyenv has, or that uv may fetch
PYTHONS ?= 3.11 3.12 3.13 3.14
UNIT := -m "not mysql and not slow and not e2e"

test-pythons:  ## the tests without a server on each Python that is here (needs uv)
	@tried=; for v in $(PYTHONS); do \
	  new=build/python-$$v; \
	  own=$$(ls -d $${PYENV_ROOT:-$$HOME/.pyenv}/versions/$$v.*/bin/python 2>/dev/null | tail -1); \
	  uv venv -q --clear -p $${own:-$$v} $$new 2>/dev/null || \
	    { echo "Python $$v is not here, and was not tried"; continue; }; \
	  echo "Python $$v"; tried="$$tried $$v"; \
	  uv pip install -q -p $$new/bin/python -r requirements.lock && \
	  uv pip install -q -p $$new/bin/python --no-deps -e . && \
	  $$new/bin/python -m pytest -q -n $(JOBS) $(UNIT) || exit 1; \
	done; test -n "$$tried" || { echo "no Python was tried"; exit 1; }; echo "tried:$$tried"

# the oldest that setup.py allows; DAGSTER= (nothing) is the newest that there is
DAGSTER ?= ==1.13.0

test-dagster:  ## the tests of the assets on the oldest Dagster, or on another: DAGSTER= (needs uv)
	grep -vE '^ |^#|^dagster|^tomlkit' requirements.lock > build-dagster.txt
	uv venv -q --clear -p $(PYTHON) build/dagster
	uv pip install -q -p build/dagster/bin/python --constraint build-dagster.txt -e . "dagster$(DAGSTER)" "dagster-webserver$(DAGSTER)" \
	  pytest pytest-timeout pytest-xdist hypothesis xlwt msoffcrypto-tool
	rm build-dagster.txt
	build/dagster/bin/python -m pytest -n $(JOBS) $(UNIT) provider_assets_tests/orchestration/test_definitions.py \
	  provider_assets_tests/orchestration/test_platforms.py provider_assets_tests/orchestration/test_load.py

unit: .venv/ready  ## the tests that need no server
	$(BIN)/python -m pytest -n $(JOBS) -m "not mysql and not slow and not e2e"

e2e: .venv/ready  ## real processes and a real browser
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m e2e

slow: .venv/ready  ## kill rounds and other long lanes
	$(BIN)/python -m pytest -n $(JOBS) -m "slow and not e2e"

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy

format: .venv/ready  ## put the code into the project's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

hooks: .venv/ready  ## have git run lint before each commit
	$(BIN)/pre-commit install

docs: .venv/ready  ## build the documentation's site into build/docs
	$(BIN)/python -m sphinx -q -W --keep-going -E docs build/docs

release: .venv/ready  ## build wheel and sdist, check both, try the wheel where nothing else is
	rm -rf dist build
	$(BIN)/python -m build --outdir dist
	$(BIN)/twine check --strict dist/*
	$(PYTHON) -m venv build/release
	build/release/bin/python -m pip install --quiet --constraint requirements.lock dist/*.whl
	cd build/release && bin/provider-assets --version && bin/provider-assets demo

mutation: .venv/ready  ## change the code in thousands of places: which change does no test tell? (hours)
	$(BIN)/mutmut run; $(BIN)/mutmut results

check: lint types docs test slow e2e  ## what the CI runs: lint, types, every test

bench: .venv/ready  ## peers and us side by side, all sizes
	$(BIN)/python -m benchmarks

bench-quick: .venv/ready  ## the same in under three minutes
	$(BIN)/python -m benchmarks --quick

lock:  ## choose the packages anew (needs uv)
	uv pip compile setup.py --extra dev --universal --python-version 3.11 --no-header --upgrade -o requirements.lock

clean:  ## remove what the commands above have made
	rm -rf .venv build dist *.egg-info mutants
