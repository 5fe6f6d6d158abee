# Each line is thin: the work is done by `quayside-sandbox`, `pulumi` and tests/run.py.
PYTHON ?= python3
BIN := .venv/bin
STACK ?= dev

.PHONY: help up down status soak rehearse preview test bench doctor prices environment

help: ## show what there is to type
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

up: environment ## bring stack dev (or STACK=…) up in the sandbox and show it
	@$(BIN)/quayside-sandbox up $(STACK)

down: environment ## stop the sandbox and remove everything of it
	@$(BIN)/quayside-sandbox down

status: environment ## show what runs in the sandbox
	@$(BIN)/quayside-sandbox status $(STACK)

test: environment ## format, lint, types, layers, unit tests, rehearsals: what CI runs
	@$(BIN)/python tests/run.py

soak: environment ## what takes hours: random walks of edits, kills at many moments, all stacks (ONLY=walk, QUAYSIDE_SEED=… replays one)
	@$(BIN)/pytest -s $(if $(ONLY),tests/soak/test_$(ONLY).py,tests/soak)

rehearse: environment ## a stack's whole life in a sandbox of its own, and a report (STACK=…, FROM=<git ref>, FROM_STATE=<export>)
	@$(BIN)/quayside-sandbox rehearse $(STACK) --check '$(BIN)/quayside check -' $(if $(FROM),--from '$(FROM)') $(if $(FROM_STATE),--from-state '$(FROM_STATE)')

preview: environment ## what the next `pulumi up` would do, after a look whether the cluster answers (STACK=…, OPTIONS=--diff)
	@$(BIN)/quayside preview $(STACK) $(if $(OPTIONS),-- $(OPTIONS))

bench: environment ## measure what the library adds to Pulumi (BENCH='--sizes 20 --only services' for a quick look)
	@$(BIN)/python -m bench $(BENCH)

doctor: environment ## look for what would keep the sandbox from working
	@$(BIN)/quayside-sandbox doctor

prices: environment ## refresh the price table from the vendors' own lists (DIGITALOCEAN_TOKEN)
	@$(BIN)/python -m quayside.catalog

environment: # the Python environment .venv, made once
	@$(PYTHON) sandbox/bootstrap.py
