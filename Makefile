# `make demo` and `make test` are the two a newcomer needs; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help environment demo test lint unit pipeline faults registry review story lock deps bccd plates clean

# A Python 3.11 or 3.12 from the path; or say PYTHON=/where/it/is.
PYTHON ?= $(shell for name in python3.11 python3.12 python3 python; do \
	if $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; \
	then echo $$name; break; fi; done)

export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

# The environment is as new as the digest of what it was made from.
LOCKS := requirements/bootstrap.txt requirements/workstation.txt
STAMP := .venv/made-from-$(shell cat $(LOCKS) | git hash-object --stdin)

# What a device has, and nothing else: parity is proven in it.
DEVICE_STAMP := .venv-edge/made-from-$(shell git hash-object requirements/edge.txt)

# What a reviewer has: FiftyOne and its MongoDB.
REVIEW_STAMP := .venv-review/made-from-$(shell git hash-object requirements/review.txt)

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1 · /p' Makefile | column -t -s '·'

environment: $(STAMP) $(DEVICE_STAMP)  ## .venv for the workstation, .venv-edge as a device has it; reused while the pins stand

$(STAMP):
	@if [ -z "$(PYTHON)" ]; then echo "no Python 3.11 or 3.12 found: install one, or make $(MAKECMDGOALS) PYTHON=/where/it/is" >&2; exit 1; fi
	@echo "making .venv with $(PYTHON)"
	[ -x .venv/bin/python ] || "$(PYTHON)" -m venv .venv
	.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/bootstrap.txt
	.venv/bin/uv pip sync --python .venv/bin/python --require-hashes $(LOCKS)
	.venv/bin/uv pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .
	rm -f .venv/made-from-*
	touch $@

$(DEVICE_STAMP): $(STAMP)
	[ -x .venv-edge/bin/python ] || .venv/bin/uv venv --quiet --python .venv/bin/python .venv-edge
	.venv/bin/uv pip sync --quiet --python .venv-edge/bin/python --require-hashes requirements/edge.txt
	rm -f .venv-edge/made-from-*
	touch $@

review: $(REVIEW_STAMP)  ## .venv-review: FiftyOne and its MongoDB, for `detection review open`

$(REVIEW_STAMP): $(STAMP)
	[ -x .venv-review/bin/python ] || .venv/bin/uv venv --quiet --python .venv/bin/python .venv-review
	.venv/bin/uv pip sync --quiet --python .venv-review/bin/python --require-hashes requirements/review.txt
	rm -f .venv-review/made-from-*
	touch $@

demo: environment specs/people.yaml  ## the whole loop on the default source, the verdict, and what the registry has
	@status=0; dvc repro || status=$$?; \
	if [ -f data/gate/verdict.json ]; then detection verdict || status=$$?; fi; \
	if [ $$status = 0 ]; then detection registry list; fi; exit $$status

# Two people to practise with, their keys in .keys, which git ignores. A team enrols its own, with keys outside.
specs/people.yaml: | environment
	detection registry enrol engineer-1 --role engineering --out .keys
	detection registry enrol quality-1 --role quality --out .keys

test: environment lint unit pipeline  ## everything that can be tested without other data

lint: environment  ## ruff, mypy, import floors
	ruff check .
	mypy
	lint-imports

unit: environment  ## the quick tests
	pytest -q -n 2 --dist loadfile -m "not slow and not pipeline and not environment and not real_data" --durations=10

pipeline: environment  ## the slow tests: the whole pipeline on a tiny world, bare environments
	pytest -q -n 2 --dist loadfile -m "(slow or pipeline or environment) and not real_data" --durations=10

COMPILE := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml

lock: environment  ## compile requirements/*.txt from pyproject.toml; UPGRADE=--upgrade takes newer versions
	$(COMPILE) $(UPGRADE) --python-version 3.11 --extra bootstrap --output-file requirements/bootstrap.txt
	$(COMPILE) $(UPGRADE) --python-version 3.11 --extra workstation --extra develop --output-file requirements/workstation.txt
	$(COMPILE) $(UPGRADE) --python-version 3.11 --extra review --output-file requirements/review.txt
	$(COMPILE) $(UPGRADE) --python-version 3.10 --extra edge --output-file requirements/edge.txt

faults: environment  ## break everything that can break between a bundle and a running device; prints what survived
	python -m benchmarks.faults

registry: environment  ## many writers, kills, tampering and size of the registry, on SQLite and PostgreSQL
	python -m benchmarks.registry.kills
	python -m benchmarks.registry.tampering
	python -m benchmarks.registry.concurrency
	python -m benchmarks.registry.scale --verify

story: environment  ## a year in the warehouse: alarm, labels, challenger, promotion, and a year without change; after make demo
	detection story --out workspaces/story

deps: environment  ## write each stage's import closure into dvc.yaml
	python -m tests.house.closures --write

bccd: environment  ## the pipeline on BCCD blood cells: make bccd DATA=folder
	python -m benchmarks.real_data bccd "$(DATA)"

plates: environment  ## the pipeline on number plates from a car: make plates DATA=folder
	python -m benchmarks.real_data plates "$(DATA)"

clean:  ## remove what the pipeline and the tools made; the environment stays
	rm -rf workspaces .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find data -mindepth 1 -maxdepth 1 -type d -exec rm -rf {} +
	rm -rf export/bundle
