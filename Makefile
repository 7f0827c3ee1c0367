# Everything a person or CI needs; each target does its own set-up.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check format bench faults faults-long simulate fidelity fidelity-report lock docs clean

demo: $(READY)
	$(BIN)/pressrun demo

# CI runs what is marked long as well. In the order of folders: the few slow files with a broker come before the many
# quick ones. Three at once on two cores: most tests wait for processes, not for the processor.
test: $(READY)
	$(BIN)/pytest -m "not long and not crashes" -n 3 --dist loadfile --no-loadscope-reorder

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pressrun.documents --check
	$(BIN)/python -m tests.sizes

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# All parts one after the other, or one: make bench PARTS=letters
PARTS ?= letters sealing end_to_end simulator rebuild
bench: $(READY)
	@for part in $(PARTS); do $(BIN)/python -m benchmarks.$$part || exit 1; done

# Real processes killed, stopped and starved, on a real broker: make faults SEED=7 has a run again.
FAULTS := PYTHONPATH=tests $(BIN)/python -m faults.runner $(if $(SEED),--seed $(SEED))
faults: $(READY)
	$(FAULTS)

HOURS ?= 8
faults-long: $(READY)
	$(BIN)/pytest -m crashes
	$(FAULTS) --long --hours $(HOURS)

RUNS ?= 1000000
simulate: $(READY)
	PYTHONPATH=tests $(BIN)/python -m faults.simulator --runs $(RUNS) $(if $(START),--start $(START))

fidelity: $(READY)
	$(BIN)/pytest tests/fidelity

fidelity-report: $(READY)
	PYTHONPATH=tests $(BIN)/python -m fidelity.report --out build/fidelity

docs: $(READY)
	$(BIN)/python -m pressrun.documents

# One resolution for every supported Python and platform; no index address is written.
lock: $(READY)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --extra dev pyproject.toml --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "pressrun needs Python 3.11, 3.12 or 3.13; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

clean:
	rm -rf $(VENV) build dist *.egg-info var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
