# Every target makes the environment first; nothing but Python >= 3.11, make and a shell is needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9
export PYTHONPATH := $(CURDIR)

.PHONY: demo test check eval bench env env-dev lock clean

demo: env
	$(BIN)/rejoinder demo

test: check servers
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: env-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: env
	$(BIN)/python -m evals

bench: env-dev
	$(BIN)/python -m benchmarks

.PHONY: servers
servers: env-dev
	sh scripts/install-test-servers.sh

env: $(VENV)/.ready
env-dev: $(VENV)/.ready-dev

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "Rejoinder needs Python 3.11, 3.12 or 3.13; this is $$($(PYTHON) --version). Set PYTHON=/path/to/python3.12."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "This Python cannot make virtual environments; on Debian and Ubuntu install the package python3-venv."; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(VENV)/.ready: requirements.txt pyproject.toml | $(BIN)/uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.txt pyproject.toml | $(BIN)/uv
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --require-hashes -r requirements-dev.txt
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.ready

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

lock: | $(BIN)/uv
	$(BIN)/$(LOCK) --extra demo --group build -o requirements.txt
	$(BIN)/$(LOCK) --all-extras --group dev -o requirements-dev.txt

clean:
	rm -rf $(VENV) build dist *.egg-info
