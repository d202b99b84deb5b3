# `make due` and `make test` do everything on a machine with Python 3.11 or newer, git and make.
# `make PYTHON=python3.12 …` takes another Python than the first one that will do.
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help due test check wheel docs bundle bench counts peers scale pages schemas pictures fresh clean always
.NOTPARALLEL:

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s%s\n", $$1, $$2 }' Makefile

due: $(VENV)/.installed ## set up, then show what is due for one department, on this repository's own data
	$(BIN)/ledger --today 2017-10-20 due --dept 审业部

test: $(VENV)/.developing ## set up, then run the tests
	$(BIN)/pytest --numprocesses 2

check: $(VENV)/.developing ## linter, formatter, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: $(VENV)/.developing ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

docs: $(VENV)/.developing ## build the manual into build/docs, to be read from a folder with any browser
	$(BIN)/python -m pip -q --disable-pip-version-check install --constraint requirements/pins.txt -e '.[docs]'
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# PLATFORM=linux-x86_64 makes one; installer/bundle.py has them all.
bundle: $(VENV)/.developing ## build into dist/ what is installed where there is no internet
	rm -rf build/bundle
	$(BIN)/python -m build --wheel --no-isolation --outdir build/bundle . >/dev/null
	$(BIN)/python installer/bundle.py build/bundle/ledger-*.whl dist $(PLATFORM)

# SIZE=small takes a minute; ONLY=due,audit measures some lines anew; IN=/tmp/ledgers keeps the ledgers.
SIZE ?= full
bench: $(VENV)/.developing ## time whole commands on generated ledgers, and write docs/benchmarks.md
	$(BIN)/python benchmarks/run.py --size $(SIZE) $(if $(ONLY),--only $(ONLY)) $(if $(IN),--in $(IN))

counts: $(VENV)/.developing ## count what commands do on small ledgers; fails where it is more than before
	$(BIN)/python benchmarks/run.py --count $(if $(ONLY),--only $(ONLY)) $(if $(ACCEPT),--accept)

peers: $(VENV)/.developing ## install what bench compares with, into build/peers; Taskwarrior by apt-get
	type task || apt-get -qq install taskwarrior || :
	$(BIN)/python -m venv --without-pip build/peers/todoman
	$(BIN)/python -m pip -q --python build/peers/todoman/bin/python install todoman
	npm install --silent --prefix build/peers backlog.md

# With 3 GB free in /tmp; SCALE=small takes a minute, SCALE=huge goes to 300,000 tasks.
SCALE ?= full
scale: $(VENV)/.developing ## time whole commands on very large ledgers, with bounds of memory
	$(BIN)/python benchmarks/scale.py --size $(SCALE)

# The pages of a ledger of 10,000 tasks, then 50 readers at once; TASKS=1000 takes a minute.
TASKS ?= 10000
pages: $(VENV)/.developing ## time the pages of ledger serve, and ask a server by many readers at once
	$(BIN)/python benchmarks/serve.py --tasks $(TASKS)

schemas: $(VENV)/.installed ## write the JSON Schemas in data/schemas/, from the model
	for kind in task source decision ledger; do $(BIN)/ledger schema $$kind > data/schemas/$$kind.json; done

pictures: $(VENV)/.installed ## draw the pictures of terminals in README.md and the manual
	$(BIN)/python docs/pictures.py

fresh: ## run due, test and .ci/run in a bare system (as root with debootstrap; else with a bare Python)
	.ci/fresh build/fresh.log

clean: ## remove what the others made
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# .ci/venv knows itself whether anything has to be done.
$(VENV)/.installed $(VENV)/.developing: always
	@.ci/venv $@
