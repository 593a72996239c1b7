"""The package on a Debian that has never seen psdiff-zbx: installed, set up, upgraded, removed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.booted import packaged
from tests.booted.site import FOLDERS
from tests.booted.test_doctor import WAIT, doctor
from tests.booted.test_setup import FILES, RESTART, UNITS, answer, do, setup
from tests.files import TOP
from tests.zabbix.packages import PackagesError
from tests.zoo.host import Host
from tests.zoo.root import RootError

pytestmark = pytest.mark.zabbix

PROGRAM = "/usr/bin/psdiff-zbx"
MODULES = "/usr/share/psdiff-zbx/psdiff_zbx"
BASELINE = "/var/lib/psdiff-zbx/baseline"
FIRST = f"psdiff-zbx: now run '{PROGRAM} setup', which configures the Zabbix agent"
RUNNING = "psdiff-zbx: the plugin still is the old version: systemctl restart zabbix-agent2"
STORED = ("baseline", "baseline.history", ".baseline.lock")
NEXT = "99.0.0"
SOURCES = ("launchers", "psdiff_zbx", "templates", "tools", "userparameters")
GUIDES = ("CHANGELOG.md", "LICENSE", "README.md", "tests/README.md")


@pytest.fixture(scope="module", params=packaged.SUITES)
def host(namespaces: None, request: pytest.FixtureRequest) -> Iterator[Host]:
    """With README's remedy for agent 2 6.0.14, whose start may fail with any plugin."""
    try:
        with packaged.boot(request.param) as booted:
            file = booted.files / RESTART.lstrip("/")
            file.parent.mkdir()
            file.write_text(
                "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nRestartSec=1\n"
            )
            booted.run("systemctl", "daemon-reload")
            # A click takes two seconds where something is missing, and more on a busy machine.
            for folder in FOLDERS.values():
                own = booted.files / "etc/zabbix" / folder / "own.conf"
                own.write_text("Timeout=20\n")
            yield booted
    except (PackagesError, RootError) as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="module")
