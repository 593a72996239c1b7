# make demo     see it work, on this machine, in a minute; leaves nothing behind but python3-venv
# make test     the whole test suite, its parts side by side; a quarter of an hour on two cores
# make check    format, lint, layers, types
# make unit     the tests of values: no process, no Zabbix; with coverage
# make laws     laws that hold for random values; on the other Pythons with fewer of them
# make live     the tests of live processes, on the oldest and the newest Python
# make matrix   the tests of values on every other Python from 3.9 to 3.13 that is installed
# make agents   real Zabbix agents that watch the whole machine
# make real     real servers, frontends and proxies, booted hosts, a short day in the zoo
# make zoo      whole hosts with more than ninety real daemons, ten minutes of load, each one killed
# make reboots  a host with real daemons, rebooted five times, as real servers see it; some of their
#               clocks are an hour off; an hour
# make debian13 the tests with a real Zabbix on Debian 13: its Zabbix, PHP, PostgreSQL and Python
# make fuzz     every text of 4 KB that one of the shipped patterns might be slow for, and twenty hosts
#               on which a user has done his worst; some minutes
# make bench    what a look costs among 300, 3,000 and 10,000 processes, beside ps, Zabbix's own
#               keys and others; beside psdiff too with PSDIFF=where its script is, beside another
#               build with OTHER=where its psdiff-zbx is
# make bench-server  what the template costs a real server, beside Zabbix's own for processes; beside
#               an older one with OTHER=a commit, or a folder; HOSTS=1000 and MINUTES=5
# make packages a .deb and an .rpm, in build/packages; make pyz: one file for hosts with neither
# make suites   the package on Debian 12 and 13, from the one to the other, by Ansible; ten minutes
# make generate write the files that the package generates
# make zabbix   a real Zabbix that watches this machine, to look at until Ctrl-C (ZABBIX=6.0 or 7.0)
# make screenshots  the pictures of the README, anew
# Real Zabbix comes from Debian's packages, which root fetches into /var/cache.

SHELL = /bin/sh
PYTHON ?= python3
VENV ?= .venv
HOSTS ?= 1000
MINUTES ?= 5
WORKERS ?= 2
BIN = $(VENV)/bin
VERSIONS = 3.9 3.10 3.11 3.12 3.13
# The newest of each version, wherever it is: in PATH or under pyenv.
FIND = for v in $(VERSIONS); do \
	for p in $$(ls -d $(HOME)/.pyenv/versions/$$v.*/bin/python$$v 2>/dev/null) python$$v; do \
	"$$p" -c "import ensurepip" 2>/dev/null && echo "$$v=$$p" && break; done; done
OWN = $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'
# Two at once, unless make was told already how many.
TWO = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j 2)
FEWER = HYPOTHESIS_PROFILE=fewer
TESTS = --dist loadgroup --no-loadscope-reorder -q --junit-xml build/junit
REAL = tests/zabbix tests/booted tests/zoo
VALUES = -m "not zabbix" --ignore tests/live
# Prints what gives a command processes of its own, where that is allowed.
APART = own="unshare --mount --pid --fork --kill-child --mount-proc"; \
	! $$own true 2>/dev/null || echo $$own
# Real agents that have processes of their own to watch, and no baseline of the machine's.
ALONE = unshare --mount --pid --fork --kill-child --mount-proc \
	sh -euc 'mount -t tmpfs -o mode=755 tmpfs /var/lib; "$$@"' sh
AGENTS = $(ALONE) $(BIN)/pytest $(TESTS)/agents.xml -m "zabbix and machine" tests/zabbix

# What many processes import is compiled once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test machine counting check unit laws live agents real zoo fuzz bench bench-server \
	matrix pythons generate zabbix screenshots community wheels packages pyz suites reboots \
	debian13 clean

demo:
	@PYTHON="$(PYTHON)" bash tests/demo.sh

# What only counts takes what the processors have left beside what has to answer in time.
test: $(VENV)/ready
	@rm -rf build/junit; began=$$(date +%s); code=0; \
	$(MAKE) --no-print-directory -k -j 5 --output-sync check real machine counting || code=1; \
	$(BIN)/python -m tests.summary build/junit $$began; exit $$code

# One after the other, for what the live tests start would be on the agents' machine.
machine: wheels pythons
	@code=0; $(AGENTS) || code=1; \
	$(MAKE) --no-print-directory live || code=1; exit $$code

counting: pythons
	@nice -n 19 $(MAKE) --no-print-directory -k unit laws matrix WORKERS=0

check: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

