"""A host watched: looks that fail, the end of a watch, and what is kept of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Callable, List

import pytest

from psdiff_zbx.core.learn.report_text import finding_lines, summary_lines
from psdiff_zbx.core.model import BaselineError, ConfigError, Process, SnapshotError
from psdiff_zbx.host import baseline_store, journal, this_host
from psdiff_zbx.host.baseline_changes import BaselineEditor
from psdiff_zbx.host.config import load_config
from psdiff_zbx.host.learning import (
    Progress,
    Watched,
    keep,
    refuse_early,
    watch_host,
    watch_recordings,
)
from psdiff_zbx.host.monitor import Monitor
from tests.builders import INIT, process
from tests.files import write
from tests.live.recordings import recording

EVERY = 0.01
HEAD = "# Mine.\n[[rule]]\nmatch = '/opt/mine '\nkeep = true"


class Place:
    """A host whose app has another port in each recording."""

    def __init__(self, etc: Path, folder: Path) -> None:
        self.monitor = Monitor(write(etc / "config.toml", ""), folder / "baseline")
        self.rules = etc / "rules.d" / "learned.toml"
        self.recordings = [
            str(recording(folder / f"at-{port}", ["/opt/same", f"/opt/app -p {port}"]))
            for port in (8017, 9118, 7020)
        ]

    def watched(self) -> Watched:
        return watch_recordings(self.monitor, self.recordings)

    def actions(self) -> List[str]:
        found = load_config(self.monitor.config_path).rules.rows
        return [rule.action for rule in found if rule.origin == str(self.rules)]


@pytest.fixture
def place(etc: Path, tmp_path: Path) -> Place:
    return Place(etc, tmp_path)


def test_recordings_are_samples_in_their_order(place: Place) -> None:
    found = place.watched().report
    assert next(summary_lines(found)) == "3 samples: 1 line stable"
    (finding,) = found.proposals
    assert list(finding_lines(finding)) == [
        "3 variants, came twice, went twice",
        "~ /opt/app -p 8017  {user=root}",
        "~ /opt/app -p 9118  {user=root}",
        "~ /opt/app -p 7020  {user=root}",
        r"    rule     replace = ['^(/opt/app -p )\d+$', '\1<N>']",
        '             match = "/opt/app -p "',
        '             user = "root"',
        "    shown    /opt/app -p <N>  {user=root}",
    ]


def test_what_is_kept_is_a_step_that_can_be_undone(place: Place) -> None:
    assert keep(place.monitor, place.watched().report.proposals) == place.rules
    assert place.actions() == ["replace"]
    assert place.watched().report.proposals == []
    step = BaselineEditor(place.monitor).undo()
    assert (step.action, step.path) == ("learn", str(place.rules))
    assert step.lines[0].startswith("~ replace = ")
    assert not place.rules.exists()


@pytest.mark.parametrize("text", [HEAD, f"{HEAD}\n", f"{HEAD}\n\n\n"])
def test_what_was_there_stays(place: Place, text: str) -> None:
    write(place.rules, text)
    keep(place.monitor, place.watched().report.proposals)
    assert place.rules.read_text().startswith(HEAD)
    assert place.actions() == ["keep", "replace"]
    BaselineEditor(place.monitor).undo()
    assert place.rules.read_text() == text


def test_only_files_of_ours_are_undone(place: Place, tmp_path: Path) -> None:
    baseline = place.monitor.baseline_path
    assert baseline is not None
    with baseline_store.locked(baseline):
        book = journal.open_journal(baseline, place.rules.parent, "me")
        book.change(tmp_path / "other.toml", "text", "learn", [])
    with pytest.raises(BaselineError, match="not ours to change"):
        BaselineEditor(place.monitor).undo()


def test_nobody_watches_for_rules_that_could_not_be_kept(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baseline_store, "PATIENCE", 0)
    baseline = place.monitor.baseline_path
    assert baseline is not None
    with baseline_store.locked(baseline), pytest.raises(BaselineError, match="just changing"):
        refuse_early(place.monitor)
    write(baseline.with_name("baseline.history"), "{\n")
    with pytest.raises(BaselineError, match="no step of a history"):
        refuse_early(place.monitor)


def test_arguments_that_are_not_shown_are_not_kept(place: Place) -> None:
    assert place.monitor.config_path is not None
    write(place.monitor.config_path, 'redact = "arguments"')
    fewer = [place.recordings[0], str(recording(place.rules.parent.parent / "x", ["/opt/same"]))]
    found = watch_recordings(place.monitor, [fewer[1], fewer[0], fewer[1]]).report
    (finding,) = found.proposals
    assert "-p" not in "".join(finding_lines(finding))
    assert finding.rules[0].regex == "^/opt/app(?: |$)"
    keep(place.monitor, [finding])
    again = [fewer[1], place.recordings[1], fewer[1]]
    assert watch_recordings(place.monitor, again).report.proposals == []


class Looks:
    """What each look at a host finds: its processes, or an error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *found: object) -> None:
        self.waiting = list(found)
        monkeypatch.setattr(this_host, "read_processes", self.next)

    def next(self, *_: object) -> List[Process]:
        found = self.waiting.pop(0) if len(self.waiting) > 1 else self.waiting[0]
        if isinstance(found, SnapshotError):
            raise found
        return [INIT, process(7, str(found))]


def nothing(_: Progress) -> None:
    pass


def until(samples: int, number: int = signal.SIGINT) -> Callable[[Progress], None]:
    """Ends it by a signal after so many samples."""

    def tell(now: Progress) -> None:
        if now.samples == samples:
            os.kill(os.getpid(), number)

    return tell


def test_a_look_that_fails_is_passed_over(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    Looks(monkeypatch, "/opt/a", SnapshotError("no look"), "/opt/a")
    found = watch_host(place.monitor, 3600, EVERY, until(2))
    assert (found.failed, found.error) == (1, "no look")
    assert found.report.stable == 1


def test_the_first_look_has_to_succeed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    Looks(monkeypatch, SnapshotError("no look"))
    with pytest.raises(SnapshotError, match="no look"):
        watch_host(place.monitor, 60, EVERY, nothing)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_a_report(
    place: Place, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    Looks(monkeypatch, "/opt/a")
    before = signal.getsignal(number)
    found = watch_host(place.monitor, 3600, EVERY, until(3, number))
    assert found.report.samples == 3
    assert signal.getsignal(number) is before


def test_a_wrong_configuration_is_an_error(place: Place) -> None:
    write(place.rules, "[[rule]]\nmtach = 'x'\n")
    with pytest.raises(ConfigError, match=r"learned\.toml: rule 1: unknown key"):
        place.watched()
