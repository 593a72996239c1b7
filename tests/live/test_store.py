"""Baselines on disk: where ``write`` puts them, whose they are, what stays beside them."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tests.live.program import Program, error_of, sh
from tests.live.recordings import recording

OURS = {"baseline", "baseline.old", "baseline.history", ".baseline.lock"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_write_says_what_it_did(first: Program, second: Program, place: Path) -> None:
    path = place / "baseline"
    assert first.write().out == f"Wrote to {path}\n"
    assert first.run("write").ok().out == f"No changes to {path}\n"
    assert second.write().out == f"Wrote to {path}\n"


def test_no_changes_leave_the_file_alone(first: Program, place: Path) -> None:
    first.write()
    before = {path.name: (path.stat().st_ino, path.read_bytes()) for path in place.iterdir()}
    first.write()
    assert before == {p.name: (p.stat().st_ino, p.read_bytes()) for p in place.iterdir()}


def test_the_previous_baseline_stays_beside_the_new_one(
    first: Program, second: Program, place: Path
) -> None:
    first.write()
    before = (place / "baseline").read_bytes()
    second.write()
    assert (place / "baseline.old").read_bytes() == before
    assert set(os.listdir(place)) == OURS


def test_write_v_shows_what_changed(writer: Program, tmp_path: Path, place: Path) -> None:
    before = recording(tmp_path / "before", ["/opt/a", "/opt/b"])
    after = recording(tmp_path / "after", ["/opt/b", "/opt/c"])
    writer.replaying(before).write()
    shown = writer.replaying(after).run("show").ok(1).lines
    assert shown == ["-     /opt/a  {user=root}", "+     /opt/c  {user=root}"]
    done = writer.replaying(after).run("write", "-v").ok()
    assert done.lines == [f"Wrote to {place / 'baseline'}", *shown]


def test_the_agents_user_can_read_it_under_any_umask(first: Program, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    options = ("--baseline", folder / "baseline")
    sh(
        'umask 077; exec "$@"',
        *first.without("--baseline").words(*options, "write"),
        env=first.environment({}),
    )
    assert (mode(folder), mode(folder / "baseline")) == (0o755, 0o644)
    other = recording(tmp_path / "other", ["/opt/other"])
    again = first.without("--baseline").replaying(other).words(*options, "write")
    sh('umask 077; exec "$@"', *again, env=first.environment({}))
    assert (mode(folder / "baseline"), mode(folder / "baseline.old")) == (0o644, 0o644)


def test_every_folder_that_is_made_can_be_looked_into(first: Program, tmp_path: Path) -> None:
    options = ("--baseline", tmp_path / "a" / "b" / "baseline")
    sh(
        'umask 077; exec "$@"',
        *first.without("--baseline").words(*options, "write"),
        env=first.environment({}),
    )
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o755, 0o755]


def test_a_link_stays_a_link(first: Program, second: Program, place: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (place / "baseline").symlink_to(elsewhere / "real")
    first.write()
    second.write()
    assert (place / "baseline").is_symlink()
    assert not (elsewhere / "real").is_symlink()
    assert second.run("show").ok() == (0, "", "")
    assert set(os.listdir(place)) == {"baseline"}


def test_a_folder_that_cannot_be_written_is_one_line(stranger: Program, tmp_path: Path) -> None:
    folder = stranger.folder / "closed"
    folder.mkdir(mode=0o555)
    snapshot = recording(stranger.folder / "snapshot", ["/opt/a"])
    program = stranger.without("--baseline").replaying(snapshot)
    result = program.run("--baseline", folder / "baseline", "write")
    assert str(folder / "baseline") in error_of(result, "write")
    assert os.listdir(folder) == []
    result = program.run("--baseline", folder / "deeper" / "baseline", "write")
    assert str(folder / "deeper" / "baseline") in error_of(result, "write")


# An empty /var/lib and /etc/psdiff-zbx, whatever the machine has there; $1… psdiff-zbx
UNCONFIGURED = """
mount -t tmpfs -o mode=755 tmpfs /var/lib
mount -t tmpfs -o mode=755 tmpfs /etc
exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
"""


@pytest.mark.usefixtures("namespaces")
def test_a_user_who_cannot_write_the_hosts_baseline_has_one_of_their_own(
    stranger: Program,
) -> None:
    snapshot = recording(stranger.folder / "snapshot", ["/opt/a"])
    env = stranger.environment({"XDG_STATE_HOME": str(stranger.folder / "state")})
    program = stranger.with_options("--snapshot", snapshot)
    unshare = 'exec unshare --mount sh -euc "$@"'
    own = stranger.folder / "state" / "psdiff-zbx" / "baseline"
    done = sh(unshare, UNCONFIGURED, "sh", *program.words("write"), env=env)
    assert (done.out, done.err) == (f"Wrote to {own}\n", "")
    assert own.stat().st_uid == stranger.uid
    done = sh(unshare, UNCONFIGURED, "sh", *program.words("show"), env=env)
    assert (done.out, done.err) == ("", "")