unit: $(VENV)/ready
	$(BIN)/pytest -n $(WORKERS) $(TESTS)/unit.xml $(VALUES) --ignore tests/property --cov --cov-fail-under=90

laws: $(VENV)/ready
	$(BIN)/pytest -n 0 $(TESTS)/laws.xml tests/property

# The oldest and the newest Python at once, whatever else runs, for their tests mostly wait; neither
# sees the processes of the other.
live: pythons
	@all=$$({ $(OWN); ls -d build/python3.* 2>/dev/null; } | sed 's:build/python::' | sort -V); \
	echo "$$all" | sed -n '1p;$$p' | sort -u | sed 's/^/live-/' | xargs -n 1 -P 2 \
		$(MAKE) --no-print-directory --output-sync NEWEST=$$(echo "$$all" | tail -n 1)

live-%: pythons
	@venv=build/python$*; test -x $$venv/bin/pytest || venv=$(VENV); \
		$(if $(filter-out $*,$(NEWEST)),$(FEWER)) \
		$$($(APART)) $$venv/bin/pytest -n 1 $(TESTS)/live$*.xml tests/live

agents: wheels
	$(AGENTS)

real: wheels packages
	$$($(APART)) $(BIN)/pytest -n 4 $(TESTS)/real.xml -m "zabbix and not machine" $(REAL)

# What the tests with a real Zabbix need: its packages, and psdiff-zbx to install.
wheels: $(VENV)/ready
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo $(BIN)/python -m tests.zabbix.packages; $(BIN)/python -m tests.zabbix.packages; fi
	rm -rf build/wheels build/lib build/bdist.*
	$(BIN)/pip wheel --quiet --wheel-dir build/wheels . tomli

# A .deb and an .rpm in build/packages, with no error of lintian's or rpmlint's.
packages: $(VENV)/ready
	@sh tools/packages/prepare.sh
	$(BIN)/python -m tools.packages deb rpm
	lintian --allow-root --fail-on error build/packages/*.deb
	rpmlint --config tools/packages/files/rpmlint.toml build/packages/*.rpm

# The package on Debian 12 and 13, through the upgrade from the one to the other, and by Ansible.
suites: wheels packages
	command -v ansible-playbook >/dev/null || sh tools/apt_install.sh ansible-core
	EVERY_SUITE=1 $(BIN)/pytest -m zabbix tests/booted/test_package.py \
		tests/booted/dist_upgrade.py tests/booted/ansible_role.py

# One file, compiled for each Python from 3.9 to 3.13 that is installed.
pyz: pythons
	$(BIN)/python -m tools.packages pyz

# The short form is among the tests of `make real`.
zoo: wheels
	ZOO_SECONDS=600 $(BIN)/pytest -m zoo tests/zoo

reboots: wheels
	$(BIN)/python -m tests.reboots

debian13: wheels
	$(BIN)/python -m tests.booted.debian13

# The other tests try few of them.
fuzz: $(VENV)/ready
	SHAPES=1 $(BIN)/pytest -n 2 tests/property/test_linear_laws.py
	ODD_HOSTS=20 $$($(APART)) $(BIN)/pytest -n 1 tests/live/test_odd_host.py

bench: wheels
	$(BIN)/python -m tests.bench

bench-server: wheels
	$(BIN)/python -m tests.bench.server $(HOSTS) $(MINUTES)

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
	$(BIN)/python -m tests.zabbix.dashboard_pictures

matrix: pythons
	@each=$$(ls -d build/python3.* 2>/dev/null | sed 's:build/python:matrix-:'); \
	test -z "$$each" || $(MAKE) --no-print-directory -k $(TWO) --output-sync $$each

matrix-%: pythons
	@$(FEWER) build/python$*/bin/pytest -n 0 $(TESTS)/python$*.xml $(VALUES)

# A virtual environment for each Python but that of $(VENV).
pythons: $(VENV)/ready
	@own=$$($(OWN)); \
	for each in $$($(FIND)); do \
		version=$${each%%=*}; venv=build/python$$version; \
		if [ $$version != $$own ] && [ ! $$venv/ready -nt setup.py ]; then \
			"$${each#*=}" -m venv --clear $$venv && \
			$$venv/bin/pip install --quiet --no-compile --disable-pip-version-check -e '.[api,test]' && \
			touch $$venv/ready || exit 1; \
		fi; \
	done

generate: $(VENV)/ready
	$(BIN)/python -m tools.generate

$(VENV)/ready: setup.py tests/prepare.sh
	PYTHON="$(PYTHON)" sh tests/prepare.sh
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[api,test,check]'
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
