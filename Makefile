# `make run` and `make test` set up all they need; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python

# One BLAS thread is far faster for our small matrices.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export PYTHONUNBUFFERED := 1

.PHONY: help run test test-all test-machines coverage deploy-test container-test install lint format lock bench screenshots

help: ## This list
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: install .env ## A demo site on http://localhost:8000/, with fictional users
	@DEBUG=$${DEBUG:-on} $(PY) manage.py start

test: $(VENV)/.dev-installed lint ## `lint`, and the tests on both databases and in a browser
	$(PY) -m tests.run

test-all: $(VENV)/.dev-installed lint ## Also on SQLite what starts processes; what CI runs
	$(PY) -m tests.run --all

test-machines: $(VENV)/.dev-installed ## All journeys of the browser, on two machines
	$(PY) -m tests.run --machines

coverage: $(VENV)/.dev-installed ## The tests on SQLite with branch coverage, and its floor
	DATABASE_URL= $(PY) -m pytest -q -n auto --dist worksteal --ignore=tests/browser \
		--cov --cov-branch --cov-report=term

deploy-test: $(VENV)/.dev-installed ## docs/deploy.md on a fresh Debian 12; needs root and debootstrap
	DEPLOY_TEST=1 DATABASE_URL= $(PY) -m pytest -n0 -s tests/machine/test_debian.py

container-test: $(VENV)/.dev-installed ## Its containers; needs root, Podman, debootstrap
	CONTAINER_TEST=1 DATABASE_URL= $(PY) -m pytest -n0 -s tests/machine/test_containers.py

install: $(VENV)/.installed ## .venv with the locked packages

$(VENV)/.installed: requirements.txt
	@sh bin/install "$(PYTHON)" "$(VENV)" requirements.txt
	@touch $@

$(VENV)/.dev-installed: requirements-dev.txt
	@sh bin/install "$(PYTHON)" "$(VENV)" requirements-dev.txt
	@touch $@ $(VENV)/.installed

.env:
	@$(PY) bin/write_env .env

lint: $(VENV)/.dev-installed ## Style, types, import rules, security, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	SECRET_KEY=linting $(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r common accounts tweets prediction hypotweet_site
	SECRET_KEY=linting $(PY) manage.py makemigrations --check --dry-run

format: $(VENV)/.dev-installed ## Fixes style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Updates the locked packages from pyproject.toml; needs uv
	uv pip compile -q --universal --generate-hashes --no-strip-extras --no-header \
		pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-strip-extras --no-header \
		-c requirements.txt --all-extras --group dev pyproject.toml -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --no-strip-extras --no-header \
		-c requirements.txt --all-extras pyproject.toml -o requirements-extras.txt

bench: $(VENV)/.dev-installed ## Benchmarks of speed, memory and accuracy
	CORPUS="$(CORPUS)" $(PY) -m benchmarks

screenshots: $(VENV)/.dev-installed ## The pictures of the documentation, from the demo site
	$(PY) -m tests.screenshots