def following(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of the next version."""
    tree = tmp_path_factory.mktemp("next")
    for name in SOURCES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TOP / name, tree / name, ignore=ignored)
    tree.joinpath("tests").mkdir()
    for name in GUIDES:
        shutil.copy(TOP / name, tree / name)
    tree.joinpath("psdiff_zbx/__init__.py").write_text(f'__version__ = "{NEXT}"\n')
    command = (sys.executable, "-m", "tools.packages", "deb")
    subprocess.run(command, cwd=tree, env={"PYTHONPATH": str(tree)}, check=True)
    (package,) = tree.glob("build/packages/*.deb")
    return package


class Installed(NamedTuple):
    """The host with the package, and what was on its disk before."""

    host: Host
    disk: set[str]


@pytest.fixture(scope="module")
def installed(host: Host) -> Installed:
    before = packaged.disk(host)
    assert packaged.install(host) == [FIRST]
    return Installed(host, before)


@pytest.fixture
def clean(installed: Installed) -> Iterator[Host]:
    """With the package, and nothing set up."""
    host = installed.host
    yield host
    host.run("systemctl", "stop", "zabbix-agent", "zabbix-agent2")
    host.run(PROGRAM, "setup", "--remove")
    host.run("sh", "-c", "rm -f /var/lib/psdiff-zbx/*")


def answering(host: Host, kind: str, *more: str) -> dict[str, object]:
    """The answer of an agent that was set up and restarted as setup says."""
    host.run("systemctl", "start", UNITS[kind])
    do(host, setup(host, "--agent", kind, *more))
    found = answer(host)
    assert found["error"] == ""
    return found


def get(host: Host, key: str) -> str:
    return host.visit("zabbix_get", "-s", "127.0.0.1", "-k", key).rstrip("\n")


@pytest.mark.parametrize("kind", FILES)
def test_from_nothing_to_an_answer(clean: Host, kind: str) -> None:
    answering(clean, kind)
    found = doctor(clean)
    assert found.not_ok == {}
    assert found.says("program").startswith(f"zabbix runs {PROGRAM}, version ")
    assert get(clean, "psdiff.extra") == ""


def test_a_broken_plugin_leaves_the_agent_alone(clean: Host) -> None:
    answering(clean, "plugin")
    clean.run("mv", f"{MODULES}/core", "/root")
    clean.run("systemctl", "restart", "zabbix-agent2")
    error = str(answer(clean)["error"])
    assert error.startswith("psdiff_zbx cannot be loaded by /usr/bin/python3: ModuleNotFoundError")
    assert get(clean, "agent.ping") == "1"
    assert get(clean, "psdiff.missing") == f"psdiff: error: {error}"
    clean.run("mv", "/root/core", MODULES)
    clean.run("systemctl", "restart", "zabbix-agent2")
    assert answer(clean)["error"] == ""


def test_an_upgrade_and_back(clean: Host, following: Path) -> None:
    """Baseline and history stay good, in both directions; a running plugin is told of."""
    first = answering(clean, "plugin")
    clean.run("sh", "-c", "echo 'extra_min_age = 50' >> /etc/psdiff-zbx/config.toml")
    shutil.copy(following, clean.files / "root/next.deb")
    assert packaged.install(clean, "/root/next.deb") == [RUNNING]
    assert answer(clean)["version"] == first["version"]
    assert "restart the agent: 'systemctl restart zabbix-agent2'" in doctor(clean).says("keys")
    clean.run("systemctl", "restart", "zabbix-agent2")
    assert answer(clean)["version"] == NEXT
    assert doctor(clean).not_ok == {}

    clean.run("psdiff-zbx", "manual", "add", "root", "/opt/next")
    assert packaged.install(clean) == [RUNNING]
    do(clean, setup(clean, "--agent", "agent2"))
    assert answer(clean)["version"] == first["version"]
    assert answer(clean)["error"] == ""
    assert clean.run("psdiff-zbx", "show", check=False) == "-     /opt/next  {user=root}\n"
    clean.run("psdiff-zbx", "undo")

    assert packaged.install(clean, "/root/next.deb") == []  # UserParameters need no restart
    assert answer(clean)["version"] == NEXT


def test_accepting_from_the_frontend(clean: Host) -> None:
    answering(clean, "agent2", "--remote-accept")
    clean.run("psdiff-zbx", "manual", "add", "root", "/opt/gone")
    assert "/opt/gone" in get(clean, "system.run[psdiff-zbx remote 'show']")
    said = get(clean, "system.run[psdiff-zbx remote 'accept Admin']").splitlines()
    assert said[-1].split() == ["-", "/opt/gone", "{user=root}"]


def test_removed_and_purged(installed: Installed) -> None:
    """The last one: the agent is none the worse for it, and nothing is left."""
    host, before = installed
    answering(host, "plugin", "--remote-accept")
    host.run("apt-get", "remove", "--yes", "--quiet=2", "psdiff-zbx")
    left = {line.split(" ")[0] for line in packaged.disk(host) - before}
    ours = {line for line in left if line.startswith("/")}
    assert ours == {
        *("/etc/psdiff-zbx", "/etc/psdiff-zbx/config.toml", "/var/lib/psdiff-zbx"),
        *(
            f"/var/lib/psdiff-zbx/{name}"
            for name in ("baseline", "baseline.history", ".baseline.lock")
        ),
    }
    host.run("systemctl", "restart", "zabbix-agent2")
    host.visit("sh", "-c", WAIT.format(10050, "sleep 0.1"))
    host.run("systemctl", "stop", "zabbix-agent2")
    host.run("apt-get", "purge", "--yes", "--quiet=2", "psdiff-zbx")
    assert packaged.disk(host) ^ before == set()
