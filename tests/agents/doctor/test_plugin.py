"""What the doctor says of an agent that may end with its plugin, and of files that are closed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psdiff_zbx.agents.configuration import Configuration, Setting
from psdiff_zbx.agents.doctor import plugin, readable
from psdiff_zbx.agents.doctor.findings import WARNING
from psdiff_zbx.agents.run_as import Account
from tests.agents.doctor.test_doctor import KEYS, PLUGIN, agent
from tests.files import write

NOBODY = 65534


@pytest.fixture(autouse=True)
def unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Started again however it ends."""
    monkeypatch.setattr(plugin, "restarts_always", lambda _: True)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([*KEYS], ""),
        ([PLUGIN, "PluginTimeout=30"], ""),
        ([PLUGIN, "PluginTimeout=5", "PluginTimeout=30"], ""),
        (
            [PLUGIN],
            "no PluginTimeout in /etc/zabbix/zabbix_agent2.conf: if the plugin starts slow",
        ),
        ([PLUGIN, "PluginTimeout=5"], "PluginTimeout=5: if the plugin starts slowly"),
        ([PLUGIN, "PluginTimeout="], "no PluginTimeout in"),
        ([PLUGIN, "PluginTimeout=long"], "PluginTimeout=long: if"),
    ],
)
def test_how_long_the_agent_waits(lines: list[str], says: str) -> None:
    found = [*plugin.check_plugin(agent(*lines))]
    assert [each.status for each in found] == [WARNING] * bool(says)
    assert all(each.text.startswith(says) for each in found)


def test_setup_cannot_help_where_the_file_is_anothers() -> None:
    (found,) = plugin.check_plugin(agent(PLUGIN))
    assert "'echo PluginTimeout=30 >> /etc/zabbix/zabbix_agent2.conf', then " in found.remedy


def test_an_agent_that_nobody_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin, "restarts_always", lambda _: False)
    monkeypatch.setattr(plugin, "unit_property", lambda *_: "on-abnormal")
    (found,) = plugin.check_plugin(agent(PLUGIN, "PluginTimeout=30"))
    assert found.text.startswith("zabbix-agent2 has Restart=on-abnormal: ")
    assert found.remedy == "'psdiff-zbx setup --agent plugin --yes'"
    assert [*plugin.check_plugin(agent(*KEYS))] == []
    assert [*plugin.check_plugin(agent(PLUGIN, kind="agentd"))] == []  # it does not start at all


@pytest.fixture
def open_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's own folder is closed to others."""
    monkeypatch.setattr(Account, "closed_folder", lambda *_: None)


@pytest.mark.usefixtures("open_folders")
@pytest.mark.parametrize(
    ("mode", "uid", "groups", "may"),
    [
        (0o600, os.geteuid() + 1, (NOBODY,), False),
        (0o604, os.geteuid() + 1, (NOBODY,), True),
        (0o640, os.geteuid() + 1, (os.getegid(),), True),
        (0o604, os.geteuid() + 1, (os.getegid(),), False),
        (0o000, 0, (0,), True),
    ],
)
def test_who_may_read_a_file(
    tmp_path: Path, mode: int, uid: int, groups: tuple[int, ...], may: bool
) -> None:
    file = write(tmp_path / "x.conf", "")
    file.chmod(mode)
    assert Account("x", uid, groups, ()).may_read(str(file)) == may
    assert Account("x", uid, groups, ()).may_read(str(tmp_path / "none"))


@pytest.mark.usefixtures("open_folders")
def test_only_our_file_is_opened_to_all(tmp_path: Path) -> None:
    """Another may hold a password."""
    who = Account("x", NOBODY, (os.getegid(),), ())
    other = Setting("Plugins.Mysql.Default.Password", "x", str(tmp_path / "mysql.conf"), 1)
    found = agent()._replace(configuration=Configuration("/main.conf", (other,)))
    assert readable._opening(found, who, other.path).startswith(f"chgrp {who.group} ")
