"""Command lines of public hosts, most of them of programs that no rule names, judged through the
commands with recorded snapshots.

In: ``cases.jsonl``, one case a line: a process, the facts that the kernel and systemd tell of it,
how it looks ``later``, and what to ``expect``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping

import pytest

from psdiff_zbx.cli.main import main
from tests.files import DATA

Case = Mapping[str, Any]

CASES: List[Dict[str, Any]] = [
    json.loads(row) for row in (DATA / "rules" / "cases.jsonl").read_text("utf-8").splitlines()
]
# A title that names neither program nor state nor number: only a rule for it could know.
UNKNOWN = {"F078"}
_FACTS = ("cgroup", "forked", "unit")
_DAEMON = "/usr/sbin/rsyslogd -n"


def recorded(pid: int, ppid: int, arguments: List[str], **facts: Any) -> Dict[str, Any]:
    name = arguments[0].split(" ")[0].rstrip(":").rpartition("/")[2][:15]
    return {
        "pid": pid,
        "ppid": ppid,
        "uid": 0,
        "user": "root",
        "name": name,
        "state": "S",
        "kthread": False,
        "started": 1000.0,
        "cpu": 0.5,
        "rss": 4096,
        "threads": 1,
        "cmdline": arguments,
        "cgroup": "/system.slice/x.service",
        **facts,
    }


def rows(case: Case, *cmdlines: str) -> List[Dict[str, Any]]:
    """A host on which processes with these command lines run, of the same program."""
    found = [
        recorded(1, 0, ["/sbin/init"], name="systemd", cgroup="/init.scope"),
        recorded(500, 1, _DAEMON.split(" ")),
    ]
    ppid = 700 if "parent" in case else 1
    if "parent" in case:
        title = case["parent"].split(" ")[0].endswith(":")
        found.append(recorded(700, 1, [case["parent"]] if title else case["parent"].split(" ")))
    facts = {name: case[name] for name in _FACTS if name in case}
    for pid, cmdline in enumerate(cmdlines, 7369):
        arguments = [cmdline] if case.get("title") else cmdline.split(" ")
        found.append(recorded(pid, ppid, arguments, user=case["user"], **facts))
    return found


class Host:
    """The commands, on recorded snapshots."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "config.toml").write_text("missing_retry = 0\n")

    def run(self, found: List[Dict[str, Any]], *words: str) -> List[str]:
        snapshot = self.folder / "snapshot.jsonl"
        snapshot.write_text("".join(f"{json.dumps(row)}\n" for row in found))
        options = [f"--{name}={self.folder / name}" for name in ("baseline",)]
        options += [f"--config={self.folder / 'config.toml'}", f"--snapshot={snapshot}"]
        main([*options, *words])
        return self.capsys.readouterr().out.splitlines()

    def write(self, found: List[Dict[str, Any]]) -> str:
        self.run(found, "write")
        return (self.folder / "baseline").read_text("utf-8")

    def differences(self, found: List[Dict[str, Any]]) -> List[str]:
        return [*self.run(found, "missing"), *self.run(found, "extra")]


@pytest.fixture
def host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Host:
    tmp_path.chmod(0o700)
    return Host(tmp_path, capsys)


def same(host: Host, case: Case) -> None:
    """One daemon at all times."""
    host.write(rows(case, case["cmdline"]))
    assert [host.differences(rows(case, later)) for later in case["later"]] == [[]] * len(
        case["later"]
    )


def quiet(host: Host, case: Case) -> None:
    """It comes and goes, and nobody hears of it."""
    host.write(rows(case, case["cmdline"]))
    assert host.differences(rows(case)) == []
    host.write(rows(case))
    assert host.differences(rows(case, case["cmdline"])) == []


def one(host: Host, case: Case) -> None:
    """One is as good as many, and none is missing."""
    host.write(rows(case, case["cmdline"]))
    assert host.differences(rows(case, *[case["cmdline"]] * 3)) == []
    assert len(host.differences(rows(case))) == 1


def kept(host: Host, case: Case) -> None:
    """A daemon: it is missing when it is gone."""
    host.write(rows(case, case["cmdline"]))
    assert len(host.differences(rows(case))) == 1


def hidden(host: Host, case: Case) -> None:
    assert host.write(rows(case, case["cmdline"])).count(case["cmdline"]) == 0


def title(host: Host, case: Case) -> None:
    """It shows what is left of a title."""
    assert f"    {case['right']}  {{user=" in host.write(rows(case, case["cmdline"]))


def secret(host: Host, case: Case) -> None:
    assert f" {case['right']}" in host.write(rows(case, case["cmdline"]))


EXPECT: Mapping[str, Callable[[Host, Case], None]] = {
    found.__name__: found for found in (same, quiet, one, kept, hidden, title, secret)
}
KNOWN = [case for case in CASES if case["id"] not in UNKNOWN]


@pytest.mark.parametrize("case", KNOWN, ids=[f"{case['id']}-{case['kind']}" for case in KNOWN])
def test_a_command_line_of_a_public_host(host: Host, case: Case) -> None:
    EXPECT[case["expect"]](host, case)


def test_all_cases_are_there() -> None:
    assert len(CASES) == 82
