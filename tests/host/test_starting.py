"""Units started for daemons that are missing: a service manager that plays along, and a clock."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Dict, List, Set

import pytest

from psdiff_zbx.core.start import FAILS, LATE, RUNS, Outcome, StartError, Task
from psdiff_zbx.host import journal, starting
from psdiff_zbx.host.baseline_changes import BaselineEditor
from psdiff_zbx.host.monitor import Monitor
from psdiff_zbx.host.services.manager import (
    ACTIVE,
    FAILED,
    REFUSED,
    STARTING,
    STOPPED,
    Status,
)
from psdiff_zbx.host.start_wait import Clocks, wait_for
from psdiff_zbx.host.starting import Request, Starter
from tests.files import write
from tests.live.recordings import recording

A, B = Task("a.service", ("a-1",), True), Task("b.service", ("b-2",), True)


class Play:
    """A service manager: the states of each unit, one after the other; the last one stays."""

    def __init__(self, states: Dict[str, List[Status]], refuses: str = "") -> None:
        self.states, self.refuses = states, refuses
        self.asked: List[str] = []
        self.words = ["login failed --password=hunter2", "bye\x1b[0m"]

    def status(self, unit: str) -> Status:
        states = self.states[unit]
        return states.pop(0) if len(states) > 1 else states[0]

    def start(self, unit: str, before: Status) -> str:
        self.asked.append(f"{'restart' if before.state == ACTIVE else 'start'} {unit}")
        return self.refuses

    def last_words(self, unit: str, since: float) -> List[str]:
        return self.words


class Time:
    """A clock that goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def clocks(self) -> Clocks:
        return Clocks(lambda: self.now, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def waited(manager: Play, missing: List[Set[str]], patience: float = 90.0) -> List[Outcome]:
    """What comes of a.service; ``missing`` at each look."""

    def look() -> Set[str]:
        return missing.pop(0) if len(missing) > 1 else missing[0]

    found = wait_for([A], manager, look, patience, Time().clocks())
    return [outcome for _, outcome in found]


def test_two_looks_have_to_agree_that_it_runs() -> None:
    crash = [Status(ACTIVE), Status(FAILED, "exit-code"), Status(FAILED, "exit-code")]
    assert waited(Play({"a.service": crash}), [set()]) == [Outcome(FAILS, "exit-code")]
    assert waited(Play({"a.service": [Status(ACTIVE)]}), [{"a-1"}, set()]) == [Outcome(RUNS)]


def test_a_unit_that_takes_its_time() -> None:
    slow = [*([Status(STARTING)] * 100), Status(ACTIVE)]
    assert waited(Play({"a.service": slow}), [set()]) == [Outcome(RUNS)]
    assert waited(Play({"a.service": [Status(ACTIVE)]}), [set()], 0.0) == [Outcome(RUNS)]
    restless = [Status(ACTIVE), Status(FAILED), Status(ACTIVE)]
    assert waited(Play({"a.service": restless}), [set()], 0.0) == [Outcome(LATE)]
    slow = [Status(STARTING)]
    assert waited(Play({"a.service": slow}), [{"a-1"}], 1.5) == [Outcome(LATE)]


def test_a_daemon_that_does_not_come_with_its_unit() -> None:
    outcomes = [
        waited(Play({"a.service": [Status(each)]}), [{"a-1"}]) for each in (ACTIVE, STOPPED)
    ]
    assert [each[0].kind for each in outcomes] == ["idle", "ended"]


def test_each_unit_is_told_when_it_is_known() -> None:
    slow = [*([Status(STARTING)] * 5), Status(ACTIVE)]
    manager = Play({"a.service": slow, "b.service": [Status(ACTIVE)]})
    found = wait_for([A, B], manager, set, 90.0, Time().clocks())
    assert [task for task, _ in found] == [B, A]


class Place:
    """A host that expects three daemons, two of which are gone."""

    def __init__(self, etc: Path, folder: Path) -> None:
        self.config, self.baseline = write(etc / "config.toml", ""), folder / "baseline"
        daemons = ["/opt/a", "/opt/b", "/opt/c"]
        BaselineEditor(self.monitor(self._with_units(folder / "before", daemons))).write()
        self.gone = self.monitor(self._with_units(folder / "now", ["/opt/c"]))
        self.said: List[str] = []
        self.ids = {each.name: each.id for each in self.gone.state().comparison.daemons}

    def _with_units(self, path: Path, daemons: List[str]) -> Path:
        rows = [json.loads(row) for row in recording(path, daemons).read_text().splitlines()]
        for row in rows[1:]:
            name = f"{row['cmdline'][0][-1]}.service"
            row.update(cgroup=f"/system.slice/{name}", unit={"name": name, "kind": "daemon"})
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        return path

    def monitor(self, snapshot: Path) -> Monitor:
        return Monitor(self.config, self.baseline, str(snapshot), 0)

    def starter(self, manager: Play) -> Starter:
        self.said.clear()
        return Starter(self.gone, manager, self.said.append)

    def steps(self) -> List[str]:
        last = journal.read_history(self.baseline)[-1]
        return [last.action, last.by, *last.lines]


@pytest.fixture
def place(etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(starting, "_own_unit", lambda: "")
    return Place(etc, tmp_path)


STOPPED_BOTH = {name: [Status(STOPPED)] for name in ("a.service", "b.service")}


def test_it_says_what_it_would_do_and_does_nothing(place: Place) -> None:
    manager = Play({"a.service": [Status(STOPPED)], "b.service": [Status(ACTIVE)]})
    assert not place.starter(manager).would_start(())
    a, b = (place.ids[name] for name in "ab")
    assert place.said == [
        f"a.service for {a} would be started",
        f"b.service for {b} would be restarted",
    ]
    assert manager.asked == []
    assert place.steps()[0] == "write"


def test_what_was_asked_for_is_in_the_history(place: Place) -> None:
    manager = Play({"a.service": [Status(FAILED, "x")], "b.service": [Status(ACTIVE)]})
    assert not place.starter(manager).start(Request("carla (frontend)", (), 0.0))
    assert manager.asked == ["start a.service", "restart b.service"]
    a, b = (place.ids[name] for name in "ab")
    lines = [f"a.service for {a}", f"b.service for {b}"]
    assert place.steps() == ["start", "carla (frontend)", *lines]
    assert any("b.service was restarted and has not come up" in line for line in place.said)
    # It is nothing that can be undone.
    before = place.baseline.read_text()
    BaselineEditor(place.gone).write()
    BaselineEditor(place.gone).undo()
    assert place.baseline.read_text() == before


def test_last_words_are_without_secrets_and_on_one_line(place: Place) -> None:
    manager = Play({"a.service": [Status(STOPPED), Status(FAILED, "exit-code")]})
    assert not place.starter(manager).start(Request("root", ("a",), 0.0))
    (line,) = place.said
    assert line.startswith("a.service was started and has failed (exit-code); ")
    assert line.endswith(r"is still missing: login failed --password=******** | bye\x1b[0m")


def test_what_cannot_be_started_keeps_nothing_else_from_it(place: Place) -> None:
    masked = Status(REFUSED, "is masked: systemctl unmask a.service")
    manager = Play({"a.service": [masked], "b.service": [Status(STOPPED)]})
    assert not place.starter(manager).start(Request("root", (), 0.0))
    assert manager.asked == ["start b.service"]
    assert place.said[0] == (
        f"a.service is masked: systemctl unmask a.service; {place.ids['a']} is still missing"
    )
    assert place.steps()[2:] == [f"b.service for {place.ids['b']}"]
    assert not place.starter(Play({"a.service": [masked]})).start(Request("root", ("a",)))
    assert place.steps()[2:] == [f"b.service for {place.ids['b']}"]


def test_what_the_manager_refuses(place: Place) -> None:
    manager = Play({"a.service": [Status(STOPPED)]}, refuses="Access denied")
    assert not place.starter(manager).start(Request("root", ("a",)))
    assert place.said == [
        f"a.service was not started: Access denied; {place.ids['a']} is still missing"
    ]


def test_nobody_restarts_what_it_runs_in(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "_own_unit", lambda: "a.service")
    manager = Play({"a.service": [Status(ACTIVE)]})
    assert not place.starter(manager).start(Request("root", ("a",)))
    assert place.said == ["a.service is what runs this command; restart it from a shell"]
    assert manager.asked == []


def test_what_is_there_already(place: Place) -> None:
    assert place.starter(Play({})).start(Request("root", ("c",)))
    assert place.said == [f"{place.ids['c']} runs"]
    place.gone = place.monitor(place.baseline.parent / "before")
    assert place.starter(Play({})).start(Request("root"))
    assert place.said == ["nothing is missing; nothing is started"]
    assert place.starter(Play({})).would_start(())
    assert place.said == ["nothing is missing; nothing is started"]


def test_others_than_root(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    manager = Play(STOPPED_BOTH)
    with pytest.raises(StartError, match="only root can start units; --dry-run says what"):
        place.starter(manager).start(Request("jane"))
    assert manager.asked == []


def test_of_several_units_those_that_are_active_stay(place: Place) -> None:
    text = place.baseline.read_text()
    a = place.ids["a"]
    place.baseline.write_text(text.replace("# end", f"# unit {a} d.service\n# end"))
    both = {"a.service": [Status(ACTIVE)], "d.service": [Status(STOPPED)]}
    manager = Play(both)
    assert not place.starter(manager).start(Request("root", ("a",), 0.0))
    assert manager.asked == ["start d.service"]
    manager = Play({"a.service": [Status(ACTIVE)], "d.service": [Status(ACTIVE)]})
    assert not place.starter(manager).start(Request("root", ("a",), 0.0))
    assert manager.asked == ["restart a.service", "restart d.service"]
