"""What setup says of the first baseline, and of what is left to do."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import List, Optional

import pytest

from psdiff_zbx.agents.installed import Installed, find_agents
from psdiff_zbx.agents.setup import first_baseline, next_steps
from psdiff_zbx.core import snapshot_file
from psdiff_zbx.core.model import BaselineError
from psdiff_zbx.host.monitor import Monitor
from tests.builders import INIT, process


def monitor(folder: Path, number: int) -> Monitor:
    """Of so many daemons."""
    daemons = [process(pid, f"/usr/sbin/daemon{pid}") for pid in range(1001, 1001 + number)]
    (folder / "snapshot").write_text(snapshot_file.dump_snapshot([INIT, *daemons]))
    (folder / "config.toml").touch(0o644)
    return Monitor(folder / "config.toml", folder / "baseline", str(folder / "snapshot"))


def said(of: Monitor, dry_run: bool = False) -> List[str]:
    return list(first_baseline.write_first(of, first_baseline.stored_baseline(of), dry_run))


def test_the_first_baseline_is_shown(tmp_path: Path) -> None:
    lines = said(monitor(tmp_path, 2))
    assert lines == [
        f"Wrote {tmp_path}/baseline, which expects",
        "+     /usr/sbin/daemon1001  {user=root}",
        "+     /usr/sbin/daemon1002  {user=root}",
    ]


def test_of_a_long_one_not_all_is_shown(tmp_path: Path) -> None:
    lines = said(monitor(tmp_path, 45))
    assert lines[40:] == [
        "+     /usr/sbin/daemon1040  {user=root}",
        "… and 5 more; 'psdiff-zbx dump' shows all",
    ]


def test_one_that_is_there_stays(tmp_path: Path) -> None:
    said(monitor(tmp_path, 2))
    before = (tmp_path / "baseline").read_bytes()
    (line,) = said(monitor(tmp_path, 3))
    assert line.startswith(f"Baseline {tmp_path}/baseline of 20")
    assert line.endswith(", 4 lines")
    assert (tmp_path / "baseline").read_bytes() == before


def test_a_damaged_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "baseline").write_text("no baseline\n")
    with pytest.raises(BaselineError):
        first_baseline.stored_baseline(monitor(tmp_path, 2))


def test_a_dry_run_writes_none(tmp_path: Path) -> None:
    assert said(monitor(tmp_path, 2), dry_run=True)[:2] == [
        f"Would write {tmp_path}/baseline, which would expect",
        "+     /usr/sbin/daemon1001  {user=root}",
    ]
    assert not (tmp_path / "baseline").exists()


def agent(root: Path, started: Optional[float], main: str = "") -> Installed:
    """One whose file of ours was written in second 2000."""
    folder = root / "etc/zabbix/d"
    folder.mkdir(parents=True)
    (root / "usr/sbin").mkdir(parents=True)
    (root / "usr/sbin/zabbix_agentd").touch()
    (root / "etc/zabbix/zabbix_agentd.conf").write_text(f"{main}\nInclude=/etc/zabbix/d/*.conf\n")
    (folder / "psdiff_zbx.conf").touch()
    os.utime(folder / "psdiff_zbx.conf", (2000, 2000))
    running = process(9, "/usr/sbin/zabbix_agentd", name="zabbix_agentd", cgroup="/")
    (found,) = find_agents(root, [running._replace(started=started)] if started else [])
    return found


@pytest.mark.parametrize(
    ("started", "write", "line"),
    [
        (None, "", "Now start the agent: "),
        (None, "/p/psdiff-zbx write", "Now start the agent: "),
        (1999.9, "/p/psdiff-zbx write", "Now restart the agent: "),
        (2000.1, "", "Nothing remains to be done on this host"),
    ],
)
def test_what_remains(tmp_path: Path, started: Optional[float], write: str, line: str) -> None:
    found = list(next_steps.after_setup(agent(tmp_path, started), write))
    assert found[0].startswith(line)
    assert found[0].endswith(" && /p/psdiff-zbx write") == (bool(write) and started is None)


@pytest.mark.parametrize(
    ("main", "shown"),
    [
        ("Hostname=web 1", "'web 1'"),
        ("Hostname=web1,web2", "web1"),
        ("Hostname=Zabbix server", shlex.quote(os.uname().nodename)),  # as the package comes
        ("", shlex.quote(os.uname().nodename)),
    ],
)
def test_the_next_step_names_the_host_as_the_agent_does(
    tmp_path: Path, main: str, shown: str
) -> None:
    found = list(next_steps.after_setup(agent(tmp_path, None, main), ""))
    assert found[-1] == (
        f"  psdiff-zbx push --url https://zabbix.example --user Admin --link {shown}"
    )


def test_nothing_was_removed() -> None:
    assert next(next_steps.after_removal([], dry_run=False)) == "Nothing to remove"


def test_what_remains_of_a_removal(tmp_path: Path) -> None:
    found = agent(tmp_path, 3000)
    assert next(next_steps.after_removal([found], dry_run=False)).startswith(
        "Now restart the agent"
    )
    assert "restart" not in "".join(next_steps.after_removal([found], dry_run=True))
