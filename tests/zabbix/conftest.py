"""What the tests with real agents need, once for all of them.

psdiff-zbx as a user installs it, stand-in daemons, a baseline at its default place, the agents.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.zabbix import packages
from tests.zabbix.agents import KINDS, PATH, Agent
from tests.zabbix.program import ProgramError, install, run
from tests.zabbix.standins import UNKNOWN, StandIn, hostile, sleeper

BASELINE = Path("/var/lib/psdiff-zbx/baseline")
# Without sudo's variables: the baseline names who wrote it.
ROOT = {"PATH": PATH, "HOME": "/root"}
PLUGIN = "plugin"  # agent 2 with our plugin in place of the UserParameters
Kind = tuple[str, str]
AGENTS: list[Kind] = [
    (kind, version) for version in packages.VERSIONS for kind in (*KINDS, PLUGIN)
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever writes the baseline of the machine watches all of it."""
    for item in items:
        if "baseline" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.machine)


@pytest.fixture(scope="session")
def host() -> None:
    """A machine on which these tests can run, or the reason why it is none."""
    lacks = None
    if os.geteuid() != 0:
        lacks = "not root: stand-ins, agents and the baseline belong to different users"
    elif shutil.which("apt-get") is None:
        lacks = "no apt-get: Zabbix's programs come from Debian's packages"
    if lacks and os.environ.get("CI"):
        pytest.fail(lacks, pytrace=False)
    if lacks:
        pytest.skip(lacks)
    try:
        for bundle in packages.BUNDLES:
            packages.prefix(bundle)
    except packages.PackagesError as error:
        pytest.fail(str(error), pytrace=False)
    packages.ensure_user()


@pytest.fixture(scope="session")
def folder(host: None) -> Iterator[Path]:
    """A folder of root's which everyone can read, for this run only."""
    made = Path(tempfile.mkdtemp(prefix="psdiff-zbx-tests-", dir="/var/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def program(folder: Path) -> Path:
    """psdiff-zbx in a virtual environment which user zabbix can reach."""
    try:
        return install(folder / "venv")
    except ProgramError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def userparameters(program: Path, folder: Path) -> Path:
    """The UserParameter file that the program prints."""
    path = folder / "userparameter_psdiff.conf"
    path.write_text(run(str(program), "userparameters", env=ROOT), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def plugin(program: Path, folder: Path) -> Path:
    """The plugin's file, as the installed plugin prints it."""
    path = folder / "psdiff_zbx_plugin.conf"
    command = program.with_name("psdiff-zbx-agent2")
    path.write_text(run(str(command), "--configuration", env=ROOT), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def prompt_plugin(plugin: Path) -> Path:
    """The same, with a new look for each key: what is asked for has only just happened."""
    path = plugin.with_name("psdiff_zbx_plugin_prompt.conf")
    path.write_text(f"{plugin.read_text()}Plugins.PsdiffZbx.CacheTime=0\n")
    return path


@pytest.fixture(scope="session")
def standins(host: None) -> Iterator[list[StandIn]]:
    """Running daemons; the first two are of one command line."""
    daemons = [
        sleeper("alpha", "root"),
        sleeper("alpha", "root"),
        sleeper("beta", "nobody"),
        sleeper("gamma", packages.USER),
        hostile(),
    ]
    yield from _running(daemons)


@pytest.fixture(scope="session")
def baseline(program: Path, standins: list[StandIn]) -> Iterator[Path]:
    """The baseline at its default place, written by root when all stand-ins run."""
    places = ("/etc", "/usr/local/etc", "/var/lib")
    own = [str(path) for place in places for path in Path(place).glob("psdiff*")]
    if own:
        pytest.fail(f"not ours (or left by a killed run), so we stop: {own}", pytrace=False)
    try:
        assert run(str(program), "write", "--all", env=ROOT) == f"Wrote to {BASELINE}\n"
        yield BASELINE
    finally:
        shutil.rmtree(BASELINE.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def stranger(baseline: Path) -> Iterator[StandIn]:
    """A daemon which the baseline does not know."""
    yield from (daemons[0] for daemons in _running([sleeper("stray", "nobody", UNKNOWN)]))


@pytest.fixture(scope="session")
def agents(
    baseline: Path, stranger: StandIn, userparameters: Path, prompt_plugin: Path
) -> Iterator[dict[Kind, Agent]]:
    """The four agents, and agent 2 once more with the plugin: all of them run."""
    with ExitStack() as stack:
        yield {
            (kind, version): stack.enter_context(
                Agent("agent2", version, prompt_plugin)
                if kind == PLUGIN
                else Agent(kind, version, userparameters)
            )
            for kind, version in AGENTS
        }


@pytest.fixture(scope="session", params=AGENTS, ids="-".join)
def agent(request: pytest.FixtureRequest, agents: dict[Kind, Agent]) -> Agent:
    """Each of them in turn."""
    return agents[request.param]


def _running(daemons: list[StandIn]) -> Iterator[list[StandIn]]:
    try:
        for daemon in daemons:
            daemon.start()
        yield daemons
    finally:
        for daemon in daemons:
            if daemon.pid:
                daemon.stop()
