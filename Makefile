# Each line is thin: the work is done by `quayside-sandbox`, `pulumi` and tests/run.py.
PYTHON ?= python3
BIN := .venv/bin
STACK ?= dev

.PHONY: help up down status test doctor prices environment

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

doctor: environment ## look for what would keep the sandbox from working
	@$(BIN)/quayside-sandbox doctor

prices: environment ## refresh the price table from the vendors' own lists (DIGITALOCEAN_TOKEN)
	@$(BIN)/python -m quayside.catalog

environment: # the Python environment .venv, made once
	@$(PYTHON) sandbox/bootstrap.py
