"""Roles by whole commands: what is printed where, and what the agents are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.files import write
from tests.live.program import Program, error_of
from tests.live.recordings import recording

ROLE = "root  {user=root}\n  INIT  {user=root}\n    /opt/web  {user=root}\n"


@pytest.fixture
def roles(program: Program) -> Path:
    """The folder of a host whose only role is web."""
    folder = program.folder / "baseline.d"
    folder.mkdir(mode=0o755)
    write(folder / "web", ROLE)
    return folder


def test_a_line_of_a_role_is_shown_as_any_and_told_apart_beside_it(
    program: Program, roles: Path, tmp_path: Path
) -> None:
    full = program.replaying(recording(tmp_path / "full", ["/opt/web", "/opt/own"]))
    full.write()
    assert "/opt/web" not in program.baseline.read_text()
    bare = program.replaying(recording(tmp_path / "bare", ["/opt/own"]))
    done = bare.run("show")
    assert (done.code, done.changes) == (1, ["- /opt/web  {user=root}"])
    (row,) = [row for row in bare.run("discover").json() if "{#PSDIFF.ROLE}" in row]
    assert (row["{#PSDIFF.ROLE}"], row["{#PSDIFF.CMDLINE}"]) == ("web", "/opt/web")
    assert done.err == f"{roles}/web expects {row['{#PSDIFF.ID}']}\n"
    assert bare.run("show", "--extra").ok().out == ""
    told = bare.run("explain", "--cmdline", "/opt/web").ok().lines[-2]
    assert told.startswith(f"verdict  missing: 1 expected, by {roles}/web, 0 running")
    document = bare.run("get").ok().json()
    assert (document["missing"]["count"], document["baseline"]["lines"]) == (1, 4)
    assert document["baseline"]["path"] == str(program.baseline)


def test_accept_and_write_say_what_they_cannot(
    program: Program, roles: Path, tmp_path: Path
) -> None:
    program.replaying(recording(tmp_path / "full", ["/opt/web", "/opt/own"])).write()
    bare = program.replaying(recording(tmp_path / "bare", []))
    error = error_of(bare.run("accept", "web", "own"), "accept")
    assert error.endswith(
        f"is expected by {roles}/web, which no command changes: edit it there; nothing is accepted"
    )
    done = bare.run("accept", "--missing")
    assert (done.code, done.having("/opt")) == (0, ["-     /opt/own  {user=root}"])
    still = "Still missing, for no command changes a role's file:"
    assert done.err.splitlines()[0] == still
    assert error_of(bare.run("accept", "--missing"), "accept") == error
    done = bare.run("write")
    assert (done.out, done.err.splitlines()[0]) == (f"No changes to {program.baseline}\n", still)


def test_of_several_baselines_the_first_is_written(program: Program, tmp_path: Path) -> None:
    role = write(program.folder / "role", ROLE)
    now = program.replaying(recording(tmp_path / "now", ["/opt/web", "/opt/own"]))
    now.run("--baseline", role, "write", "--all").ok()
    assert role.read_text() == ROLE
    assert now.run("--baseline", role, "show").ok().out == ""
    assert now.run("show", "--baseline", role).ok().out == ""
    assert now.run("show").ok(1).changes == ["+ /opt/web  {user=root}"]
