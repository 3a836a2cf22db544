# make run    set up and run the demo study; names the report
# make test   the same set-up with the development tools, then all tests
# make check  formatters, linters, types, snakemake --lint
.PHONY: setup run test check report bench fuzz simulate catalogue settings demo lock clean help

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
REPORT := results/primary/report.html
SNAKEMAKE := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake

help:
	@sed -n 's/^# //p' Makefile

setup: .venv/installed

# Packages are compiled here, once: where Python may not write bytecode, each of the
# many short jobs would compile what it imports again.
.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "her2-ctdna needs Python 3.11 or newer; name one by: make PYTHON=python3.12")'
	@echo "Making .venv by $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv
	@echo "Installing $$(grep -c '==' requirements.lock) packages of requirements.lock (minutes)"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --editable .
	@echo "Compiling them once, so that no step has to"
	@$(BIN)/python -m compileall -q .venv/lib src
	@touch $@

.venv/installed-dev: .venv/installed requirements-dev.lock
	@echo "Installing the tools of requirements-dev.lock (minutes)"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

run: setup
	@echo "Analysing the demo study of config/config.yaml (minutes)"
	@$(SNAKEMAKE)
	@echo "The report: $(CURDIR)/$(REPORT) ($$(wc -c < $(REPORT) | awk '{printf "%.3g MB", $$1 / 1e6}'))"

test: .venv/installed-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/mypy
	$(SNAKEMAKE) --lint

report: run
	$(SNAKEMAKE) --report report.zip

# Readers of other projects, to compare with; without them that benchmark has fewer.
.venv-bench/installed: benchmarks/requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

bench: setup
	-$(MAKE) .venv-bench/installed
	for script in benchmarks/*.py; do OPENBLAS_NUM_THREADS=1 $(BIN)/python $$script || exit 1; done

# Real files of calls, changed at random for ten minutes, from a seed of the day.
fuzz: .venv/installed-dev
	FUZZ_SECONDS=600 FUZZ_SEED=$$(date +%j) $(BIN)/python -m pytest tests/real/test_changed_files.py

# False positives, limits and coverage of the detection test, as in docs/methods.md.
simulate: setup
	$(BIN)/python docs/simulate_detection.py

# Captions, results/README.md and the types of columns, from the catalogue of results.
catalogue: setup
	$(BIN)/python -m her2ctdna.settings.catalogue_files .

# The synthetic study in config/demo, from its seed.
demo: setup
	$(BIN)/python -m her2ctdna.demo config/demo

# The schema of the config and the tables of config/README.md, from the types.
settings: setup
	$(BIN)/python -m her2ctdna.settings .

# Exact versions with hashes; needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf logs .snakemake report.zip
	find results -mindepth 1 -not -name README.md -delete
