"""Pauses of a host: begun, ended and outlived, recorded, and never believed in without cause."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any, List

import pytest

from psdiff_zbx.core import history
from psdiff_zbx.core.document import document
from psdiff_zbx.core.model import BaselineError, Process
from psdiff_zbx.core.pause import LONGEST, Pause, dump_pause
from psdiff_zbx.host import atomic_files, baseline_store, journal, pause_file, pauses
from psdiff_zbx.host.baseline_changes import BaselineEditor
from psdiff_zbx.host.monitor import Monitor
from psdiff_zbx.host.pause_file import pause_path, read_pause
from psdiff_zbx.host.pauses import Pauses
from psdiff_zbx.plugin.cached_state import CachedState
from psdiff_zbx.plugin.options import PluginOptions
from tests.builders import INIT, process
from tests.files import write
from tests.live.recordings import recording

BASELINE = "root  {user=root}\n  INIT  {user=root}\n    /opt/a  {user=root}\n"
NOW = 1795392000.25
PROCESSES = [INIT._replace(cgroup="/"), process(5, "/opt/a", cgroup="/")]


class Clock:
    """The clock of the day, in place of the module ``time``."""

    now = NOW

    def time(self) -> float:
        return self.now


class Place:
    """A live host with a baseline."""

    def __init__(self, etc: Path, folder: Path, clock: Clock) -> None:
        self.config, self.baseline = write(etc / "config.toml", ""), write(folder / "b", BASELINE)
        self.file, self.clock = folder / "b.pause", clock
        self.pauses = Pauses(self.baseline, self.config)

    def begin(self, seconds: int, why: str = "") -> str:
        return self.pauses.begin(seconds, why).partition(" by ")[0]

    @property
    def paused(self) -> int:
        """What the agents are told."""
        found = json.loads(document(Monitor(self.config, self.baseline, min_age=0).state()))
        assert found["error"] == ""
        return int(found["paused"])

    @property
    def actions(self) -> List[str]:
        return [step.action for step in journal.read_history(self.baseline)]


@pytest.fixture
def place(etc: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    clock = Clock()
    for module in (pause_file, pauses):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr("psdiff_zbx.host.this_host.read_processes", _read)
    return Place(etc, tmp_path, clock)


def _read(*_: Any) -> List[Process]:
    return PROCESSES


def test_it_ends_by_itself(place: Place) -> None:
    assert (place.paused, place.pauses.show()) == (0, "not paused")
    place.begin(3600, "a new kernel")
    assert place.paused == int(NOW) + 3600
    assert place.pauses.show().endswith("(a new kernel)")
    place.clock.now += 3599
    assert place.paused == int(NOW) + 3600
    place.clock.now += 1
    assert (place.paused, place.pauses.show()) == (0, "not paused")
    assert place.pauses.end("") == "not paused"
    assert not place.file.exists()


def test_it_is_ended_early(place: Place) -> None:
    assert place.pauses.end("") == "not paused"
    assert place.actions == []
    place.begin(3600)
    assert place.pauses.end("") == "no longer paused"
    assert (place.paused, place.file.exists()) == (0, False)
    assert place.actions == ["pause", "pause --end"]


def test_who_paused_and_why_is_recorded(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "jane")
    text = place.pauses.begin(3600, "a new kernel")
    place.pauses.end("")
    rows = history.history_lines(journal.read_history(place.baseline))
    assert [row.partition("  ")[2] or row for row in rows] == [
        f"pause {place.file} by jane",
        text,
        f"pause --end {place.file} by jane",
        f"was {text}",
    ]
    assert text.endswith(" by jane (a new kernel)")


def test_a_shorter_pause_does_not_shorten_one_that_holds(place: Place) -> None:
    place.begin(7200, "by hand")
    assert "by hand) already, which is longer" in place.pauses.begin(600, "apt")
    assert place.paused == int(NOW) + 7200
    place.begin(7201, "apt")
    assert place.paused == int(NOW) + 7201


def test_a_hook_ends_only_its_own(place: Place) -> None:
    place.begin(7200, "by hand")
    assert place.pauses.end("apt").endswith("for another reason, so it does not end")
    assert place.paused == int(NOW) + 7200
    assert place.pauses.end("by hand") == "no longer paused"


def test_undo_goes_back_over_it(place: Place) -> None:
    """What ends by itself is not what somebody wants back."""
    editor = BaselineEditor(Monitor(place.config, place.baseline))
    before = place.baseline.read_text()
    editor.change("root", "/opt/b", "add")
    place.begin(3600)
    assert editor.undo().action == "manual add"
    assert place.paused == int(NOW) + 3600
    assert place.actions == ["manual add", "pause", "undo"]
    shown = history.history_lines(journal.read_history(place.baseline))
    assert [row.count("(undone)") for row in shown if place.file.name in row] == [0]
    assert place.baseline.read_text() == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"since": 1',
        "\0" * 80,
        dump_pause(Pause(int(NOW), int(NOW) + LONGEST + 1, "root", "")),
        dump_pause(Pause(int(NOW) + 9, int(NOW) + LONGEST + 9, "root", "")),
    ],
    ids=["empty", "cut", "zeros", "too long", "of a clock that was ahead"],
)
def test_damage_silences_nobody_and_is_told(place: Place, text: str) -> None:
    write(place.file, text)
    assert place.paused == 0
    with pytest.raises(
        BaselineError, match=f"^{place.file} .*, so nothing is paused; 'psdiff-zbx"
    ):
        place.pauses.show()
    assert place.pauses.end("") == "not paused"
    assert not place.file.exists()
    write(place.file, text)
    place.begin(60)
    assert place.paused == int(NOW) + 60


def test_what_others_could_have_written_silences_nobody(place: Place) -> None:
    place.begin(3600)
    place.file.chmod(0o666)
    assert place.paused == 0
    with pytest.raises(BaselineError, match=f"{place.file} can be written by others; 'chmod"):
        place.pauses.show()
    place.begin(60)
    assert place.paused == int(NOW) + 60


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_another_user_owns_silences_nobody(place: Place) -> None:
    place.begin(3600)
    os.chown(place.file, 65534, 65534)
    assert place.paused == 0
    with pytest.raises(BaselineError, match="belongs to uid 65534"):
        place.pauses.show()


def test_what_is_no_file_silences_nobody(place: Place) -> None:
    place.file.mkdir()
    assert place.paused == 0
    with pytest.raises(BaselineError, match=f"cannot read the pause {place.file}: Is a directory"):
        place.pauses.show()


def test_a_link_to_a_baseline_has_the_pause_beside_the_file(place: Place, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(place.baseline)
    assert pause_path(link) == place.file
    assert pause_path(baseline_store.PSDIFF) == pause_path(baseline_store.SYSTEM)
    assert pause_path(baseline_store.SYSTEM).name == "baseline.pause"


def test_a_recording_is_not_paused_with_the_host(place: Place, tmp_path: Path) -> None:
    place.begin(3600)
    recorded = Monitor(place.config, place.baseline, str(recording(tmp_path / "r", ["/opt/a"])))
    assert (recorded.check().look().times.paused, recorded.pause()) == (0, None)


def test_a_role_is_not_paused(place: Place) -> None:
    folder = place.config.with_name("baseline.d")
    folder.mkdir(mode=0o755)
    role = write(folder / "web", BASELINE)
    with pytest.raises(BaselineError, match=f"^{role} is a role's file"):
        Pauses(role, place.config).begin(60, "")
    assert [path.name for path in folder.iterdir()] == ["web"]


def test_the_plugin_sees_it_at_once(place: Place) -> None:
    cached = CachedState(PluginOptions(place.baseline, place.config, 0, 0))
    assert cached.state(3).times.paused == 0
    place.begin(60)
    assert cached.state(3).times.paused == int(NOW) + 60
    place.pauses.end("")
    assert cached.state(3).times.paused == 0
    place.begin(60)
    place.clock.now += 61
    assert cached.state(3).times.paused == 0


@pytest.mark.parametrize("fails", ["b.history", "b.pause"])
def test_on_a_full_disk_all_stays_as_it_is(
    place: Place, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    place.begin(60, "before")
    write_file = atomic_files.write_file

    def full(target: Path, data: bytes, mode: int = 0o644) -> None:
        if target.name == fails:
            raise OSError(errno.ENOSPC, "No space left on device")
        write_file(target, data, mode)

    with monkeypatch.context() as patched:
        patched.setattr(atomic_files, "write_file", full)
        with pytest.raises(BaselineError, match="No space left"):
            place.begin(3600, "more")
    found = read_pause(place.baseline)
    assert found is not None
    assert (found.why, place.actions) == ("before", ["pause"])


def test_it_is_of_the_clock_of_the_day(etc: Path, tmp_path: Path) -> None:
    """Which a reboot does not set to zero."""
    place = Place(etc, tmp_path, Clock())
    place.begin(3600)
    assert abs(int(json.loads(place.file.read_text())["until"]) - time.time() - 3600) < 60
