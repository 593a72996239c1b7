"""An agent's configuration is read as the agent reads it."""

from __future__ import annotations

from typing import List, Mapping, Optional

import pytest

from psdiff_zbx.agents.configuration import AgentError, Configuration, Files, read_configuration

MAIN = "/etc/zabbix/zabbix_agent2.conf"


def configuration(files: Mapping[str, str]) -> Configuration:
    """What the files say, of which those of MAIN's folder may be named without it."""
    found = {name if name[0] == "/" else f"/etc/zabbix/{name}": files[name] for name in files}

    def names(folder: str) -> Optional[List[str]]:
        inside = [path.rpartition("/") for path in found if path.startswith(f"{folder}/")]
        return [name for place, _, name in inside if place == folder] if inside else None

    return read_configuration(MAIN, Files(found.__getitem__, names))


def main(text: str) -> Configuration:
    return configuration({MAIN: text})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Server=a", "a"),
        ("  Server =  a b \t", "a b"),
        ("Server=a\r", "a"),
        ("Server=a=b # c", "a=b # c"),
        ("Server=a\nServer=b", "b"),
        ("#Server=a", "none"),
        ("  # Server=a", "none"),
        ("server=a", "none"),
        ("Server=", ""),
        ("", "none"),
    ],
)
def test_values(text: str, value: str) -> None:
    assert main(text).value("Server", "none") == value


@pytest.mark.parametrize(
    ("include", "read_too"),
    [
        ("/etc/zabbix/zabbix_agentd.d/*.conf", ["a", "b"]),  # zabbix.com
        ("./zabbix_agentd.d/*.conf", ["a", "b"]),  # agent 2's plugins.d
        ("zabbix_agentd.d/a*.conf", ["a"]),
        ("/etc/zabbix/zabbix_agentd.d/", ["a", "b", "old"]),
        ("/etc/zabbix/zabbix_agentd.d", ["a", "b", "old"]),
        ("/etc/zabbix/zabbix_agentd.d/*", ["a", "b", "old"]),
        ("/etc/zabbix/zabbix_agentd.d/b.conf", ["b"]),
        ("/etc/zabbix/nowhere/*.conf", []),
    ],
)
def test_what_is_included(include: str, read_too: List[str]) -> None:
    found = configuration(
        {
            MAIN: f"User=first\nInclude={include}\nUser=last",
            "zabbix_agentd.d/b.conf": "User=b",
            "zabbix_agentd.d/a.conf": "User=a",
            "zabbix_agentd.d/x.old": "User=old",
        }
    )
    users = [setting.value for setting in found.all("User")]
    assert users == ["first", *read_too, "last"]


def test_an_included_file_includes_others() -> None:
    found = configuration(
        {MAIN: "Include=a.conf", "a.conf": "\nInclude=b.conf", "b.conf": "# b\nUser=b"}
    )
    (user,) = found.all("User")
    assert user.place == "/etc/zabbix/b.conf line 2"
    assert [each.place for each in found.all("Include")] == [
        f"{MAIN} line 1",
        "/etc/zabbix/a.conf line 2",
    ]


def test_a_file_that_includes_itself() -> None:
    with pytest.raises(AgentError, match="more than 10 levels of Include; it may include itself"):
        main(f"Include={MAIN}")


def test_where_a_key_is_defined() -> None:
    found = main(
        "UserParameter=psdiff.count[*],x\n"
        "UserParameter=psdiff.counter,x\n"
        "UserParameter = psdiff.count ,x"
    )
    assert [each.number for each in found.key_origins("psdiff.count")] == [1, 3]


def test_options_of_our_plugin() -> None:
    found = main("Plugins.PsdiffZbxOther.A=1\nPlugins.PsdiffZbx.MinAge=3\nPlugins.Log.B=1")
    assert [each.value for each in found.plugin_options] == ["3"]


@pytest.mark.parametrize(
    ("includes", "folder"),
    [
        (["/etc/zabbix/zabbix_agentd.conf.d/*.conf"], "/etc/zabbix/zabbix_agentd.conf.d"),
        (["./zabbix_agent2.d/plugins.d/*.conf"], None),
        (["./zabbix_agent2.d/plugins.d/*.conf", "./own/*.conf"], "/etc/zabbix/own"),
        (["/etc/zabbix/userparameter_*.conf", "/etc/zabbix/d/*.conf"], "/etc/zabbix/d"),
        (["/etc/zabbix/own/"], "/etc/zabbix/own"),
        (["/etc/zabbix/a.d/*.conf", "/etc/zabbix/b.d/*.conf"], "/etc/zabbix/a.d"),
        ([], None),
    ],
)
def test_where_a_file_of_ours_goes(includes: List[str], folder: Optional[str]) -> None:
    text = "\n".join(f"Include={include}" for include in includes)
    found = configuration({MAIN: text, "own/x.conf": ""})
    assert found.folder == folder


def test_a_file_that_is_included_twice() -> None:
    path = "/etc/zabbix/d/psdiff_zbx.conf"
    found = main("Include=/etc/zabbix/d/*.conf\nInclude=d/psdiff*\nInclude=/etc/zabbix/e/*.conf")
    assert [each.setting.number for each in found.including(path)] == [1, 2]
