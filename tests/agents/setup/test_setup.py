"""setup finds the agents in the folders of all distributions, and refuses what it must not do."""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional

import pytest

from psdiff_zbx.agents.configuration import AgentError
from psdiff_zbx.agents.installed import (
    Installed,
    choose_agent,
    find_agents,
    further_agents,
)
from psdiff_zbx.agents.remedies import comment_keys, comment_plugin
from psdiff_zbx.agents.setup import next_steps
from psdiff_zbx.agents.setup.files import Option
from psdiff_zbx.agents.setup.place import Place, place
from psdiff_zbx.core.model import Process
from tests.builders import process

AGENTD, AGENT2 = "usr/sbin/zabbix_agentd", "usr/sbin/zabbix_agent2"
DEBIAN = {
    AGENTD: "",
    "etc/zabbix/zabbix_agentd.conf": "Include=/etc/zabbix/zabbix_agentd.conf.d/*.conf",
    "etc/zabbix/zabbix_agentd.conf.d/": "",
}
DEBIAN2 = {
    AGENT2: "",
    "etc/zabbix/zabbix_agent2.conf": (
        "Include=/etc/zabbix/zabbix_agent2.d/*.conf\nInclude=./zabbix_agent2.d/plugins.d/*.conf\n"
    ),
    "etc/zabbix/zabbix_agent2.d/plugins.d/": "",
}
ZABBIX_COM = {
    AGENTD: "",
    "etc/zabbix/zabbix_agentd.conf": "Include=/etc/zabbix/zabbix_agentd.d/*.conf",
    "etc/zabbix/zabbix_agentd.d/": "",
}
ZABBIX_COM2 = {
    AGENT2: "",
    "etc/zabbix/zabbix_agent2.conf": (
        "Include=./zabbix_agent2.d/plugins.d/*.conf\nInclude=/etc/zabbix/zabbix_agent2.d/*.conf\n"
    ),
    "etc/zabbix/zabbix_agent2.d/plugins.d/": "",
}
EPEL = {
    AGENTD: "",
    "etc/zabbix_agentd.conf": "User=zabbixagent\nInclude=/etc/zabbix_agentd.conf.d/",
    "etc/zabbix_agentd.conf.d/": "",
}


