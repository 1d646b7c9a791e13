# Two commands for newcomers: `make demo`, then `make serve`. Contributors: `make test`.
# Needs Linux or macOS, Python 3.11 to 3.13 with venv, make and git; another
# interpreter: make demo PYTHON=...

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	2>/dev/null && echo $$p && break; done)
VENV ?= .venv
PORT ?= 8000
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
demo: setup ## Load the demo corridors and plan them; TABLE=1 prints the whole plan
	@trap : INT; DEMO=1 LOG_LEVEL=WARNING $(BIN)/python manage.py demo $(if $(TABLE),--tables) \
	|| test $$? = 130

.PHONY: serve
serve: setup ## Open the desk with its worker, on PORT=8000; Ctrl-C ends both
	@trap : INT; DEMO=1 $(BIN)/python manage.py serve --port $(PORT)

.PHONY: development
development: $(VENV)/.development $(CATALOGUES)

.PHONY: test
test: development ## Run every check a change has to pass
	@$(BIN)/python -m pytest $(TESTS)

.PHONY: races
races: $(VENV)/.development ## Let many act at once: each race 50 times, then all at random
	@RACES=50 $(BIN)/python -m pytest tests/races
	@DATABASE_URL=$${RACES_DATABASE_URL:-sqlite:///$$(mktemp -d)/races.sqlite3} \
	$(BIN)/python -m tests.races --seconds 300

.PHONY: axe
axe: development ## Hold every page of the desk to axe, in both languages and themes (needs npm, chromium)
	@npm install --silent --no-audit --no-fund --prefix var/axe axe-core@4.10.3
	@AXE=var/axe/node_modules/axe-core/axe.min.js $(BIN)/python -m pytest -m browser \
	tests/e2e/test_axe.py

.PHONY: fuzz
fuzz: $(VENV)/.development ## Send the API random requests for a long time
	@$(BIN)/python -m pytest -m slow tests/api/test_fuzz.py

.PHONY: scale
scale: $(VENV)/.development .env ## Measure what is promised for 20,000 people
	@DATABASE_URL=$${SCALE_DATABASE_URL:-sqlite:///$$(mktemp -d)/scale.sqlite3} \
	$(BIN)/python -m tests.scale

.PHONY: speed
speed: $(VENV)/.development .env ## Measure the API's commonest calls beside views by hand
	@DATABASE_URL=$${SPEED_DATABASE_URL:-sqlite:///$$(mktemp -d)/speed.sqlite3} \
	$(BIN)/python -m tests.speed

.PHONY: setup
setup: $(VENV)/.runtime $(VENV)/.compiled .env $(CATALOGUES)

.PHONY: format
format: $(VENV)/.development ## Put the code in order
	@$(BIN)/ruff check --fix --exit-zero . && $(BIN)/ruff format .

.PHONY: messages
messages: $(VENV)/.development ## Collect strings to translate (needs gettext)
	@$(BIN)/python -m tests.architecture.messages

.PHONY: tables
tables: $(VENV)/.development ## Write the docs' tables and the API's description anew
	@$(BIN)/python -m tests.architecture.tables

CLIENTS ?= var/clients
DIST ?= dist
.PHONY: clients
clients: | environment ## Make the API's clients, into dist/ (needs Node 20 with npm)
	@$(BIN)/python clients/build.py --work $(CLIENTS) --dist $(DIST)

.PHONY: map
map: $(VENV)/.development $(CATALOGUES) ## Write down anew which tests hold which module, from what all of them call
	@noted=$$(mktemp); SEEN=$$noted $(BIN)/python -m pytest -p tests.architecture.seen; \
	$(BIN)/python -m tests.architecture.mapping $$noted; rm -f $$noted

.PHONY: mutants
mutants: $(VENV)/.development $(CATALOGUES) ## Break ten functions drawn by SEED in turn: the tests that hold them must fail
	@$(BIN)/python -m tests.architecture.mutants $(if $(SEED),--seed $(SEED))

.PHONY: pictures
pictures: demo $(VENV)/.development ## Take the pictures of README and guides anew (needs chromium)
	@DEMO=1 $(BIN)/python -m tests.pictures

.PHONY: operations
operations: $(VENV)/.development $(CATALOGUES) ## Execute the pages of docs/operations (as root)
	@$(BIN)/python -m tests.operations $(SIZES)

.PHONY: lock
lock: ## Resolve requirements anew (needs uv)
	uv pip compile pyproject.toml --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --output-file requirements.txt
	uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
	  --constraint requirements.txt --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --output-file requirements-dev.txt
	uv pip compile --group clients --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --output-file clients/requirements.txt

.PHONY: clean
clean: ## Remove the environment and the demo's data, but never .env
	rm -rf $(VENV) var

# An environment that does not work any more (a newer system Python) is filled anew.
$(shell test ! -e $(VENV)/.runtime || $(BIN)/python -c 'import pip' 2>/dev/null \
	|| rm -f $(VENV)/.runtime $(VENV)/.development $(VENV)/.compiled)

.PHONY: environment
environment:
	@test -n "$(PYTHON)" || { echo "Python 3.11 to 3.13 is needed, and none was found." \
	"Debian, Ubuntu: sudo apt install python3 python3-venv. macOS: brew install python@3.12." \
	"Another place: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" planner/bootstrap.py $(VENV)

# Ctrl-C says one line; make itself ends by the signal and goes on to nothing else.
STOPPABLE := trap 'echo " Stopped; the same command goes on from here." >&2; exit 0' INT;

# Keeps the program's own words for when it fails.
define quietly
	@$(STOPPABLE) $(1) 2>$(VENV)/.said || { cat $(VENV)/.said >&2; exit 1; }
endef

# A dot for each package.
define install
	@printf '%s' "Installing $(1) (once; two or three minutes) "
	@$(STOPPABLE) { $(INSTALL) -r $(1) 2>$(VENV)/.said || touch $(VENV)/.broken; } \
	| awk '/^Collecting/ { printf "."; fflush() } END { print "" }'; \
	test ! -e $(VENV)/.broken || { rm $(VENV)/.broken; cat $(VENV)/.said >&2; exit 1; }
	@touch $@
endef

$(VENV)/.runtime: requirements.txt | environment
	$(call install,requirements.txt)

$(VENV)/.development: requirements-dev.txt $(VENV)/.runtime
	$(call install,requirements-dev.txt)

$(VENV)/.compiled: $(wildcard planner/optimiser/*.py planner/optimiser/*/*.py) $(VENV)/.runtime
	@echo "Compiling the optimiser's inner loops (once; some seconds)"
	$(call quietly,$(BIN)/python -m planner.optimiser.precompile)
	@touch $@

.env: | $(VENV)/.runtime
	@$(BIN)/python -m planner.dotenv

%.mo: %.po | $(VENV)/.runtime
	@$(BIN)/pybabel -q compile --input-file $< --output-file $@ --locale id
