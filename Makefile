# `make run` and `make test` are all that is needed to begin; each first installs what is missing.

.DEFAULT_GOAL := help
.PHONY: help run test test-power lint bench screenshots install uninstall clean

VENV := .venv/bin
# Two for each core: many tests wait, for a disk or for a clock.
WORKERS ?= $(shell echo $$(($$(nproc) * 2)))

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run:  ## start the kiosk with a demo library (more options in ARGS="…")
	@tools/setup.sh run
	@$(VENV)/kiosk run --demo $(ARGS)

test:  ## run every test (choose some with ARGS="-k words")
	@tools/setup.sh dev
	@$(VENV)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-power:  ## cut the power after every write to a disk (two minutes; user-mode Linux)
	@tools/setup.sh dev
	-@tools/setup.sh power
	@$(VENV)/python tests/power/run.py

lint:  ## check style, types, and who imports whom
	@tools/setup.sh dev
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(VENV)/mypy
	$(VENV)/lint-imports

bench:  ## run the benchmarks
	@tools/setup.sh dev
	@for bench in benchmarks/[!_]*.py; do echo "== $$bench"; $(VENV)/python "$$bench" || exit; done

screenshots:  ## draw every screen into docs/screens
	@tools/setup.sh dev
	SDL_VIDEODRIVER=offscreen $(VENV)/python -m tests.screens.screenshots docs/screens

install:  ## install on this machine, as root (or into DESTDIR=…)
	@tools/install.sh install "$(DESTDIR)"

uninstall:  ## remove what install made; what was recorded stays
	@tools/install.sh uninstall "$(DESTDIR)"

clean:  ## remove everything that was made here, .venv and .cache too
	rm -rf .venv .cache build dist *.egg-info .hypothesis .import_linter_cache
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find kiosk drivers tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
