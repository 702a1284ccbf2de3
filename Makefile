# Every target works as the first command in a fresh clone: it needs python3 (3.11 or later, with venv) and make.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
# One word for the shell, whatever is in it.
quoted  = '$(subst ','\'',$(1))'

.DEFAULT_GOAL := help
.PHONY: help setup demo test check static check-mutants bench proto lock

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  \033[36m%-14s\033[0m %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv and install the locked dependencies and this project
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Penstock needs Python 3.11 or later; say which: make setup PYTHON=python3.12")'
	@echo "installing the locked dependencies into $(VENV): a minute or two, once"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## a small Dropbox over a folder, with an executor killed and pings lost (DIR=~/Pictures for a copy of yours)
	@PYTHONPATH=examples $(BIN)/python -m minibox $(if $(value DIR),--dir=$(call quoted,$(value DIR)))

test: setup static ## run all checks and all tests (ARGS="-k name" narrows the tests)
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

check: setup static ## run the linters, the type checker, the import contracts and the law tests
	$(if $(wildcard tests/law/test_*.py),$(BIN)/pytest -q tests/law)

static: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m proto.generate --check

check-mutants: setup ## plant bugs one by one; each must be caught by the tests
	$(BIN)/python -m tests.mutants

bench: setup ## measure throughput, latency and cost (ARGS="NAME --quick")
	$(BIN)/python -m benchmarks $(ARGS)

proto: setup ## generate src/penstock/wire/v1 from proto/
	$(BIN)/python -m proto.generate

lock: ## resolve the dependencies again, for every platform and Python from 3.11, with hashes
	test -x .lock-tool/bin/uv || ($(PYTHON) -m venv .lock-tool && .lock-tool/bin/pip install --quiet --disable-pip-version-check uv)
	.lock-tool/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --all-extras \
		--no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command "make lock" \
		--output-file requirements.lock pyproject.toml
