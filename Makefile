# What to type. Every target first sets up what it needs in .venv, from a stock Python; after that, nothing is repeated.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# Two processes share the tests, a file each; one alone: make test SIDE_BY_SIDE=
SIDE_BY_SIDE ?= -n 2 --dist loadfile

PEERS  := $(VENV)/peers
RIVALS := $(VENV)/rivals

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test test-all test-second lint docs site links licences sbom figures bench validation verify fuzz mutants clean

help: ## this list
	@echo "make demo      run the demonstration: a small comparison with table, pictures and report"
	@echo "make test      check style, types, imports and spelling, then run every test"
	@echo "make test-all  the same, and first the fast tests on Python 3.13 or 3.12 where one is found (CI does too)"
	@echo "make lint      the checks without the tests"
	@echo "make docs      write the tables of the documentation anew from the code"
	@echo "make site      build the documentation as web pages: build/site/index.html, which opens without a network"
	@echo "make links     ask every address outside that the documentation names whether it still answers"
	@echo "make licences  write docs/licences.md anew from the lock; make sbom writes a bill of materials (CycloneDX)"
	@echo "make figures   draw the pictures of the documentation anew (docs/figures.md; ARGS=--plans runs studies too)"
	@echo "make validation  hold the model against known facts and write docs/validation.md"
	@echo "make fuzz      put 100,000 spoilt inputs in at every door; make mutants tries small faults against the tests"
	@echo "make verify    hold it against theory and rival programs, write docs/verification.md; ARGS=--quick: minutes"
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

site: $(VENV)/.ready
	@echo "Building the documentation (about 20 seconds) …"
	@$(BIN)/python -m sphinx -q -W --keep-going -c docs/site -b html docs build/site $(ARGS)
	@echo "Open build/site/index.html"

links: $(VENV)/.ready
	@echo "Asking addresses outside (needs a network) …"
	@$(BIN)/python -m sphinx -q -c docs/site -b linkcheck docs build/links $(ARGS)

licences: $(VENV)/.ready
	@$(BIN)/python docs/licences.py

figures: $(VENV)/.ready
	@$(BIN)/python docs/figures.py $(ARGS)

# The tool lies apart: it brings thirty packages that nothing else needs.
sbom: $(VENV)/.ready
	@$(BIN)/python -m venv $(VENV)/sbom
	@$(VENV)/sbom/bin/python -m pip install -qq --disable-pip-version-check cyclonedx-bom==7.5.0
	@mkdir -p dist
	@$(VENV)/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON \
		-o dist/smarketing.cdx.json $(BIN)/python
	@echo "Wrote dist/smarketing.cdx.json"

bench: $(VENV)/.ready $(PEERS)/.ready
	@echo "Measuring speed (a few minutes) …"
	@PYTHONPATH=$(PEERS) $(BIN)/python -m benchmarks $(ARGS)

fuzz: $(VENV)/.ready
	@echo "Putting in spoilt inputs (about half an hour) …"
	@$(BIN)/python -m tests.adversarial.fuzz $(ARGS)

mutants: $(VENV)/.ready
	@echo "Trying mutants (an hour or two) …"
	@$(BIN)/python -m tests.adversarial.mutate $(ARGS)

validation: $(VENV)/.ready
	@echo "Validating …"
	@$(BIN)/smarketing validate --format markdown --out docs/validation.md $(ARGS)

verify: $(VENV)/.ready $(RIVALS)/.ready
	@command -v dieharder >/dev/null || { \
		echo "Verification needs dieharder; on Debian and Ubuntu: apt install dieharder"; exit 1; }
	@PYTHONPATH=$(RIVALS) $(BIN)/python -m verification --docs $(ARGS)

clean:
	@echo "Removing environments, caches and builds …"
	@rm -rf .venv .venv-3.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Usage: $(call set_up,python,folder). An environment that still works is updated, a broken one is made anew.
# uv installs in a fraction of pip's time and shares files between environments; where it cannot work, pip does. Left to
# itself uv does not compile, and the first start of everything would be slow.
define set_up
"$(1)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "smarketing needs Python 3.11 or later, and $(1) is not one."; \
	echo "Install it, or name another: make PYTHON=python3.12"; exit 1; }; \
echo "Setting up $(2) (once, some minutes, about 2 GB) …"; \
"$(2)/bin/python" -m pip --version >/dev/null 2>&1 || { \
	"$(1)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python has no venv; on Debian and Ubuntu: apt install python3-venv"; exit 1; }; \
	"$(1)" -m venv --clear "$(2)"; } || exit 1; \
printf '*\n' > "$(2)/.gitignore"; \
{ "$(2)/bin/python" -m pip install -qq --disable-pip-version-check uv && \
	"$(2)/bin/uv" pip install -q --compile-bytecode -p "$(2)/bin/python" -r requirements.lock; } 2>/dev/null || \
"$(2)/bin/python" -m pip install -qq --disable-pip-version-check -r requirements.lock || exit 1; \
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

$(RIVALS)/.ready: verification/requirements.txt $(VENV)/.ready
	@echo "Fetching the simulators to verify with …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --upgrade --target $(RIVALS) -r $<
	@rm -rf $(RIVALS)/tests # Ciw brings a package of that name, which would stand in the way of ours
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
