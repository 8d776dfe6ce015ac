# What to type. Every target first sets up what it needs in .venv, from a stock Python; after that, nothing is repeated.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Two processes share the tests, a file each; one alone: make test SIDE_BY_SIDE=
SIDE_BY_SIDE ?= -n 2 --dist loadfile

PEERS  := $(VENV)/peers

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test test-all test-second lint docs bench validation clean

help: ## this list
	@echo "make demo      run the demonstration: a small comparison with table, pictures and report"
	@echo "make test      check style, types, imports and spelling, then run every test"
	@echo "make test-all  the same, and first the fast tests on Python 3.13 or 3.12 where one is found (CI does too)"
	@echo "make lint      the checks without the tests"
	@echo "make docs      write the tables of the documentation anew from the code"
	@echo "make validation  hold the model against known facts and write docs/validation.md"
	@echo "make bench     measure speed, growth, memory and start; ARGS=--help shows how to choose"
	@echo "make clean     remove the environments, caches and builds; your results stay"
	@echo "Needs Python 3.11 or later with venv; another one than python3: make test PYTHON=python3.12"

demo: $(VENV)/.ready
	@echo "Running the demonstration …"
	@$(BIN)/smarketing demo $(ARGS)

test: lint $(if $(CI),test-second)
	@echo "Running all tests …"
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

test-all: lint test-second
	@echo "Running all tests …"
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) $(ARGS)

lint: $(VENV)/.ready
	@echo "Checking style …"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "Not formatted; run $(BIN)/ruff format ."; exit 1; }
	@echo "Checking types …"
	@$(BIN)/mypy --no-error-summary
	@echo "Checking the direction of imports …"
	@$(BIN)/lint-imports --no-logo
	@echo "Checking spelling …"
	@$(BIN)/codespell

docs: $(VENV)/.ready
	@$(BIN)/python docs/tables.py

bench: $(VENV)/.ready $(PEERS)/.ready
	@echo "Measuring speed (a few minutes) …"
	@PYTHONPATH=$(PEERS) $(BIN)/python -m benchmarks $(ARGS)

validation: $(VENV)/.ready
	@echo "Validating …"
	@$(BIN)/smarketing validate --format markdown --out docs/validation.md $(ARGS)

clean:
	@echo "Removing environments, caches and builds …"
	@rm -rf .venv .venv-3.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Usage: $(call set_up,python,folder). An environment that still works is updated, a broken one is made anew.
define set_up
"$(1)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "smarketing needs Python 3.11 or later, and $(1) is not one."; \
	echo "Install it, or name another: make PYTHON=python3.12"; exit 1; }; \
echo "Setting up $(2) (once, about a minute) …"; \
"$(2)/bin/python" -m pip --version >/dev/null 2>&1 || { \
	"$(1)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python has no venv; on Debian and Ubuntu: apt install python3-venv"; exit 1; }; \
	"$(1)" -m venv --clear "$(2)"; } || exit 1; \
printf '*\n' > "$(2)/.gitignore"; \
"$(2)/bin/python" -m pip install -qq --disable-pip-version-check -r requirements.lock && \
"$(2)/bin/python" -m pip install -qq --disable-pip-version-check --no-build-isolation --no-deps -e . && \
touch "$(2)/.ready"
endef

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(call set_up,$(PYTHON),$(VENV))

# The peers of funnel-1 lie apart: AgentPy brings a package called "tests", which would stand in the way of ours.
$(PEERS)/.ready: benchmarks/requirements.txt $(VENV)/.ready
	@echo "Fetching the simulators to compare with …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --upgrade --target $(PEERS) -r $<
	@touch $@

.venv-3.12/.ready .venv-3.13/.ready: requirements.lock pyproject.toml
	@$(call set_up,$(SECOND),$(@D))

# The newest of Python 3.13 and 3.12 that is found and works, on the path or among pyenv's; not the one of .venv.
test-second: $(VENV)/.ready
	@main=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	for version in 3.13 3.12; do \
		for python in "python$$version" "$$(pyenv root 2>/dev/null)"/versions/$$version.*/bin/python; do \
			if [ "$$version" != "$$main" ] && "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then \
				folder=".venv-$$version"; \
				$(MAKE) --no-print-directory "SECOND=$$python" "$$folder/.ready" || exit 1; \
				echo "Running the fast tests on Python $$version …"; \
				exec "$$folder/bin/python" -m pytest -q $(SIDE_BY_SIDE) -m "not slow" -o cache_dir="$$folder/.pytest_cache"; \
			fi; \
		done; \
	done; \
	echo "No second Python (3.13 or 3.12) found: its fast tests are left out."
