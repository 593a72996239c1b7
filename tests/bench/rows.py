"""What is measured beside one crowd: ours, and what else a host can be watched with."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Callable, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.inside import Inside
from tests.bench.measure import Command, Cost, MeasureError, Residents, Row
from tests.zabbix.agents import PATIENCE, Agent, free_port
from tests.zabbix.packages import library_path

PASS = "`python3 -c pass`"
LOOK = "psdiff_zbx in process, a first look"
AGAIN = "psdiff_zbx in process, a further look"
SNAPSHOT = "psdiff_zbx in process, the snapshot alone"
GET = "`psdiff-zbx get`"
USERPARAMETER = "`psdiff.get`, UserParameter of zabbix_agentd"
PLUGIN = "`psdiff.get`, plugin of agent 2"
CACHED = "`psdiff.missing` right after it, plugin of agent 2"
PING = "`agent.ping`, agent 2"
PROC_NUM = "`proc.num[,,,daemon3]`, zabbix_agentd"
PROC_GET = "`proc.get[,,,summary]`, agent 2"
PS = "`ps ax -o user,pid,ppid,fname,args`"
CHECK_PROCS = "`check_procs -C sshd`"
PSDIFF = "`psdiff show`"
PSUTIL = "psutil's process_iter, in process"
EXPORTER = "prometheus-process-exporter, a scrape"
OTHER_PLUGIN = "the other build: plugin of agent 2"
OTHER_GET = "the other build: `psdiff-zbx get`"

PLUGIN_PROGRAM = "psdiff-zbx-agent2"
# The longest that an agent allows: nobody is cut off.
TIMEOUT = 30
GROUP_BY_NAME = 'process_names: [{name: "{{.Comm}}", cmdline: [".+"]}]\n'


class Place(NamedTuple):
    """Where the programs are, and a folder for the files of one crowd.  ``other`` is another
    build of psdiff-zbx, to compare with."""

    folder: Path
    program: Path
    peers: Path
    other: Path | None = None

    @property
    def python(self) -> str:
        return str(self.program.with_name("python"))

    @property
    def baseline(self) -> Path:
        return self.folder / "baseline"

    @property
    def other_baseline(self) -> Path:
        """By its own rules."""
        return self.folder / "other" / "baseline"

    @property
    def plugin(self) -> Path:
        return self.program.with_name(PLUGIN_PROGRAM)


def rows(place: Place, stack: ExitStack) -> Iterator[Row]:
    """All of them; what they need runs until `stack` ends.  The baseline is written before
    the agents start, for their titles change with what they do."""
    ours = ("--baseline", str(place.baseline))
    theirs = ("--baseline", str(place.other_baseline))
    Command(str(place.program), (*ours, "write", "--all")).answer()
    if place.other is not None:
        Command(str(place.other), (*theirs, "--min-age", "0", "write")).answer()
    # While something is missing, the agents' commands look again and again.
    Command(str(place.program), (*ours, "show", "--missing")).answer()
    agents = list(_agents(place, stack))
    for row in agents:  # Agent 2 starts a plugin when it is first asked.
        row.run()
    yield from agents
    for name, *job in (
        (LOOK, "look", ours[1]),
        (AGAIN, "again", ours[1]),
        (SNAPSHOT, "snapshot"),
        (PSUTIL, "psutil"),
    ):
        yield Row(name, stack.enter_context(Inside(place.python, tuple(job))).run)
    yield Row(PASS, Command(place.python, ("-c", "pass")).run)
    yield Row(GET, Command(str(place.program), (*ours, "get")).run)
    if place.other is not None:
        yield Row(OTHER_GET, Command(str(place.other), (*theirs, "get")).run)
    exporter = stack.enter_context(_exporter(place))
    yield from _peers(place)
    yield Row(EXPORTER, exporter)


def _agents(place: Place, stack: ExitStack) -> Iterator[Row]:
    """Further keys follow at once, within the time for which the plugin remembers."""
    settings = f"Timeout={TIMEOUT}"
    agentd = stack.enter_context(Agent("agentd", "7.0", _userparameters(place), settings))
    agent2 = stack.enter_context(
        Agent("agent2", "7.0", _plugin(place, place.plugin, place.baseline), settings)
    )
    if place.plugin.exists():
        yield Row(PLUGIN, _asked(agent2, "psdiff.get", PLUGIN_PROGRAM))
        yield Row(CACHED, _asked(agent2, "psdiff.missing", PLUGIN_PROGRAM))
    if place.other is not None:
        program = place.other.with_name(PLUGIN_PROGRAM)
        include = _plugin(place, program, place.other_baseline, "other-plugin")
        other = stack.enter_context(Agent("agent2", "7.0", include, settings))
        yield Row(OTHER_PLUGIN, _asked(other, "psdiff.get", PLUGIN_PROGRAM))
    yield Row(PING, _asked(agent2, "agent.ping", "zabbix_agent2"))
    yield Row(PROC_GET, _asked(agent2, "proc.get[,,,summary]", "zabbix_agent2"))
    yield Row(PROC_NUM, _asked(agentd, "proc.num[,,,daemon3]", "zabbix_agentd"))
    yield Row(USERPARAMETER, _asked(agentd, "psdiff.get", None))


def _userparameters(place: Place) -> Path:
    text = Command(str(place.program), ("userparameters",)).answer()[1]
    path = place.folder / "userparameters.conf"
    program = str(place.program)
    path.write_text(text.replace(program, f"{program} --baseline {place.baseline}"))
    return path


def _plugin(place: Place, program: Path, baseline: Path, name: str = "plugin") -> Path:
    path = place.folder / f"{name}.conf"
    lines = (f"System.Path={program}", f"Baseline={baseline}")
    text = "".join(f"Plugins.PsdiffZbx.{line}\n" for line in lines)
    path.write_text(text if program.exists() else "")
    return path


def _asked(agent: Agent, key: str, word: str | None) -> Callable[[], Cost]:
    """What `key` costs the one who waits for it, and the agent with all that it starts."""
    residents = Residents(int((agent.folder / "pid").read_text()), word)
    address = ("-s", "127.0.0.1", "-p", str(agent.port), "-t", str(TIMEOUT))
    environment = {"LD_LIBRARY_PATH": library_path(agent.root)}
    command = Command(f"{agent.root}/usr/bin/zabbix_get", (*address, "-k", key), environment)
    return lambda: residents.cost_of(lambda: command.run().wall)


@contextmanager
def _exporter(place: Place) -> Iterator[Callable[[], Cost]]:
    """One scrape of process-exporter, which runs meanwhile."""
    config = place.folder / "exporter.yaml"
    config.write_text(GROUP_BY_NAME)
    address = f"127.0.0.1:{free_port()}"
    program = f"{place.peers}/usr/bin/prometheus-process-exporter"
    command = [program, f"-config.path={config}", f"-web.listen-address={address}"]
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(command, start_new_session=True, stdout=quiet, stderr=quiet)
    try:
        _scrape(address, PATIENCE)
        yield lambda: Residents(running.pid).cost_of(lambda: _scrape(address))
    finally:
        running.kill()
        running.wait()


def _scrape(address: str, patience: float = 0.0) -> float:
    """How many seconds one scrape takes, once somebody listens."""
    deadline = time.monotonic() + patience
    while True:
        began = time.perf_counter()
        try:
            with urlopen(f"http://{address}/metrics") as answer:
                answer.read()
        except URLError as error:
            if time.monotonic() > deadline:
                raise MeasureError(f"process-exporter: {error.reason}") from None
            time.sleep(0.1)
        else:
            return time.perf_counter() - began


def _peers(place: Place) -> Iterator[Row]:
    ps = shutil.which("ps") or "/bin/ps"
    yield Row(PS, Command(ps, ("ax", "-o", "user,pid,ppid,fname,args")).run)
    check_procs = f"{place.peers}/usr/lib/nagios/plugins/check_procs"
    environment = {"LD_LIBRARY_PATH": library_path(place.peers)}
    yield Row(CHECK_PROCS, Command(check_procs, ("-C", "sshd"), environment).run)
    yield from _psdiff(place, os.environ.get("PSDIFF"))


def _psdiff(place: Place, original: str | None) -> Iterable[Row]:
    """psdiff's script with its files in our folder, started by cron, for it would otherwise
    report itself."""
    if original is None:
        return
    script = place.folder / "psdiff"
    script.write_text(Path(original).read_text().replace("/var/lib/", f"{place.folder}/"))
    python = str(Path(place.python).resolve())
    Command(python, (str(script), "write"), name="CRON").answer()
    yield Row(PSDIFF, Command(python, (str(script), "show"), name="CRON", codes=(0, 1)).run)