def tree(root: Path, *parts: dict[str, str]) -> Path:
    for part in parts:
        for name, text in part.items():
            path = root / name
            (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                path.write_text(text)
    return root


def agents(root: Path, *running: Process) -> List[Installed]:
    return find_agents(root, running)


def wanted(
    root: Path, agent: Optional[str] = None, program: str = "/p/psdiff-zbx", *options: Option
) -> Place:
    return place(agent, program, options, agents(root))


def refused(root: Path, agent: Optional[str] = None, program: str = "/p/psdiff-zbx") -> str:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    with pytest.raises(AgentError) as caught:
        wanted(root, agent, program)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before
    return str(caught.value).replace(str(root), "")


@pytest.mark.parametrize(
    ("files", "kind", "file", "user"),
    [
        (DEBIAN, "agentd", "etc/zabbix/zabbix_agentd.conf.d", "zabbix"),
        (DEBIAN2, "agent2", "etc/zabbix/zabbix_agent2.d", "zabbix"),
        (ZABBIX_COM, "agentd", "etc/zabbix/zabbix_agentd.d", "zabbix"),
        (ZABBIX_COM2, "agent2", "etc/zabbix/zabbix_agent2.d", "zabbix"),
        (EPEL, "agentd", "etc/zabbix_agentd.conf.d", "zabbixagent"),
    ],
)
def test_packages(tmp_path: Path, files: dict[str, str], kind: str, file: str, user: str) -> None:
    (found,) = agents(tree(tmp_path, files))
    assert (found.kind, found.user, found.pid) == (kind, user, None)
    assert found.program == f"/usr/sbin/{found.name}"
    assert found.file == tmp_path / file / "psdiff_zbx.conf"


def test_a_removed_package_leaves_its_configuration(tmp_path: Path) -> None:
    tree(tmp_path, DEBIAN, DEBIAN2)
    (tmp_path / AGENTD).unlink()
    assert [found.kind for found in agents(tmp_path)] == ["agent2"]


@pytest.mark.parametrize("how", ["-c {}", "--config {}", "--config={}"])
def test_what_runs_tells_its_configuration_user_and_unit(tmp_path: Path, how: str) -> None:
    tree(tmp_path, {"opt/z/a.conf": "Include=/opt/z/d/*.conf"})
    main = process(
        81,
        f"/opt/z/zabbix_agent2 {how.format('/opt/z/a.conf')}",
        name="zabbix_agent2",
        user="monitor",
        cgroup="/system.slice/zabbix-ours.service",
    )
    (found,) = agents(tmp_path, process(7, "/bin/x"), main)
    assert found.configuration.path == "/opt/z/a.conf"
    assert (found.user, found.unit, found.pid) == ("monitor", "zabbix-ours", 81)
    assert (found.program, found.started) == ("/opt/z/zabbix_agent2", 1000.0)


def test_of_several_processes_the_main_one_with_the_usual_configuration(tmp_path: Path) -> None:
    tree(tmp_path, DEBIAN, {"opt/a.conf": ""})
    second = process(5, "/usr/sbin/zabbix_agentd -c /opt/a.conf", name="zabbix_agentd", cgroup="/")
    first = second._replace(pid=30, cmdline=("/usr/sbin/zabbix_agentd",))
    child = first._replace(pid=9, ppid=30, cmdline=("/usr/sbin/zabbix_agentd: collector",))
    again = first._replace(pid=31)
    usual = second._replace(
        pid=32, cmdline=(*second.cmdline[:2], "/etc/zabbix/zabbix_agentd.conf")
    )
    running = (second, child, first, again, usual)
    (found,) = agents(tmp_path, *running)
    assert (found.pid, found.unit, found.title) == (30, "zabbix-agent", "zabbix_agentd")
    (further,) = further_agents(tmp_path, running)
    assert (further.pid, further.title) == (5, "zabbix_agentd by /opt/a.conf")
    assert further_agents(tmp_path, [second]) == []


@pytest.mark.parametrize(
    "cgroup",
    [
        "/user.slice/user-1000.slice/user@1000.service/app.slice/zabbix-agent.service",
        "/system.slice/apache2.service",
        "/system.slice/apache2.service/zabbix-agent.service",
        "/",
    ],
)
def test_a_process_that_calls_itself_an_agent_is_not_believed(tmp_path: Path, cgroup: str) -> None:
    tree(tmp_path, DEBIAN, {"tmp/evil.conf": "User=root\nInclude=/etc/cron.d/*"})
    evil = process(5, "/usr/sbin/zabbix_agentd -c /tmp/evil.conf", user="mallory", cgroup=cgroup)
    (found,) = agents(tmp_path, evil._replace(name="zabbix_agentd"))
    assert (found.user, found.unit, found.pid) == ("zabbix", "zabbix-agent", None)
    assert found.configuration.path == "/etc/zabbix/zabbix_agentd.conf"


def test_none_two_and_another_agent(tmp_path: Path) -> None:
    assert refused(tmp_path).startswith("no Zabbix agent here: no zabbix_agentd or zabbix_agent2")
    tree(tmp_path, DEBIAN)
    assert refused(tmp_path, "plugin") == (
        "zabbix_agent2 is not here, zabbix_agentd is: say --agent agentd"
    )
    tree(tmp_path, DEBIAN2)
    assert refused(tmp_path) == (
        "zabbix_agentd and zabbix_agent2 are both here; say which: "
        "--agent agentd, agent2 or plugin"
    )
    assert choose_agent("plugin", agents(tmp_path)).kind == "agent2"
    both = [each._replace(pid=5) for each in agents(tmp_path)]
    with pytest.raises(AgentError, match="say which"):
        choose_agent(None, both)
    assert choose_agent(None, [both[0]._replace(pid=None), both[1]]) == both[1]


def test_no_folder_is_included(tmp_path: Path) -> None:
    tree(tmp_path, DEBIAN, {"etc/zabbix/zabbix_agentd.conf": "Server=x"})
    assert refused(tmp_path) == (
        "/etc/zabbix/zabbix_agentd.conf includes no folder; 'mkdir -p /etc/zabbix/zabbix_agentd.d "
        '&& echo "Include=/etc/zabbix/zabbix_agentd.d/*.conf" >> /etc/zabbix/zabbix_agentd.conf'
        "' makes one"
    )


def test_the_folder_is_not_there(tmp_path: Path) -> None:
    tree(tmp_path, DEBIAN)
    (tmp_path / "etc/zabbix/zabbix_agentd.conf.d").rmdir()
    assert refused(tmp_path).startswith("no folder /etc/zabbix/zabbix_agentd.conf.d, which")


def test_an_included_file_is_not_there(tmp_path: Path) -> None:
    tree(tmp_path, DEBIAN, {"etc/zabbix/zabbix_agentd.conf": "Include=/etc/x.conf"})
    assert refused(tmp_path) == "cannot read /etc/x.conf: No such file or directory"


def test_only_our_own_file_is_included(tmp_path: Path) -> None:
    """It is not there before setup, and the agent needs it after."""
    tree(
        tmp_path, DEBIAN, {"etc/zabbix/zabbix_agentd.conf": "Include=/etc/zabbix/psdiff_zbx.conf"}
    )
    found = wanted(tmp_path)
    assert found.file == tmp_path / "etc/zabbix/psdiff_zbx.conf"
    found.file.write_text(found.text)
    (agent,) = agents(tmp_path)
    assert [each.path for each in agent.configuration.key_origins("psdiff.get")] == [
        "/etc/zabbix/psdiff_zbx.conf"
    ]
    assert wanted(tmp_path).is_done
    assert next(next_steps.after_removal([agent], dry_run=True)) == (
        "Remove that Include, too (/etc/zabbix/zabbix_agentd.conf line 1): no agent starts "
        "without a file it names"
    )


def test_other_single_files_are_not_for_ours(tmp_path: Path) -> None:
    include = "Include=/etc/zabbix/site.conf\nInclude=/etc/zabbix/userparameter_*.conf"
    tree(tmp_path, DEBIAN, {"etc/zabbix/zabbix_agentd.conf": include, "etc/zabbix/site.conf": ""})
    assert "zabbix_agentd.conf includes no folder; 'mkdir -p " in refused(tmp_path)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("DenyKey=*", ["DenyKey=* (/etc/zabbix/zabbix_agentd.conf line 1) refuses psdiff.get,"]),
        ("AllowKey=psdiff.*\nDenyKey=*", ["DenyKey=* (/etc/zabbix/zabbix_agentd.conf line 2)"]),
        ("AllowKey=psdiff.*\nAllowKey=psdiff.*[*]\nDenyKey=*", []),
        ("DenyKey=system.run[*]", []),
    ],
)
def test_what_the_agent_would_refuse(tmp_path: Path, line: str, said: List[str]) -> None:
    include = DEBIAN["etc/zabbix/zabbix_agentd.conf"]
    tree(tmp_path, DEBIAN, {"etc/zabbix/zabbix_agentd.conf": f"{line}\n{include}"})
    (agent,) = agents(tmp_path)
    found = list(next_steps.open_access(agent))
    assert [text.startswith(start) for text, start in zip(found, said)] == [True] * len(said)
    remedy = (
        r"""i AllowKey=psdiff.*\nAllowKey=psdiff.*[*]" /etc/zabbix/zabbix_agentd.conf', then """
    )
    assert len(found) == 2 * len(said)
    assert all(remedy in text for text in found[1:])


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("UserParameter=psdiff.count[*],psdiff count $1", "the key psdiff.count"),
        ("Plugins.PsdiffZbx.MinAge=3", "Plugins.PsdiffZbx.MinAge"),
    ],
)
def test_a_key_that_is_already_there(tmp_path: Path, line: str, what: str) -> None:
    file = "/etc/zabbix/zabbix_agent2.d/old.conf"
    comment = comment_keys if "UserParameter" in line else comment_plugin
    tree(tmp_path, DEBIAN2, {"etc/zabbix/zabbix_agent2.d/old.conf": f"# old\n{line}\n"})
    assert refused(tmp_path) == (
        f"/etc/zabbix/zabbix_agent2.d/old.conf line 2 already has {what}, and the agent "
        f"does not start with it twice; '{comment(file)}' takes it out, then try again"
    )


