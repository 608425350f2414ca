# Every target sets itself up first: tools/setup.sh does so once, and from then on only compares a stamp.
SHELL := /bin/sh
BIN := .venv/bin
# Whoever sets this wants no bytecode; each worker, and each planner that a test starts, would then compile everything.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
SCENARIOS = $(filter-out %.lock.yaml,$(sort $(wildcard scenarios/*.yaml scenarios/*/*.yaml)))

.DEFAULT_GOAL := help
.PHONY: help setup plan validate test test-real check bench-accuracy accuracy-page calibrate bench bench-changes bench-peers bench-search format schemas golden reports docs lock clean

##@ Use
help: ## print this list
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@/ { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'Start with:  make plan SCENARIO=scenarios/support-bot.yaml'

setup: ## make .venv from the lock, and see to Pango for PDF; nothing to do the second time
	@sh tools/setup.sh

plan: ## plan a scenario: SCENARIO=… [OUT=folder] [ARGS="--outputs html,md"]
	@test -n "$(SCENARIO)" || { \
	  echo 'make plan needs a scenario: make plan SCENARIO=FILE, for example one of'; \
	  printf '  %s\n' $(SCENARIOS); exit 2; } >&2
	@sh tools/setup.sh
	@# make turns every failure into 2, so the planner's own exit code is printed.
	@$(BIN)/planner plan $(SCENARIO) $(if $(OUT),-o "$(OUT)") $(ARGS) || { \
	  code=$$?; echo "planner's exit code: $$code" >&2; exit $$code; }

validate: setup ## check a scenario without planning it: [SCENARIO=…], else all of scenarios/
	@$(BIN)/planner validate $(or $(SCENARIO),$(SCENARIOS)) $(ARGS)

##@ Check
test: setup ## run the tests: [ARGS="-k memory"]
	$(PYTEST) -n auto --dist loadgroup -m 'not real' $(ARGS)

test-real: setup ## run the tests that need Chromium, poppler and Node.js, installing them if root
	@sh tools/foreign.sh
	$(PYTEST) -n auto --dist loadgroup -m real $(ARGS)

check: setup ## format, lint, types, layers, schemas, README, spelling, addresses, workflows
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy .github/actions/plan/steps.py
	$(BIN)/lint-imports
	$(BIN)/python tools/write_schemas.py --check
	$(BIN)/cog --check README.md
	$(BIN)/codespell
	$(BIN)/python tools/addresses.py
	$(BIN)/zizmor --quiet --offline --strict-collection .github
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml
	$(BIN)/python -m tests.benchmarks.calibrate --check

bench-accuracy: setup ## estimates against published measurements: [ARGS="--by source --json FILE"]
	$(BIN)/python -m tests.benchmarks.accuracy $(ARGS)

accuracy-page: setup ## reports/samples/accuracy/ and its part of README.md, measured anew
	$(BIN)/python -m tests.benchmarks.accuracy --by "" --page reports/samples/accuracy $(ARGS)
	$(BIN)/cog -r README.md

calibrate: setup ## planner/catalog/data/calibration.yaml and its bands, from the published rows: [ARGS="--check"]
	$(BIN)/python -m tests.benchmarks.calibrate $(ARGS)

bench: setup ## time the commands; prints figures, asserts none
	$(BIN)/python tests/benchmarks/speed.py $(ARGS)

bench-changes: setup ## time a check of 5 changes among 200 scenarios; prints figures, asserts none
	$(BIN)/python -m tests.benchmarks.changes $(ARGS)

bench-peers: setup ## other estimators and ours on the same published rows: [ARGS="--heavy"]
	$(BIN)/python -m tests.benchmarks.peers $(ARGS)

bench-search: setup ## exact and sampled search, Optuna, pymoo and chance on six spaces: [ARGS="--only rules --json FILE"]
	$(BIN)/python -m tests.benchmarks.search $(ARGS)

##@ Make again what is generated
format: setup ## format and fix the Python files
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: setup ## schemas/ from the types
	$(BIN)/python tools/write_schemas.py

golden: setup ## tests/golden/ from what the code prints now; read the diff before you commit it
	$(PYTEST) -n auto -m 'not real' --update-golden -q $(ARGS)

reports: setup ## reports/samples/ from scenarios/: [NAMES="support-bot"], else all
	$(BIN)/python tools/write_samples.py $(NAMES)

docs: setup ## the generated parts of README.md
	$(BIN)/cog -r README.md

lock: setup ## requirements.lock from pyproject.toml: [ARGS=--upgrade]
	@sh tools/lock.sh $(ARGS)

clean: ## remove caches and builds; keeps .venv and your reports
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .venv-uv
	find planner tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
