# Set-up happens once: the stamps in .local/stamps remember it.
# Needs git, make and Python 3.11; everything else is fetched, by pinned sums.

SHELL := /bin/bash
.DEFAULT_GOAL := run
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv/bin/python
STAMPS := .local/stamps
QINGXIN_REAL_DATA ?= ../shared/data/real
export QINGXIN_REAL_DATA

.PHONY: run test tests faults test-slow test-all rules clients test-real bench bench-gate bench-profile chaos setup setup-dev setup-peers clean

run: setup ## the whole system on the replayed campaign
	@exec $(VENV) -m deploy.local up --demo

test: setup-dev ## every rule, every test
	@$(MAKE) --no-print-directory -j2 rules clients
	@$(MAKE) --no-print-directory -j2 tests faults

tests:
	$(VENV) -m pytest -n 2 --no-loadscope-reorder -m "not slow"

faults: # twenty, mostly waited for: beside the tests
	$(VENV) -m pytest -q -s tests/chaos

test-slow: setup-dev ## the tests that are marked slow: those that test leaves out
	$(VENV) -m pytest -m slow

test-all: ## every test: more requests and histories, the slow ones, the drills
	QINGXIN_FUZZ_EXAMPLES=100 QINGXIN_HISTORIES=10000 $(MAKE) --no-print-directory test
	$(MAKE) --no-print-directory test-slow
	$(VENV) -m pytest -s tests/drills

rules:
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	.venv/bin/lint-imports --no-logo

clients: # two minutes of npm, beside the rules
	@$(VENV) -m deploy.local.set_up clients

test-real: setup-dev ## three agencies' own totals
	@test -d "$(QINGXIN_REAL_DATA)" || { echo "No folder $(QINGXIN_REAL_DATA): set QINGXIN_REAL_DATA to the agencies' sheets." >&2; exit 1; }
	$(VENV) -m pytest -s tests/real

bench: setup-dev setup-peers ## beside the peers: ratios; ONLY=append for a part
	@$(VENV) -m tests.bench "$(ONLY)"

bench-gate: ## whether a ratio fell since the last commit
	@$(VENV) -m tests.bench.gate

bench-profile: setup-dev setup-peers ## where our time goes, as a tree of shares; ONLY=project
	@$(VENV) -m tests.bench.profiling "$(ONLY)"

chaos: setup-dev ## N faults from a SEED, in several goes if need be
	@N=$(N) SEED=$(SEED) BROKERS=$(BROKERS) GO=$(GO) HOLD=$(HOLD) SIDE=$(SIDE) $(VENV) -m tests.chaos

setup: $(STAMPS)/run $(STAMPS)/jars

setup-dev: $(STAMPS)/dev $(STAMPS)/jars
	@$(VENV) -m deploy.local.set_up browser

setup-peers: $(STAMPS)/peers

# An environment of their own: their pins are not ours. Without npm, no message-db.
$(STAMPS)/peers: deploy/requirements-bench.txt tests/bench/peers/package-lock.json | $(STAMPS)
	@echo "the bench's peers" >&2
	@"$(PYTHON)" -m venv .local/bench/peers
	@.local/bench/peers/bin/python -m pip --disable-pip-version-check --no-input --quiet \
	  install --require-hashes --requirement deploy/requirements-bench.txt
	@cp tests/bench/peers/package.json tests/bench/peers/package-lock.json .local/bench/
	@if command -v npm >/dev/null; then npm ci --prefix .local/bench --ignore-scripts --silent; fi
	@touch $@

$(STAMPS)/run: deploy/requirements.txt pyproject.toml
	@deploy/venv.sh "$(PYTHON)" deploy/requirements.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: deploy/requirements-dev.txt pyproject.toml
	@deploy/venv.sh "$(PYTHON)" deploy/requirements-dev.txt
	@mkdir -p $(STAMPS) && touch $@ $(STAMPS)/run

$(STAMPS)/jars: deploy/kafka/pom.xml deploy/kafka/jars.sha256 | $(STAMPS)
	@echo "Kafka's jars" >&2
	@test -x $(VENV) || $(MAKE) --no-print-directory $(STAMPS)/run
	@$(VENV) -m deploy.local.set_up jars
	@touch $@

$(STAMPS):
	@mkdir -p $@

.PHONY: drills overload soak poison office lists

drills: setup-dev ## restore drills: what was lost comes back, or it is said what does not
	$(VENV) -m pytest -s tests/drills

overload: setup-dev ## ten times the sustainable rate for a minute, then recovery
	@$(VENV) -m tests.load overload

soak: setup-dev ## thirty minutes of steady load: memory's slope
	@$(VENV) -m tests.load soak

poison: setup-dev ## ten clean minutes, then ten with one event in a thousand at fault
	@$(VENV) -m tests.load poison --minutes 20 --rate 3

office: setup-dev ## pages of 300 officers and 3,000 workers by a Poisson clock, until p99 passes 500 ms
	@$(VENV) -m tests.load office

lists: setup-dev ## a ledger of 100,000 cases: what each page costs, and the whole as a file
	@$(VENV) -m tests.load lists

clean: ## ends the system and removes everything made here, records included
	@-test -x $(VENV) && $(VENV) -m deploy.local down
	@for link in .local/postgres .local/postgres-binaries; do \
	  if test -L $$link; then rm -rf "$$(readlink $$link)"; fi; done
	rm -rf .local .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