def test_a_folder_that_is_included_twice(tmp_path: Path) -> None:
    line = "Include=/etc/zabbix/zabbix_agentd.d/*.conf\n"
    tree(tmp_path, ZABBIX_COM, {"etc/zabbix/zabbix_agentd.conf": line * 2})
    assert refused(tmp_path) == (
        "/etc/zabbix/zabbix_agentd.d/psdiff_zbx.conf would be included twice, by "
        "/etc/zabbix/zabbix_agentd.conf line 1 and /etc/zabbix/zabbix_agentd.conf line 2; "
        "'sed -i \"2s/^[^#]/# &/\" /etc/zabbix/zabbix_agentd.conf' mends that"
    )


def test_a_file_of_somebody_else_by_our_name(tmp_path: Path) -> None:
    tree(tmp_path, DEBIAN, {"etc/zabbix/zabbix_agentd.conf.d/psdiff_zbx.conf": "# mine\n"})
    assert "psdiff_zbx.conf was not written by psdiff-zbx" in refused(tmp_path)


@pytest.mark.parametrize("program", ["'/o p/\x1b/x'", "/o/$1/x", "/o/\udcff/x"])
def test_paths_that_no_agent_can_take(tmp_path: Path, program: str) -> None:
    assert "cannot stand in an agent's config" in refused(tree(tmp_path, DEBIAN), None, program)


