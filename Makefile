# Four words for everyday work; each is one command.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8765

.PHONY: demo test lint build
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
