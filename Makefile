# The commands of this project. `make setup` is the installation; the others call it first.
# Needed beforehand: Python 3.11 or newer with venv, and make.

SHELL := /bin/bash
BIN := .venv/bin
CATALOGUES := $(wildcard bot/locales/*/LC_MESSAGES/okno.po)

.PHONY: help setup demo test lint format lock texts picture

help:
	@echo "make setup   install into .venv"
	@echo "make demo    play client and manager in the browser (ARGS=--story: a scripted day; --week: a report)"
	@echo "make test    everything that CI checks"
	@echo "make lint    ruff, import-linter, mypy"
	@echo "make format  let ruff format and fix"
	@echo "make lock    pin the dependencies anew"
	@echo "make texts   collect the texts for translation and compile the catalogues"
	@echo "make picture take README's pictures anew (needs Chromium)"

setup: .venv/.ready $(CATALOGUES:.po=.mo)

.venv/.ready: requirements.lock pyproject.toml scripts/setup.sh
	@scripts/setup.sh
	@touch $@

%.mo: %.po .venv/.ready
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

demo: setup
	@$(BIN)/okno demo $(ARGS)

test: setup
	@scripts/test.sh

lint: setup
	@scripts/lint.sh

format: setup
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

lock:
	@scripts/lock.sh

texts: .venv/.ready
	@scripts/texts.sh

picture: setup
	@$(BIN)/python -m scripts.picture