def test_the_text_has_the_program_and_the_options(tmp_path: Path) -> None:
    options = (Option("--baseline", "/srv/a b"), Option("--min-age", "30"))
    found = wanted(tree(tmp_path, DEBIAN), None, "'/o p/psdiff-zbx'", *options)
    command = "'/o p/psdiff-zbx' --baseline '/srv/a b' --min-age 30"
    assert f"UserParameter=psdiff.get,{command} get\n" in found.text
    assert f'UserParameter=psdiff.count[*],{command} count -- "$1"\n' in found.text
    assert not found.is_done


def plugin_of(root: Path) -> Path:
    """A program with the plugin's beside it, reached through a link."""
    (root / "opt").mkdir()
    for name in ("psdiff-zbx", "psdiff-zbx-agent2"):
        (root / "opt" / name).touch(0o755)
    (root / "link").symlink_to(root / "opt/psdiff-zbx")
    return root / "link"


def test_the_plugins_text_has_its_program_and_the_options(tmp_path: Path) -> None:
    link = plugin_of(tree(tmp_path, DEBIAN2))
    options = (Option("--config", "/c.toml"), Option("--min-age", "30"))
    text = wanted(tmp_path, "plugin", str(link), *options).text
    assert [line for line in text.splitlines() if line and line[0] != "#"] == [
        f"Plugins.PsdiffZbx.System.Path={tmp_path}/opt/psdiff-zbx-agent2",
        "PluginTimeout=30",
        "Plugins.PsdiffZbx.Config=/c.toml",
        "Plugins.PsdiffZbx.MinAge=30",
    ]


def test_without_the_plugins_program(tmp_path: Path) -> None:
    assert refused(tree(tmp_path, DEBIAN2), "plugin", "/nowhere/psdiff-zbx") == (
        "no psdiff-zbx-agent2 beside /nowhere/psdiff-zbx; install both, as the README says"
    )


def test_the_plugin_stays_until_the_agent_is_named(tmp_path: Path) -> None:
    link = plugin_of(tree(tmp_path, DEBIAN2))
    first = wanted(tmp_path, "plugin", str(link))
    first.file.write_text(first.text)
    assert wanted(tmp_path, None, str(link)).is_done
    assert "UserParameter=" in wanted(tmp_path, "agent2", str(link)).text


def test_the_plugin_is_not_for_a_folder_that_agentd_includes_too(tmp_path: Path) -> None:
    both = {"etc/zabbix/zabbix_agentd.conf": "Include=/etc/zabbix/zabbix_agent2.d/*.conf"}
    link = plugin_of(tree(tmp_path, DEBIAN, DEBIAN2, both))
    assert "is also included by zabbix_agentd" in refused(tmp_path, "plugin", str(link))


def test_a_file_that_the_agent_cannot_read_is_written_again(tmp_path: Path) -> None:
    first = wanted(tree(tmp_path, DEBIAN))
    first.file.write_text(first.text)
    assert wanted(tmp_path).is_done
    first.file.chmod(0o640)
    assert not wanted(tmp_path).is_done
