# make run    start the app               make test   check everything   make check   check most, for every commit
# Both work alone on a fresh Debian 12 (or any Python 3.11 or later) and set up .venv the first time, without CUDA:
# `make run CUDA=yes` takes that too.

PYTHON ?= python3
PY := .venv/bin/python
CODE := core lessons app
IS_ROOT := [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null
APT := DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120

.PHONY: run test check pictures faults eyes texts encoder real real-check shipped claims bench clean chromium

run: .venv/.app
	$(PY) -m streamlit run app/main.py

test: .venv/.tests chromium
	$(PY) -m ruff check $(CODE) tests
	$(PY) -m ruff format --check $(CODE) tests
	$(PY) -m mypy $(CODE)
	$(PY) -m pytest -q -n 2 --dist loadgroup --no-loadscope-reorder

# For every commit: neither a browser, nor servers, nor whole scripts.
check: .venv/.tests
	$(PY) -m ruff check $(CODE) tests
	$(PY) -m ruff format --check $(CODE) tests
	$(PY) -m mypy $(CODE)
	$(PY) -m pytest -q -n 2 --dist loadgroup --no-loadscope-reorder -m "not browser and not slow"

# Take the README's pictures of the running app.
pictures: .venv/.tests chromium
	$(PY) -m tests.pictures

# Kill, fill, cut and remove what the app stands on: a few minutes, not part of the tests.
faults: .venv/.tests
	$(PY) -m pytest -q tests/faults.py

# Have axe-core look at every page, at both widths, in light and dark: a quarter of an hour, not part of the tests.
eyes: .venv/.tests chromium
	$(PY) -m pytest -q -n 2 tests/eyes.py

# Bring the texts that may be used but not copied: once, with a network.
texts: .venv/.app
	$(PY) -m core.fetch texts

# Bring a sentence encoder that people really use: 84 MB to download, optional.
encoder: .venv/.app
	$(PY) -m core.fetch encoder

# Bring three models that people really use, the encoder among them: 190 MB to download, optional.
real: .venv/.app
	$(PY) -m core.fetch real

# Compare the two others with the implementations of other people, on the real weights: a minute, not part of the tests.
real-check: .venv/.tests
	$(PY) -m pytest -q tests/real_models.py

# Recompute what ships with the app, and the claims of the lessons.
shipped: .venv/.app
	$(PY) -m lessons.kit.shipping.ship

claims: .venv/.app
	$(PY) -m lessons.claims --check

# Beside other people's frameworks too, where requirements-bench.txt has been installed.
bench: .venv/.tests
	$(PY) -m core.bench

clean:
	rm -rf .venv .headstart .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.app: requirements.txt | .venv/bin/python
	$(PY) -m core.fetch.install requirements.txt CUDA=$(CUDA)
	touch $@

.venv/.tests: requirements.txt requirements-dev.txt | .venv/bin/python
	$(PY) -m core.fetch.install requirements-dev.txt CUDA=$(CUDA)
	touch $@ .venv/.app

# Debian keeps the venv module in a package of its own.
.venv/bin/python:
	@if ! $(PYTHON) -c 'import venv, ensurepip' 2> /dev/null; then \
	  if $(IS_ROOT); then $(APT) update && $(APT) install -y python3-venv; \
	  else echo "Python's venv module is missing. On Debian: apt-get install python3-venv (as root), then again."; exit 1; \
	  fi; \
	fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Python 3.11 or later is needed; this is {sys.version.split()[0]}. Try: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv

# The browser journeys need a browser. Without one they are left out, and that is said; with CI=true it is an error.
chromium:
	@for name in chromium chromium-browser google-chrome; do command -v $$name > /dev/null && exit 0; done; \
	if $(IS_ROOT) && $(APT) update && $(APT) install -y --no-install-recommends chromium fonts-liberation; then exit 0; fi; \
	echo "LEFT OUT: the browser journeys, because there is no chromium and it cannot be installed here."; \
	echo "          On Debian: apt-get install chromium (as root)."; \
	[ "$$CI" != true ]
