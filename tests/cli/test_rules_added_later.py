"""An ignore that is added later: for a daemon of the baseline it raises no alarm, and it hides no
death."""

from __future__ import annotations

from pathlib import Path
from typing import List, Mapping

import pytest

from psdiff_zbx.cli.main import main
from psdiff_zbx.core.model import DAEMON, JOB, Process, Unit
from psdiff_zbx.core.rules.explain_text import quoted
from psdiff_zbx.core.snapshot_file import dump_snapshot
from tests.builders import INIT, process

CMDLINE = "/opt/shop/bin/shop --port 80"
CGROUP = "/system.slice/shop.service"
USER = "  {user=root}"
QUIET = "missing_retry = 0\n"
# The second is a child of the first.
DAEMONS = [
    process(7, CMDLINE, cgroup=CGROUP, unit=Unit("shop.service", DAEMON)),
    process(8, "/opt/shop/bin/child", 7, cgroup=CGROUP, unit=Unit("shop.service", DAEMON)),
]
CONDITIONS: Mapping[str, str] = {
    "cgroup": "/system.slice/shop*",
    "unit": "shop.service",
    "name": "shop",
    "program": "shop",
    "user": "root",
    "match": "/opt/shop/",
    "contains": "--port",
    "regex": "^/opt/shop/bin/",
    "kind": DAEMON,
}


class Host:
    """The commands, on recorded processes."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.configure("")

    def configure(self, text: str) -> None:
        (self.folder / "config.toml").write_text(f"{QUIET}{text}")

    def run(self, found: List[Process], *words: str) -> List[str]:
        (self.folder / "now.jsonl").write_text(dump_snapshot([INIT, *found]))
        files = {"config": "config.toml", "baseline": "baseline", "snapshot": "now.jsonl"}
        main([*(f"--{name}={self.folder / file}" for name, file in files.items()), *words])
        return self.capsys.readouterr().out.splitlines()

    def differences(self, found: List[Process]) -> List[str]:
        """Without indents and users."""
        told = [*self.run(found, "missing"), *self.run(found, "extra")]
        return [f"{line[:2]}{line[2:].strip().removesuffix(USER)}" for line in told]


@pytest.fixture
def host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Host:
    tmp_path.chmod(0o700)
    made = Host(tmp_path, capsys)
    made.run(DAEMONS, "write", "--all")
    return made


@pytest.mark.parametrize("scope", ["self", "subtree", "children"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_it_raises_no_alarm_and_hides_no_death(host: Host, condition: str, scope: str) -> None:
    row = f"[[rule]]\n{condition} = {quoted(CONDITIONS[condition])}\nignore = '{scope}'\n"
    host.configure(row)
    assert host.differences(DAEMONS) == []
    assert host.differences(DAEMONS[1:]) == [f"- {CMDLINE}"]
    assert host.differences([]) == [f"- {CMDLINE}", "- /opt/shop/bin/child"]


def test_a_unit_that_becomes_a_job_raises_none_either(host: Host) -> None:
    """A timer was added for it: by the shipped rules it is ignored from now on."""
    jobs = [each._replace(unit=Unit("shop.service", JOB)) for each in DAEMONS]
    assert host.differences(jobs) == []
    assert len(host.differences([])) == 2


def test_what_nobody_expects_is_ignored_by_it(host: Host) -> None:
    stranger = process(9, "/opt/shop/bin/other", cgroup=CGROUP)
    assert len(host.differences([*DAEMONS, stranger])) == 1
    host.configure(f"[[rule]]\ncgroup = '{CGROUP}'\nignore = 'self'\n")
    assert host.differences([*DAEMONS, stranger]) == []
