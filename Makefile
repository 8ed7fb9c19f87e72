# Each target does its own set-up: a virtual environment with the pinned tools.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready
BENCH := .venv/ready-bench

.PHONY: demo test lint types bench soak clean

demo: $(READY)
	$(BIN)/python notebooks/demo.py

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy
	$(BIN)/basedpyright --pythonpath $(BIN)/python

bench: $(BENCH)
	$(BIN)/python tests/benchmarks/bench.py $(ARGS)

soak: $(READY)
	$(BIN)/python tests/soak/soak.py $(ARGS)

$(BENCH): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[bench]'
	touch $(BENCH)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $(READY)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
