"""What commands note of the units of daemons, and what becomes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Dict

import pytest

from psdiff_zbx.core.accept import Picked
from psdiff_zbx.host.baseline_changes import BaselineEditor
from psdiff_zbx.host.monitor import Monitor
from tests.files import write
from tests.live.recordings import recording


class Place:
    """A host on which each daemon runs in the unit of its name."""

    def __init__(self, etc: Path, folder: Path) -> None:
        self.config, self.folder = write(etc / "config.toml", ""), folder
        self.roles = etc / "baseline.d"
        self.baseline = folder / "baseline"

    def editor(self, *daemons: str, suffix: str = "") -> BaselineEditor:
        path = recording(self.folder / "now", daemons)
        rows = [json.loads(row) for row in path.read_text().splitlines()]
        for row in rows[1:]:
            name = f"{row['cmdline'][0].rpartition('/')[2]}{suffix}.service"
            row.update(cgroup=f"/system.slice/{name}", unit={"name": name, "kind": "daemon"})
        path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        return BaselineEditor(Monitor(self.config, self.baseline, str(path), 0))

    def told(self) -> Dict[str, str]:
        """The units by command line, as the agents are told."""
        found = Monitor(self.config, self.baseline, str(self.folder / "now"), 0).state()
        return {each.cmdline: each.unit for each in found.comparison.daemons}


@pytest.fixture
def place(etc: Path, tmp_path: Path) -> Place:
    return Place(etc, tmp_path)


A, B = {"/opt/a": "a.service"}, {"/opt/b": "b.service"}


def test_write_notes_what_runs(place: Place) -> None:
    place.editor("/opt/a", "/opt/b").write()
    assert place.told() == {**A, **B}
    assert not place.editor("/opt/a", "/opt/b").write().changed


def test_what_is_written_again_is_no_change(place: Place) -> None:
    """The file has the order of the ids: a-…, b-…, c-…"""
    daemons = ("/usr/a", "/opt/b", "/srv/c")
    place.editor(*daemons).write()
    steps = place.baseline.with_name("baseline.history").read_text()
    assert not place.editor(*daemons).write().changed
    assert place.baseline.with_name("baseline.history").read_text() == steps
    assert place.editor(*daemons, suffix="2").write().changed


def test_an_old_baseline_gets_them_by_write(place: Place) -> None:
    place.editor("/opt/a").write()
    rows = place.baseline.read_text().splitlines(keepends=True)
    place.baseline.write_text("".join(row for row in rows if "# unit" not in row))
    assert place.told() == {"/opt/a": ""}
    written = place.editor("/opt/a").write()
    assert written.changed
    assert written.comparison[1:] == ((), ())
    assert place.told() == A


def test_accept_notes_those_of_what_it_accepts(place: Place) -> None:
    place.editor("/opt/a").write()
    place.editor("/opt/a", "/opt/b", suffix="2").accept(Picked)
    assert place.told() == {**A, "/opt/b": "b2.service"}


def test_units_alone_are_noted_and_nothing_is_accepted(place: Place) -> None:
    place.editor("/opt/a", "/opt/b", "/opt/c --pid 7").write()
    rows = place.baseline.read_text().splitlines(keepends=True)
    place.baseline.write_text("".join(row for row in rows if "# unit c-" not in row))
    write(place.config, '[[rule]]\nmatch = "/opt/c "\ncut = " --pid"\nreason = "a number"\n')
    editor = place.editor("/opt/b", "/opt/c --pid 8", "/opt/new", suffix="2")
    written = editor.note_units()
    assert dict(written.units) == {
        ("root", "/opt/b"): "b2.service",
        ("root", "/opt/c"): "c2.service",
    }
    assert place.told() == {**A, "/opt/b": "b2.service", "/opt/c": "c2.service"}
    assert editor.monitor.check().look().comparison.missing
    assert not editor.note_units().changed
    editor.undo()
    assert place.told() == {**A, **B, "/opt/c": ""}


def test_what_is_no_longer_expected_has_none(place: Place) -> None:
    place.editor("/opt/a", "/opt/b").write()
    place.editor("/opt/a").accept(Picked)
    assert "b.service" not in place.baseline.read_text()


def test_manual_add_notes_it_if_the_process_runs(place: Place) -> None:
    place.editor("/opt/a").write()
    editor = place.editor("/opt/a", "/opt/b", suffix="2")
    editor.change("root", "/opt/b", "add")
    editor.change("root", "/opt/c", "add")
    assert place.told() == {**A, "/opt/b": "b2.service", "/opt/c": ""}
    editor.change("root", "/opt/a", "remove")
    assert "a.service" not in place.baseline.read_text()


def test_undo_takes_them_back(place: Place) -> None:
    place.editor("/opt/a").write()
    place.editor("/opt/a", "/opt/b").accept(Picked)
    place.editor("/opt/a", "/opt/b").undo()
    assert place.told() == A


def test_another_rule_takes_no_unit_away(place: Place) -> None:
    place.editor("/opt/a --pid 7", "/opt/b").write()
    write(place.config, '[[rule]]\nmatch = "/opt/a "\ncut = " --pid"\nreason = "a number"\n')
    assert place.told() == {**A, **B}
    place.editor("/opt/a --pid 8", "/opt/b", "/opt/c").accept(Picked)
    assert place.told() == {**A, **B, "/opt/c": "c.service"}


def test_the_units_of_roles_are_told_and_their_files_stay(place: Place) -> None:
    place.editor("/opt/a").write()
    place.roles.mkdir(mode=0o755)
    role = write(place.roles / "web", place.baseline.read_text())
    place.editor("/opt/a", "/opt/b").write()
    assert place.told() == {**A, **B}
    assert "a.service" not in place.baseline.read_text()
    assert role.read_text().count("a.service") == 1
