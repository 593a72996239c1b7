"""What accept does while a person thinks, and what is left when something goes wrong."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Callable, List, Optional

import pytest

from psdiff_zbx.core import history
from psdiff_zbx.core.accept import Change, Picked
from psdiff_zbx.core.history import Step
from psdiff_zbx.core.line import escape
from psdiff_zbx.core.model import BaselineError
from psdiff_zbx.host import atomic_files, baseline_store, journal
from psdiff_zbx.host.baseline_changes import BaselineEditor, Written
from psdiff_zbx.host.config import load_config
from psdiff_zbx.host.monitor import Monitor
from tests.files import write
from tests.live.recordings import recording


class Place:
    """A host on which one daemon is missing and two are extra."""

    def __init__(self, etc: Path, folder: Path) -> None:
        self.folder, self.config = folder, write(etc / "config.toml", "")
        self.rules = etc / "rules.d" / "ignored.toml"
        self.baseline = folder / "baseline"
        self.before = recording(folder / "before", ["/opt/a", "/opt/gone"])
        self.now = recording(folder / "now", ["/opt/a", "/opt/new", "/opt/other"])
        self.editor(self.before).write()

    def editor(self, snapshot: Optional[Path] = None, by: str = "") -> BaselineEditor:
        """As each command makes one."""
        files = (self.config, self.baseline, str(snapshot or self.now))
        return BaselineEditor(Monitor(*files), by)

    def left(self) -> List[str]:
        """What still differs."""
        found = self.editor().monitor.check(0).look().comparison
        return [line.cmdline for line in (*found.missing, *found.extra)]

    def accept(self, meanwhile: Callable[[], object]) -> Written:
        """Accept the first change and ignore the second for good; what is done ``meanwhile``
        is done when it asks."""

        def pick(found: List[Change]) -> Picked:
            meanwhile()
            return Picked(found[:1], found[1:2])

        return self.editor().accept(pick)

    def refused(self, meanwhile: Callable[[], object]) -> None:
        """It says so in one line, writes no rule, and leaves the rest as it was done."""
        with pytest.raises(BaselineError) as caught:
            self.accept(meanwhile)
        assert str(caught.value) == f"{self.baseline} was changed meanwhile; nothing is accepted"
        assert not self.rules.exists()

    @property
    def actions(self) -> List[str]:
        return [step.action for step in journal.read_history(self.baseline)]


@pytest.fixture
def place(etc: Path, tmp_path: Path) -> Place:
    return Place(etc, tmp_path)


def test_nobody_changes_it_meanwhile(place: Place) -> None:
    written = place.accept(lambda: None)
    assert (written.changed, written.rules) == (True, place.rules)
    assert place.left() == ["/opt/other"]
    assert place.actions == ["write", "ignore", "accept"]


def test_an_edit_by_hand_is_not_lost(place: Place) -> None:
    edited = place.baseline.read_text().replace("/opt/gone", "/opt/mine")
    place.refused(lambda: place.baseline.write_text(edited))
    assert place.baseline.read_text() == edited
    assert place.actions == ["write"]


def test_a_comment_is_an_edit_too(place: Place) -> None:
    edited = place.baseline.read_text().replace("# end", "# mine\n# end")
    place.refused(lambda: place.baseline.write_text(edited))
    assert place.baseline.read_text() == edited


def test_another_command_is_not_locked_out_and_not_undone(place: Place) -> None:
    place.refused(lambda: place.editor().accept(lambda found: Picked(found[2:])))
    assert place.left() == ["/opt/gone", "/opt/new"]
    assert place.actions == ["write", "accept"]


def test_a_baseline_that_is_gone_was_changed(place: Place) -> None:
    place.refused(place.baseline.unlink)
    assert not place.baseline.exists()


def test_who_picks_nothing_changes_nothing(place: Place) -> None:
    written = place.editor().accept(lambda _: Picked(()))
    assert (written.changed, written.rules) == (False, None)
    assert place.actions == ["write"]


def test_nobody_is_asked_for_what_could_not_be_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baseline_store, "PATIENCE", 0)

    def pick(_: List[Change]) -> Picked:
        pytest.fail("it asks")

    baseline_store.history_path(place.baseline).write_text("{")
    with pytest.raises(BaselineError, match="is no step of a history"):
        place.editor().accept(pick)
    with baseline_store.locked(place.baseline), pytest.raises(BaselineError, match="another"):
        place.editor().accept(pick)


def test_what_fails_under_the_lock_is_not_another_program(place: Place) -> None:
    with pytest.raises(BlockingIOError), baseline_store.locked(place.baseline):
        raise BlockingIOError(errno.EAGAIN, "a pipe of the body's")
    with baseline_store.locked(place.baseline):
        pass


@pytest.mark.parametrize("name", ["\udcff", "a'''\"\\", "a\nb\x7f", "a\ud800", "é"])
def test_rules_and_history_are_readable_whatever_the_name(place: Place, name: str) -> None:
    place.editor(by=name).accept(lambda found: Picked(found[:1], found[1:]))
    assert place.left() == []
    (rule, _) = load_config(place.config).rules.rows[:2]
    assert rule.reason.startswith(f"ignored by {escape(name)} on ")
    steps = journal.read_history(place.baseline)
    assert [step.by for step in steps[1:]] == [name] * 2
    assert "".join(history.history_lines(steps)).encode()
    for _ in range(2):
        place.editor().undo()
    assert place.left() == ["/opt/gone", "/opt/new", "/opt/other"]


def test_a_name_of_sudo_that_is_no_text(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "\udcff")
    place.accept(lambda: None)
    assert place.rules.read_text("utf-8").count(r"ignored by \xff on") == 1
    assert place.left() == ["/opt/other"]


class WriteFailure:
    """Writes as ever, but for one file."""

    def __init__(self, fails: Path) -> None:
        self.fails = fails
        self.recorded: List[str] = []
        self._write = atomic_files.write_file

    def __call__(self, target: Path, data: bytes, mode: int = 0o644) -> None:
        if target == self.fails:
            self.recorded = _actions(target.with_name("baseline.history"))
            raise OSError(errno.ENOSPC, "No space left on device")
        self._write(target, data, mode)


def test_a_change_that_fails_has_never_been(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.baseline.read_bytes()
    failing = WriteFailure(place.baseline)
    monkeypatch.setattr(atomic_files, "write_file", failing)
    with pytest.raises(BaselineError, match="No space left"):
        place.editor().accept(lambda found: Picked(found[:1]))
    monkeypatch.undo()
    assert failing.recorded == ["write", "accept"], "the step was recorded first"
    assert place.actions == ["write"]
    assert place.baseline.read_bytes() == before


def test_a_history_that_cannot_be_written_keeps_all_as_it_is(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = place.baseline.read_bytes()
    failing = WriteFailure(baseline_store.history_path(place.baseline))
    monkeypatch.setattr(atomic_files, "write_file", failing)
    with pytest.raises(BaselineError, match="No space left"):
        place.accept(lambda: None)
    monkeypatch.undo()
    assert place.baseline.read_bytes() == before
    assert not place.rules.exists()
    assert place.actions == ["write"]


def _actions(path: Path) -> List[str]:
    """Of all steps that are in the file, done or not."""
    if not path.exists():
        return []
    return [step.action for step in history.parse_history(path.read_text(), str(path))]


def test_going_back_that_fails_has_never_been(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.editor().accept(lambda found: Picked(found[:1]))
    after = place.baseline.read_bytes()
    failing = WriteFailure(place.baseline)
    monkeypatch.setattr(atomic_files, "write_file", failing)
    with pytest.raises(BaselineError, match="No space left"):
        place.editor().undo()
    monkeypatch.undo()
    assert failing.recorded == ["write", "accept", "undo"], "the step was recorded first"
    assert place.baseline.read_bytes() == after
    assert place.actions == ["write", "accept"]
    place.editor().undo()
    assert place.baseline.read_bytes() != after


def test_a_step_of_another_file_is_not_undone(place: Place, tmp_path: Path) -> None:
    """Who can write a history could otherwise let root write any file."""
    other = tmp_path / "other"
    other.write_text("after")
    step = Step(1, "bob", "accept", str(other), (), "x", history.text_digest("after"))
    baseline_store.history_path(place.baseline).write_text(history.dump_history([step]))
    with pytest.raises(BaselineError, match="which is not ours to change"):
        place.editor().undo()
    assert other.read_text() == "after"
