# Bare `make` lists the targets. Each one that needs an environment makes it, and again only if what it is made from changed.
PYTHON ?= python3
RUN := .venv/run
DEV := .venv/dev
BENCH := .venv/bench
STRANGERS := .venv/strangers

.DEFAULT_GOAL := help
.PHONY: help demo emulator test check strangers format lint types wheel versions bench clean long soak mutants contract faults lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUN)/ready ## run the main job against a local FastPix
	@$(RUN)/bin/python -m fastpix.emulator.demo

emulator: $(RUN)/ready ## serve a local FastPix until interrupted
	@$(RUN)/bin/python -m fastpix.emulator

test: $(DEV)/ready ## run the tests, and demand full branch coverage
	@$(DEV)/bin/python -m pytest -n 2 --dist loadfile --ignore=tests/benchmarks --cov --cov-report=term-missing:skip-covered
	@$(DEV)/bin/python -m pytest tests/benchmarks

check: format lint types test wheel versions ## all that a change must pass

strangers: $(STRANGERS)/ready ## run the tests that need other people's servers and engines, such as Ray
	@FASTPIX_TESTS=strangers $(STRANGERS)/bin/python -m pytest tests/strangers

format: $(DEV)/ready ## check the format
	@$(DEV)/bin/ruff format --check .

lint: $(DEV)/ready ## run the linter
	@$(DEV)/bin/ruff check .

types: $(DEV)/ready ## run the type checkers: two on the package, four on programs as a user has them
	@$(DEV)/bin/python -m tests.checkers

wheel: $(DEV)/ready ## build the wheel and try it in a bare environment
	@$(DEV)/bin/python -m tests.check_wheel

versions: $(DEV)/ready ## run the tests with the lowest and the newest versions, on two Pythons
	@$(DEV)/bin/python -m tests.check_versions

faults: $(DEV)/ready ## print what comes of every fault on every method
	@$(DEV)/bin/python -m tests.faults.matrix

bench: $(BENCH)/ready ## measure against what a user would otherwise have; WHAT=calls for one group
	@$(BENCH)/bin/python $(PIP) --no-deps --force-reinstall .
	@$(BENCH)/bin/python -m tests.benchmarks $(WHAT)

soak: $(DEV)/ready $(BENCH)/ready ## create 20,000 streams through faults, and some with the official SDK beside
	@$(DEV)/bin/python -m tests.faults.soak $(BENCH)/bin/python

long: $(DEV)/ready ## run hostile input, lifecycle and interrupts in their long form, which takes half an hour
	@FASTPIX_TESTS=long $(DEV)/bin/python -m pytest --timeout=0 --durations=0 tests/test_hostile.py tests/test_lifecycle.py tests/_http/test_interrupts.py

mutants: $(DEV)/ready ## put random faults into the code and see which are noticed, which takes hours; WITH='--seed 1'
	@$(DEV)/bin/python -m tests.mutants $(WITH)

contract: $(DEV)/ready ## write the table of the API's facts anew, from SPEC=openapi.yaml and CHANGES=openapi.yaml
	@$(DEV)/bin/python -m tests.contract_table $(SPEC) $(CHANGES)

lock: ## write the versions that development uses anew
	@rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	@.venv/lock/bin/pip install -q --disable-pip-version-check -e '.[emulator]' -r .ci/dev.txt
	@.venv/lock/bin/pip freeze --exclude-editable --disable-pip-version-check > .ci/constraints.txt

clean: ## remove all that the other targets made
	rm -rf .venv dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

PIP := -m pip install -q --disable-pip-version-check -c .ci/constraints.txt

$(RUN)/ready: pyproject.toml .ci/constraints.txt
	@echo "making an environment in $(RUN)" >&2
	@$(PYTHON) -m venv $(RUN)
	@$(RUN)/bin/python $(PIP) -e '.[emulator]'
	@touch $@

$(DEV)/ready: pyproject.toml .ci/dev.txt .ci/constraints.txt
	@echo "making an environment in $(DEV), which takes a minute or two" >&2
	@$(PYTHON) -m venv $(DEV)
	@$(DEV)/bin/python $(PIP) -e '.[emulator]' -r .ci/dev.txt
	@touch $@

$(STRANGERS)/ready: pyproject.toml .ci/strangers.txt .ci/constraints.txt
	@echo "making an environment with other people's engines in $(STRANGERS)" >&2
	@$(PYTHON) -m venv $(STRANGERS)
	@$(STRANGERS)/bin/python $(PIP) -e '.[emulator]' -r .ci/strangers.txt
	@touch $@

$(BENCH)/ready: pyproject.toml .ci/constraints.txt
	@echo "making an environment with the official SDK in $(BENCH)" >&2
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python $(PIP) . fastpix-python==1.2.0 trustme
	@touch $@
