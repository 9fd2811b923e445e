# The two commands to know are `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python

# One BLAS thread is far faster for our small matrices.
export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1
export PYTHONUNBUFFERED := 1

.PHONY: run test install lint format lock bench screenshots

run: install .env ## Everything for a first look: demo users, signatures, server
	@DEBUG=$${DEBUG:-on} $(PY) manage.py start

test: $(VENV)/.dev-installed lint ## Linters, types, import rules, tests on both databases
	$(PY) -m tests.run

install: $(VENV)/.installed ## Makes .venv from the lock

$(VENV)/.installed: requirements.txt
	@sh bin/install "$(PYTHON)" "$(VENV)" requirements.txt
	@touch $@

$(VENV)/.dev-installed: requirements-dev.txt
	@sh bin/install "$(PYTHON)" "$(VENV)" requirements-dev.txt
	@touch $@ $(VENV)/.installed

.env:
	@$(PY) bin/write_env .env

lint: $(VENV)/.dev-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	SECRET_KEY=linting $(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/bandit -q -c pyproject.toml -r common accounts tweets prediction hypotweet_site
	SECRET_KEY=linting $(PY) manage.py makemigrations --check --dry-run

format: $(VENV)/.dev-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Renews the locks from pyproject.toml; needs uv
	uv pip compile -q --universal --generate-hashes --no-header \
		pyproject.toml -o requirements.txt
	uv pip compile -q --universal --generate-hashes --no-header \
		-c requirements.txt --all-extras --group dev pyproject.toml -o requirements-dev.txt
	uv pip compile -q --universal --generate-hashes --no-header \
		-c requirements.txt --all-extras pyproject.toml -o requirements-extras.txt

bench: $(VENV)/.dev-installed
	CORPUS="$(CORPUS)" $(PY) -m benchmarks

screenshots: $(VENV)/.dev-installed ## The pictures of the documentation, from the demo
	$(PY) -m tests.screenshots
