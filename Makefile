# The two commands of README.md are `make demo` and `make test`; `make check` is what CI and people run before a commit.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test lint check accuracy bench scale formats pictures fuzz soak lock clean

demo: $(VENV)/.run
	@$(BIN)/python -m tools.demo

# A file's tests stay together, for they share servers. Four processes are enough: the rest of the time is the longest file's.
test: $(VENV)/.dev
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile -m "not alone"
	$(BIN)/python -m pytest -m alone

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test

# ACCURACY="--learned data/learned": with what people taught an office, printed only.
accuracy: $(VENV)/.run
	@$(BIN)/python -m tools.accuracy $(ACCURACY)

# What is read of everything that units send: docs/formats.md, from the corpus and the data set.
formats: $(VENV)/.run
	@$(BIN)/python -m tools.formats

# The pictures of README.md and docs/, drawn anew from the demo (needs LibreOffice and poppler-utils).
pictures: $(VENV)/.run
	@$(BIN)/python -m tools.pictures

# How fast, how large, against what a day's work and the least possible would take: docs/benchmark.md (needs Dovecot).
bench: $(VENV)/.dev
	@$(BIN)/python -m bench $(BENCH)

# What a province and a nation need, and a nation's season replayed: docs/scale.md (hours; needs Dovecot and tesseract).
scale: $(VENV)/.dev
	@$(BIN)/python -m bench.scale $(SCALE)

# A minute over all targets; FUZZ="--seconds 600 --target word" for more of one.
fuzz: $(VENV)/.dev
	@$(BIN)/python -m tools.fuzz $(FUZZ)

# Ten minutes of 2,000 mails through a line that breaks every few seconds; SOAK="--server dovecot --minutes 1" for another.
soak: $(VENV)/.dev
	@$(BIN)/python -m tools.soak $(SOAK)

# The locks carry hashes and no index address, the small ones (the product; with what several machines need) are parts of the large
# one; every Python from 3.11 to 3.13 resolves from the same files.
lock: $(VENV)/.dev
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q -o requirements-dev.lock
	uv pip compile pyproject.toml --extra demo --extra metrics --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q -c requirements-dev.lock -o requirements.lock
	uv pip compile pyproject.toml --extra demo --extra metrics --extra dask --extra pg --extra s3 --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade -q -c requirements-dev.lock -o requirements-cluster.lock

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(BIN)/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf $(VENV) data .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
