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
from psdiff_zbx.core.model import Process, Unit
from psdiff_zbx.core.snapshot_file import dump_snapshot
from tests.builders import INIT, process
from tests.files import DATA

Case = Mapping[str, Any]

CASES: List[Dict[str, Any]] = [
    json.loads(row) for row in (DATA / "rules" / "cases.jsonl").read_text("utf-8").splitlines()
]
# A title that names neither program nor state nor number: only a rule for it could know.
UNKNOWN = {"F078"}
_FACTS = ("cgroup", "forked", "unit")
_DAEMON = "/usr/sbin/rsyslogd -n"


def recorded(pid: int, ppid: int, cmdline: str, is_title: bool, **facts: Any) -> Process:
    values = {"cgroup": "/system.slice/x.service", **facts}
    name = cmdline.split(" ", maxsplit=1)[0].rstrip(":").rpartition("/")[2][:15]
    found = process(pid, cmdline, ppid, name=name)._replace(**values)
    return found._replace(cmdline=(cmdline,)) if is_title else found


def host_with(case: Case, *cmdlines: str) -> List[Process]:
    """A host on which processes with these command lines run, of the same program."""
    init = INIT._replace(name="systemd", cgroup="/init.scope")
    found = [init, recorded(500, 1, _DAEMON, False)]
    ppid, parent = (700, case["parent"]) if "parent" in case else (1, "")
    if parent:
        found.append(recorded(ppid, 1, parent, parent.split(" ")[0].endswith(":")))
    facts = {name: case[name] for name in _FACTS if name in case}
    if "unit" in facts:
        facts["unit"] = Unit(**facts["unit"])
    for pid, cmdline in enumerate(cmdlines, 7369):
        is_title = case.get("title", False)
        found.append(recorded(pid, ppid, cmdline, is_title, user=case["user"], **facts))
    return found


class Host:
    """The commands, on recorded snapshots."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        (folder / "config.toml").write_text("missing_retry = 0\n")

    def run(self, found: List[Process], *words: str) -> List[str]:
        (self.folder / "snapshot").write_text(dump_snapshot(found))
        files = {"config": "config.toml", "baseline": "baseline", "snapshot": "snapshot"}
        main([*(f"--{option}={self.folder / name}" for option, name in files.items()), *words])
        return self.capsys.readouterr().out.splitlines()

    def write(self, found: List[Process]) -> str:
        self.run(found, "write")
        return (self.folder / "baseline").read_text("utf-8")

    def differences(self, found: List[Process]) -> List[str]:
        return [*self.run(found, "missing"), *self.run(found, "extra")]


@pytest.fixture
def host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Host:
    tmp_path.chmod(0o700)
    return Host(tmp_path, capsys)


def same(host: Host, case: Case) -> None:
    """One daemon at all times."""
    host.write(host_with(case, case["cmdline"]))
    assert [host.differences(host_with(case, later)) for later in case["later"]] == [[]] * len(
        case["later"]
    )


def quiet(host: Host, case: Case) -> None:
    """It comes and goes, and nobody hears of it."""
    host.write(host_with(case, case["cmdline"]))
    assert host.differences(host_with(case)) == []
    host.write(host_with(case))
    assert host.differences(host_with(case, case["cmdline"])) == []


def one(host: Host, case: Case) -> None:
    """One is as good as many, and none is missing."""
    host.write(host_with(case, case["cmdline"]))
    assert host.differences(host_with(case, *[case["cmdline"]] * 3)) == []
    assert len(host.differences(host_with(case))) == 1


def kept(host: Host, case: Case) -> None:
    """A daemon: it is missing when it is gone."""
    host.write(host_with(case, case["cmdline"]))
    assert len(host.differences(host_with(case))) == 1


def hidden(host: Host, case: Case) -> None:
    assert host.write(host_with(case, case["cmdline"])).count(case["cmdline"]) == 0


def title(host: Host, case: Case) -> None:
    """It shows what is left of a title."""
    assert f"    {case['right']}  {{user=" in host.write(host_with(case, case["cmdline"]))


def secret(host: Host, case: Case) -> None:
    assert f" {case['right']}" in host.write(host_with(case, case["cmdline"]))


EXPECT: Mapping[str, Callable[[Host, Case], None]] = {
    found.__name__: found for found in (same, quiet, one, kept, hidden, title, secret)
}
KNOWN = [case for case in CASES if case["id"] not in UNKNOWN]


@pytest.mark.parametrize("case", KNOWN, ids=[f"{case['id']}-{case['kind']}" for case in KNOWN])
def test_a_command_line_of_a_public_host(host: Host, case: Case) -> None:
    EXPECT[case["expect"]](host, case)


def test_all_cases_are_there() -> None:
    assert len(CASES) == 82
