# Everything that a person does with this project; bare `make` lists it.
# PORT, DATA and the other settings of the README are taken from the environment or from
# `make run PORT=8001 DATA=var2`.

.DEFAULT_GOAL := help
.PHONY: help run setup test unit engines service browser coverage check messages bench lighthouse campaign lock clean system provider checkers trial
.NOTPARALLEL:
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
JOBS ?= 2
NOTICES ?= 200000
MINUTES ?= 10
SEED ?= 1
T ?= tests
# A run starts Python dozens of times, which would compile all of this project each time.
PYTEST = exec env PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(JOBS)

help: ## List what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/ready-run ## Serve the demo on http://127.0.0.1:$PORT (8000), with engines of its own
	@exec $(BIN)/notices serve --demo

setup: .venv/ready-run ## Set up what `run` needs, the command line too, and start nothing

test: system .venv/ready-test provider checkers ## Run the whole suite on real engines (T=tests/unit/test_x.py for a part)
	@.ci/browser $(BIN)/playwright
	@$(PYTEST) $(T)

# Floor by floor, the quickest first; each as `test` does it.
unit: .venv/ready-test ## Run what needs no engine
	@$(PYTEST) tests/unit

engines: system .venv/ready-test provider ## Run what needs PostgreSQL or Meilisearch
	@$(PYTEST) tests/engines

service: system .venv/ready-test provider ## Run what needs the service, its command line or other programs
	@$(PYTEST) tests/service

browser: system .venv/ready-test provider checkers ## Run what people see in a browser
	@.ci/browser $(BIN)/playwright
	@$(PYTEST) tests/browser

# As root on Debian and Ubuntu what is missing is installed; elsewhere the run ends by naming it.
system:
	@.ci/packages install

provider: tests/provider/node_modules/.ready

checkers: tests/checkers/node_modules/.ready

trial: provider ## Run a provider of identities to try sign-in with on this machine, until Ctrl-C
	@cd tests/provider && exec node server.mjs example.json --stay

coverage: .venv/ready-test ## Run it once more to see what it leaves out (takes two fifths longer)
	@$(BIN)/python -m coverage erase
	@PYTEST_ADDOPTS="$$PYTEST_ADDOPTS --cov --cov-report=term" $(MAKE) test

check: .venv/ready-test ## Check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

messages: .venv/ready-test ## Bring notices/locale up to date with the messages of code and templates
	@$(BIN)/python -m notices.locale.extraction

bench: .venv/ready-test ## Measure what the README promises, among NOTICES (200,000) notices
	@exec $(BIN)/python -m bench --notices $(NOTICES)

lighthouse: .venv/ready-test bench/lighthouse/node_modules/.ready ## Score the main pages; at least 98 in all four
	@exec $(BIN)/python -m bench.scores

campaign: .venv/ready-test ## Kill, freeze, fill, flood it, set its clocks for MINUTES (10); say what was lost
	@exec $(BIN)/python -m campaign --minutes $(MINUTES) --seed $(SEED)

lock: ## Pin the dependencies of pyproject.toml anew, with hashes (needs uv)
	@set -e; pin() { \
	  echo 'setuptools>=77' | uv pip compile pyproject.toml - --universal --generate-hashes \
	    --no-header --no-annotate --no-emit-index-url --quiet --upgrade "$$@"; }; \
	  pin --output-file requirements-server.txt; \
	  pin --output-file requirements.txt --extra engines; \
	  pin --output-file requirements-test.txt --extra engines --extra test

clean: ## Remove what was set up; the data folder stays
	rm -rf .venv build dist *.egg-info .coverage* .pytest_cache .mypy_cache .ruff_cache .hypothesis \
	  tests/provider/node_modules tests/checkers/node_modules bench/lighthouse/node_modules

# Set-up, done again only when what it was made from has changed. The project itself comes last:
# it is installed from this tree, with the setuptools that is pinned like everything else.
.venv/ready-run: requirements.txt pyproject.toml
	@.ci/venv
	@echo '安装依赖… / Installing what it needs …'
	@$(PIP) install --no-deps --require-hashes -r requirements.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-test: requirements-test.txt pyproject.toml
	@.ci/venv
	@echo '安装测试依赖… / Installing what the tests need …'
	@$(PIP) install --no-deps --require-hashes -r requirements-test.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ .venv/ready-run

tests/provider/node_modules/.ready: tests/provider/package-lock.json
	@.ci/node tests/provider 测试登录用的身份提供方 'provider to test sign-in with'

tests/checkers/node_modules/.ready: tests/checkers/package-lock.json
	@.ci/node tests/checkers 检查页面的程序 'checkers of pages'

bench/lighthouse/node_modules/.ready: bench/lighthouse/package-lock.json
	@.ci/node bench/lighthouse Lighthouse 'Lighthouse'
