# Words for everyday work; each is one command after preparing.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8765

.PHONY: demo test lint build bench
demo:
	@$(PYTHON) scripts/prepare.py run
	@$(BIN)/lims-msc demo --port $(PORT) $(if $(ONCE),--once)

test:
	@$(PYTHON) scripts/prepare.py test
	@$(BIN)/python scripts/run_tests.py $(ARGS)

lint:
	@$(PYTHON) scripts/prepare.py test
	@$(BIN)/python scripts/run_lint.py

build:
	@$(PYTHON) scripts/prepare.py test
	@$(BIN)/python -m build --no-isolation

bench:
	@$(PYTHON) scripts/prepare.py test
	@$(PYTHON) scripts/prepare.py bench
	@$(BIN)/python scripts/bench_reading.py
	@$(BIN)/python scripts/bench_mixed.py
	@$(BIN)/python scripts/bench_curves.py
	@$(BIN)/python scripts/bench_lists.py
