# Two commands for newcomers: `make demo`, then `make serve`. Contributors: `make test`.
# Needs Python 3.11 or later, make and git; another interpreter: make demo PYTHON=...

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --require-hashes
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po \
	locale/*/*/LC_MESSAGES/django.po))

.DEFAULT_GOAL := help
.PHONY: help
help: ## Show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) \
	| awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

.PHONY: demo
demo: setup ## Load the demo corridors, plan them, print the plan and its proof
	@DEMO=1 LOG_LEVEL=WARNING $(BIN)/python manage.py demo

.PHONY: serve
serve: setup ## Open the desk with its worker; Ctrl-C ends both
	@DEMO=1 $(BIN)/python manage.py serve

.PHONY: test
test: $(VENV)/.development $(CATALOGUES) ## Run every check a change has to pass
	@$(BIN)/python -m pytest $(TESTS)

.PHONY: setup
setup: $(VENV)/.runtime $(VENV)/.compiled .env $(CATALOGUES)

.PHONY: format
format: $(VENV)/.development ## Put the code in order
	@$(BIN)/ruff check --fix --exit-zero . && $(BIN)/ruff format .

.PHONY: messages
messages: $(VENV)/.development ## Collect strings to translate (needs gettext)
	@$(BIN)/python -m tests.architecture.messages

.PHONY: tables
tables: $(VENV)/.development ## Write the docs' tables anew from the lists in the code
	@$(BIN)/python -m tests.architecture.tables

.PHONY: lock
lock: ## Resolve requirements anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --output-file requirements.txt
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --constraint requirements.txt --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --output-file requirements-dev.txt

.PHONY: clean
clean: ## Remove the environment and the demo's data, but never .env
	rm -rf $(VENV) var

$(BIN)/python:
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "This project needs Python 3.11 or later; none was found." \
	"Install one, or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@"$(PYTHON)" -m venv $(VENV)

# A dot for each package, then pip's own words only if it fails.
define install
	@printf '%s' "Installing $(1) (once; a minute or two) "
	@{ $(INSTALL) -r $(1) || touch $(VENV)/.broken; } \
	| awk '/^Collecting/ { printf "."; fflush() } END { print "" }'
	@test ! -e $(VENV)/.broken || { rm $(VENV)/.broken; exit 1; }
	@touch $@
endef

$(VENV)/.runtime: requirements.txt | $(BIN)/python
	$(call install,requirements.txt)

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(call install,requirements-dev.txt)

$(VENV)/.compiled: $(wildcard planner/optimiser/*.py planner/optimiser/*/*.py) $(VENV)/.runtime
	@echo "Compiling the optimiser's inner loops (once; some seconds)"
	@$(BIN)/python -m planner.optimiser.precompile
	@touch $@

.env: | $(VENV)/.runtime
	@$(BIN)/python -m planner.dotenv

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel -q compile --input-file $< --output-file $@ --locale id
