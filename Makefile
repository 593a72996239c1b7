# make demo     see it work, on this machine, in a minute; leaves nothing behind
# make test     the whole test suite; as root on Debian it also fetches real Zabbix agents
# make check    format, lint, layers, types
# make unit     the tests that need no Zabbix; make real: those that do
# make matrix   the same on every Python from 3.9 to 3.13 that is installed
# make zoo      whole hosts with half a hundred real daemons, ten minutes of load, each one killed
# make bench    what a look costs among 300, 3,000 and 10,000 processes, beside ps, Zabbix's own
#               keys and others; beside psdiff too with PSDIFF=where its script is
# make generate write the files that the package generates
# make zabbix   a real Zabbix that watches this machine, to look at until Ctrl-C (ZABBIX=6.0 or 7.0)
# make screenshots  the pictures of the README, anew

SHELL = /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
VERSIONS = 3.9 3.10 3.11 3.12 3.13
# The newest of each version, wherever it is: in PATH or under pyenv.
FIND = for v in $(VERSIONS); do \
	for p in $$(ls -d $(HOME)/.pyenv/versions/$$v.*/bin/python$$v 2>/dev/null) python$$v; do \
	"$$p" -c "import ensurepip" 2>/dev/null && echo "$$v=$$p" && break; done; done

.PHONY: demo test check unit real zoo bench matrix generate zabbix screenshots community wheels clean

demo:
	@PYTHON="$(PYTHON)" bash tests/demo.sh

test: check unit real matrix

check: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

unit: $(VENV)/ready
	$(BIN)/pytest -m "not zabbix" --cov --cov-fail-under=90

real: wheels
	$(BIN)/pytest -m zabbix

# What the tests with a real Zabbix need: its packages, and psdiff-zbx to install.
wheels: $(VENV)/ready
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo $(BIN)/python -m tests.zabbix.packages; $(BIN)/python -m tests.zabbix.packages; fi
	rm -rf build/wheels build/lib build/bdist.*
	$(BIN)/pip wheel --quiet --wheel-dir build/wheels . tomli

# The short form is among the tests of `make real`.
zoo: wheels
	ZOO_SECONDS=600 $(BIN)/pytest -m zoo tests/zoo

bench: wheels
	$(BIN)/python -m tests.bench

zabbix: wheels
	$(BIN)/python -m tests.zabbix.stack $(ZABBIX)

# The form of Zabbix's community templates: a folder for each template and version.
community:
	@for name in template_psdiff template_psdiff_active; do for version in 6.0 7.0; do \
		folder=build/community/Operating_Systems/Linux/$$name/$$version; mkdir -p $$folder && \
		cp templates/$$version/$$name.xml templates/README.md $$folder && \
		echo $$folder; done; done

screenshots: wheels
	$(BIN)/python -m tests.zabbix.screenshots

matrix: $(VENV)/ready
	@found=$$($(FIND)); echo "Pythons found:" $$found; \
	for each in $$found; do \
		venv=build/python$${each%%=*}; \
		echo "== $$each"; \
		"$${each#*=}" -m venv $$venv && \
		$$venv/bin/pip install --quiet --disable-pip-version-check -e '.[api,test]' && \
		$$venv/bin/pytest -q -m "not zabbix" || exit 1; \
	done

generate: $(VENV)/ready
	$(BIN)/python -m tools.generate

$(VENV)/ready: setup.py tests/prepare.sh
	PYTHON="$(PYTHON)" sh tests/prepare.sh
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[api,test]'
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
