"""Commands that are recommended: each does what it says to real files, also when typed twice."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Callable

import pytest

from psdiff_zbx.agents import remedies, service_manager
from psdiff_zbx.agents.configuration import Configuration, Files, read_configuration
from psdiff_zbx.agents.installed import Installed, new_folder
from psdiff_zbx.core.item_keys import METRICS

KEYS = "".join(f"UserParameter={metric.key},/bin/sh x\n" for metric in METRICS)
PLUGIN = " Plugins.PsdiffZbx.System.Path=/x\nPluginTimeout=30\nPlugins.PsdiffZbx.MinAge = 5\n"


def read(path: Path) -> Configuration:
    def names(folder: str) -> list[str] | None:
        return [each.name for each in Path(folder).iterdir()] if Path(folder).is_dir() else None

    return read_configuration(str(path), Files(lambda name: Path(name).read_text(), names))


def type_it(command: str) -> None:
    for _ in range(2):
        subprocess.run(("sh", "-ec", command), check=True)


@pytest.fixture
def main(tmp_path: Path) -> Path:
    """A path that a shell has to have in quotes would have quotes in quotes: there is none."""
    return tmp_path / "agent.conf"


@pytest.mark.parametrize(
    ("text", "command", "left"),
    [
        ("Timeout=1\n", lambda it: remedies.set_value(it, "Timeout", 5), "Timeout=5\n"),
        (
            "  Timeout = 1\nX=1\n",
            lambda it: remedies.set_value(it, "Timeout", 5),
            "Timeout=5\nX=1\n",
        ),
        ("X=1\nY=2\n", lambda it: remedies.comment_out(it.all("Y")[0]), "X=1\n# Y=2\n"),
        (f"X=1\n{PLUGIN}", lambda it: remedies.comment_plugin(it.path), None),
        (f"X=1\n{KEYS}", lambda it: remedies.comment_keys(it.path), None),
    ],
)
def test_a_line_is_set_or_taken_out(
    main: Path, text: str, command: Callable[[Configuration], str], left: str | None
) -> None:
    main.write_text(text)
    type_it(command(read(main)))
    assert left is None or main.read_text() == left
    found = read(main)
    assert not found.plugin_options
    assert not found.all("PluginTimeout")
    assert not found.all("UserParameter")
    assert len(main.read_text().splitlines()) == len(text.splitlines())


def test_what_is_not_set_is_set_at_the_end(main: Path) -> None:
    main.write_text("X=1\n")
    type_it(remedies.set_value(read(main), "Timeout", 5))
    assert read(main).value("Timeout") == "5"


def test_a_new_folder_is_included(main: Path) -> None:
    main.write_text("X=1\n")
    type_it(new_folder(str(main)))
    assert read(main).folder == str(main.with_suffix(".d"))


def agent(main: Path, kind: str = "agent2") -> Installed:
    return Installed(kind, "", read(main), "zabbix", f"zabbix-{kind}", 7)


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", ""),
        (PLUGIN, " --min-age 5"),
        ("Plugins.PsdiffZbx.Baseline=/a b\nPlugins.PsdiffZbx.CacheTime=1\n", ' --baseline "/a b"'),
        (
            "UserParameter=psdiff.get,/x/psdiff-zbx --config /c --min-age 0 get\n",
            " --config /c --min-age 0",
        ),
        ("UserParameter=psdiff.get,/x/python3 -m psdiff_zbx get\n", ""),
        ("UserParameter=psdiff.get,'\n", ""),
    ],
)
def test_setup_keeps_the_options_of_the_agents_file(main: Path, text: str, options: str) -> None:
    main.write_text(text)
    found = remedies.setup_command(agent(main), "plugin")
    assert found == f"psdiff-zbx setup --agent plugin{options}"


@pytest.mark.parametrize(
    ("is_managed", "text"),
    [
        (True, "'a b', then 'systemctl restart zabbix-agent2'"),
        (False, "'a b', then restart zabbix_agent2, process 7"),
    ],
)
def test_only_what_can_be_typed_is_in_quotes(
    main: Path, monkeypatch: pytest.MonkeyPatch, is_managed: bool, text: str
) -> None:
    main.write_text("")
    there, none = main.parent, main / "none"
    monkeypatch.setattr(service_manager, "SYSTEMD", there if is_managed else none)
    monkeypatch.setattr(service_manager, "_SCRIPTS", none)
    assert remedies.then_restart(agent(main), "a b") == text


def test_a_line_for_a_unit_comes_after_all_others(main: Path) -> None:
    main.write_text("")
    command = remedies.set_in_unit(agent(main), "ProtectProc=default")
    assert r'printf "[Service]\nProtectProc=default\n" >> /etc/systemd/system/' in command
    assert "/zz-psdiff-zbx.conf && systemctl daemon-reload && systemctl restart" in command
