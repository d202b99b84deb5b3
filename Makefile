# Two targets do everything on a machine with Python 3.11 or newer, pip, git and make:
#   make due    set up and show what is due, on this repository's own data
#   make test   set up and run the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements/pins.txt

.PHONY: due test check wheel bench scale schemas picture clean

due: $(VENV)/.installed
	$(BIN)/ledger --today 2017-10-20 due --dept 审业部

test: $(VENV)/.developing
	$(BIN)/pytest --numprocesses 2

check: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

wheel: $(VENV)/.developing
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

bench: $(VENV)/.developing
	$(BIN)/python benchmarks/run.py

# Whole commands on very large ledgers, with bounds of memory: for the night, with 3 GB free in /tmp.
# SCALE=small takes a minute, SCALE=huge goes to 300,000 tasks.
SCALE ?= full
scale: $(VENV)/.developing
	$(BIN)/python benchmarks/scale.py --size $(SCALE)

# The JSON Schemas of the repository's own ledger, generated from the model.
schemas: $(VENV)/.installed
	for kind in task source decision ledger; do $(BIN)/ledger schema $$kind > data/schemas/$$kind.json; done

# The picture of the terminal in README.md.
picture: $(VENV)/.installed
	$(BIN)/ledger --today 2017-10-20 due --dept 审业部 --format svg > docs/due.svg

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml requirements/pins.txt | $(VENV)/bin/python
	$(INSTALL) --editable .
	touch $@

$(VENV)/.developing: pyproject.toml requirements/pins.txt | $(VENV)/bin/python
	$(INSTALL) --editable '.[dev]'
	touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
