# Everything runs in a virtual environment inside the checkout (.venv), which the first target that
# needs it makes. Needed beforehand: Python 3.11 or later and make; for `make book`, also node and npm;
# for `make book-test`, also a Chromium (on Debian: apt-get install chromium).
#
#   make demo PYTHON=python3.12     choose the interpreter

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check
JOBS ?= auto
VENDOR := book/extra/_static/vendor

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format book book-test book-archive coverage experiments clean

help:  ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' \
		| awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

demo: $(VENV)/.installed  ## install, then check the Infection Spread game (its verdict: REFUTED)
	@$(BIN)/mfgcheck check infection-spread; status=$$?; \
	if [ $$status -eq 1 ]; then \
		echo "The verdict is REFUTED (exit status 1), as expected: Infection Spread is not a game with strategic complementarities."; \
	else \
		echo "Expected the verdict REFUTED (exit status 1), got exit status $$status."; exit 1; \
	fi

test: $(VENV)/.installed-test  ## install, then run all tests
	$(BIN)/python -m pytest -q -n $(JOBS)

coverage: $(VENV)/.installed-test  ## run all tests and report branch coverage
	$(BIN)/python -m pytest -q -n $(JOBS) --cov --cov-report=term

bench: $(VENV)/.installed-test  ## time the checker, the solvers and the learners; BENCH="..." passes options on
	$(BIN)/python -m benchmarks.check $(BENCH)
	$(BIN)/python -m benchmarks.solve
	$(BIN)/python -m benchmarks.enclose
	$(BIN)/python -m benchmarks.budgets
	$(BIN)/python -m benchmarks.learn
	@test ! -e book/_build/html/index.html || $(BIN)/python -m book.weight --all

lint: $(VENV)/.installed-test  ## style, format, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict

format: $(VENV)/.installed-test  ## rewrite the sources in the house format, and the README's generated parts
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	$(BIN)/python tools/render_statements.py
	$(BIN)/python tools/render_readme.py

book: $(VENV)/.installed-book $(VENDOR)/.copied  ## build the book; every warning is an error
	@begun=$$(date +%s) && $(BIN)/jupyter-book build book -W -n --keep-going \
		&& echo "Built in $$(( $$(date +%s) - begun )) s."
	$(BIN)/python -m book.check_pages book/_build/html
	$(BIN)/python -m book.weight
	@echo "The book is at book/_build/html/index.html"

book-archive: $(VENV)/.installed-book  ## put the built book into one file, to unpack and read offline
	rm -f book/_build/mfgcheck-book-*.zip
	$(BIN)/python -m book.archive

book-test: book-archive  ## read the built book in a browser, and its archive; SHOTS=FOLDER keeps pictures of its pages
	$(BIN)/python -m book.browse book/_build/html $(if $(SHOTS),--shots $(SHOTS))
	$(BIN)/python -m book.browse book/_build/mfgcheck-book-*.zip

experiments: $(VENV)/.installed-test  ## run the paper's experiments in full (half an hour), and renew what the book keeps of them
	$(BIN)/mfgcheck reproduce all --scale paper --json > book/paper/.experiments.json
	mv book/paper/.experiments.json book/paper/experiments.json

clean:  ## remove everything that the other targets made
	rm -rf $(VENV) reproduced-paper book/_build book/node_modules $(VENDOR) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# The stamp files say which extras are installed; they are renewed when pyproject.toml changes.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "mfgcheck needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another with: make PYTHON=/path/to/python3.11"; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-book: pyproject.toml | $(BIN)/python
	$(PIP) --editable '.[book]'
	@touch $@ $(VENV)/.installed

# What the book's pages load in the browser is served from the book itself.
$(VENDOR)/.copied: book/package.json book/package-lock.json book/vendor.py | $(BIN)/python
	cd book && npm ci --no-audit --no-fund --ignore-scripts
	$(BIN)/python book/vendor.py
	@touch $@
