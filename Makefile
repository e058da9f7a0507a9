# A thin front: `python3 -m devkit --help` is the whole of it.
PYTHON ?= python3
# Whether a person chose it: else the environment is made of a quicker one of the same version.
export PYTHON_CHOSEN := $(filter-out file,$(origin PYTHON))
DEVKIT := $(PYTHON) -m devkit

.PHONY: up down test lint bench seed-big bench-big bench-growth chaos drill demo-reset services lock charts screens

up:          ## everything on this machine, with demo data; Ctrl-C stops it
	@$(DEVKIT) up
down:        ## stop what a killed `make up` left behind
	@$(DEVKIT) down
test:        ## everything that must pass, on Postgres and Redis of its own
	@$(DEVKIT) test -- $(PYTEST_ARGS)
lint:
	@$(DEVKIT) lint
bench:       ## make bench ONLY=sale
	@$(DEVKIT) bench $(if $(ONLY),--only $(ONLY))
seed-big:    ## make seed-big ORDERS=50000: a shop with twelve months of business (5 million orders)
	@$(DEVKIT) seed-big $(if $(ORDERS),--orders $(ORDERS))
bench-big:   ## make bench-big ORDERS=50000: lists, search and figures in it
	@$(DEVKIT) bench-big $(if $(ORDERS),--orders $(ORDERS))
bench-growth: ## make bench-growth ORDERS=500000: the same at a hundredth, a tenth and the whole of it
	@$(DEVKIT) bench-growth $(if $(ORDERS),--orders $(ORDERS))
chaos:       ## make chaos ONLY=webhooks ORDERS=500 (its full size, however busy the machine) SEED=7
	@$(DEVKIT) chaos $(if $(ONLY),--only $(ONLY)) $(if $(ORDERS),--orders $(ORDERS)) $(if $(SEED),--seed $(SEED))
drill:       ## back up what is here, restore it beside, and see whether it can be read
	@$(DEVKIT) drill
demo-reset:  ## an empty database and the demo data again
	@$(DEVKIT) demo-reset
services:    ## Postgres and Valkey in the background, until `make down`
	@$(DEVKIT) services

screens:     ## make screens ONLY=cockpit PORT=8001: the pictures of docs/screens.md, of the `make up` that runs there
	@$(DEVKIT) run -- .venv/bin/python -m tests.browser.screens $(ONLY)

# Names and hashes only. The index is whatever the developer's uv is set to, and is not written down.
COMPILE := uv pip compile pyproject.toml --universal --generate-hashes --no-header --no-emit-index-url --quiet
lock:        ## after a change of dependencies in pyproject.toml
	$(COMPILE) --group dev --output-file requirements.lock
	$(COMPILE) --constraint requirements.lock --output-file requirements-prod.lock

charts:      ## static/charts/ anew from charts/, after a change there; needs Node, and npm's registry once
	npm ci --prefix charts --ignore-scripts && npm run build --prefix charts
