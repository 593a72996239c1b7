"""The roles of a host: which files they are, which are refused, and what commands make of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from psdiff_zbx.core.accept import Change, Picked
from psdiff_zbx.core.baseline import dump_baseline
from psdiff_zbx.core.model import Baseline, BaselineError, Header, UnknownDaemonError
from psdiff_zbx.host.baseline_changes import BaselineEditor
from psdiff_zbx.host.monitor import Monitor
from psdiff_zbx.host.role_files import read_role, role_files, role_folder
from tests.builders import outline, tree
from tests.files import write
from tests.live.recordings import recording

FRAME = "root  {user=root}\n  INIT  {user=root}\n"
HEADER = Header(1763851200, "model", "jane", "1.0.0", "0123abcd")


def role(*cmdlines: str) -> str:
    """A file that somebody has written by hand."""
    return FRAME + "".join(f"    {each}  {{user=root}}\n" for each in cmdlines)


class Place:
    """A host with the roles web and db, of which web lacks one daemon."""

    def __init__(self, etc: Path, folder: Path) -> None:
        self.config, self.folder = write(etc / "config.toml", ""), etc / "baseline.d"
        self.folder.mkdir(mode=0o755)
        self.web = write(self.folder / "web", role("/opt/nginx", "/opt/cron", "/opt/gone"))
        self.db = write(self.folder / "db", role("/opt/pg", "/opt/cron"))
        self.baseline = folder / "baseline"
        self.now = recording(
            folder / "now",
            ["/opt/nginx", "/opt/cron", "/opt/cron", "/opt/pg", "/opt/own", "/opt/cron"],
        )

    @property
    def monitor(self) -> Monitor:
        return Monitor(self.config, self.baseline, str(self.now), 0)

    @property
    def editor(self) -> BaselineEditor:
        return BaselineEditor(self.monitor)

    @property
    def own(self) -> List[str]:
        """The daemons that the host's own baseline holds."""
        return [row.strip() for row in outline(self.monitor.own().baseline.tree)[1:]]

    def left(self) -> List[str]:
        """What differs."""
        found = self.monitor.check().look().comparison
        missing = [f"-{line.cmdline}" for line in found.missing]
        return missing + [f"+{line.cmdline}" for line in found.extra]

    def files(self) -> Dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


@pytest.fixture
def place(etc: Path, tmp_path: Path) -> Place:
    return Place(etc, tmp_path)


def test_the_files_of_the_folder_in_name_order_then_the_others(place: Place) -> None:
    other = write(place.folder.parent / "other", role())
    for name in (".hidden", "web~"):
        write(place.folder / name, "")
    found = role_files(place.config, [other, place.web], place.baseline)
    assert found == [place.db, place.web, other]
    assert role_files(place.config, [other], place.db) == [place.web, other]
    assert role_folder() == Path("/etc/psdiff-zbx/baseline.d")


def test_no_folder_is_no_role(place: Place, tmp_path: Path) -> None:
    assert role_files(tmp_path / "config.toml", [], place.baseline) == []


def test_a_role_of_ours_says_when_and_by_whom(place: Place) -> None:
    text = dump_baseline(Baseline(tree("cron"), HEADER))
    found = read_role(write(place.web, text))
    assert (found.path, found.written, found.by) == (str(place.web), HEADER.written, "jane")
    os.utime(write(place.web, role()), (5.5, 5.5))
    assert read_role(place.web)[2:] == (5, "root" if os.geteuid() == 0 else read_role(place.db).by)


WHOLE = dump_baseline(Baseline(tree("cron"), HEADER))
JOINED = "another baseline begins; give each a file of its own in /etc/psdiff-zbx/baseline.d"
DAMAGED: Dict[str, Tuple[str, str]] = {
    "cut": (WHOLE[:-7], "cut off, the last line is not '# end'; restore it, or move it away"),
    "nul": (WHOLE.replace("# host", "# h\0st"), "line 3 is no text; restore it, or move it away"),
    "zeros": ("\0" * 512, "line 1 is no text"),
    "empty": ("", "holds no process tree; restore it, or move it away"),
    "no-process": (FRAME + "x\n", "line 3 is no process line"),
    "joined": (WHOLE * 2, f"line 11: {JOINED}"),
    "joined-by-hand": (role("a") + role("b"), f"line 4: {JOINED}"),
    "one-by-hand-behind-one-of-ours": (WHOLE + role("b"), f"line 11: {JOINED}"),
    "one-of-ours-behind-one-by-hand": (role("b") + WHOLE, f"line 4: {JOINED}"),
}


@pytest.mark.parametrize(("text", "error"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_role_is_named_and_nothing_is_told_or_written(
    place: Place, text: str, error: str
) -> None:
    place.editor.write()
    before = place.baseline.read_bytes()
    write(place.web, text)
    for ask in (place.monitor.check, place.editor.write, place.monitor.roles):
        with pytest.raises(BaselineError) as caught:
            ask()
        assert str(caught.value).startswith(f"{place.web}: {error}")
    assert place.baseline.read_bytes() == before


def test_a_role_that_others_could_have_written_is_refused(place: Place) -> None:
    place.editor.write()
    for path, mode in ((place.web, 0o666), (place.folder, 0o777)):
        path.chmod(mode)
        with pytest.raises(BaselineError, match=f"^{path} can be written by others; 'chmod"):
            place.monitor.check()
        path.chmod(mode & ~0o022)
    place.monitor.check()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_role_of_another_user_is_refused(place: Place) -> None:
    os.chown(place.web, 65534, 65534)
    with pytest.raises(BaselineError, match=f"^{place.web} belongs to uid 65534"):
        place.monitor.roles()


def test_what_is_no_file_is_refused(place: Place) -> None:
    (place.folder / "old").mkdir()
    with pytest.raises(BaselineError, match=f"cannot read {place.folder}/old: Is a directory"):
        place.monitor.roles()
    (place.folder / "old").rmdir()
    (place.folder / "gone").symlink_to("nowhere")
    with pytest.raises(BaselineError, match=f"cannot read {place.folder}/gone: No such file"):
        place.monitor.roles()


def test_write_stores_what_the_roles_lack_and_says_what_they_miss(place: Place) -> None:
    before = place.files()
    written = place.editor.write()
    assert place.own == ["/opt/cron", "/opt/own"]
    assert [(each.name, each.roles) for each in written.held] == [("gone", (str(place.web),))]
    assert place.left() == ["-/opt/gone"]
    assert not place.editor.write().changed
    place.web.unlink()
    assert place.left() == ["+/opt/cron", "+/opt/nginx"]
    assert place.editor.write().changed
    assert place.own == ["/opt/cron", "/opt/cron", "/opt/nginx", "/opt/own"]
    assert place.files() == {"db": before["db"]}


def test_a_host_that_its_roles_know_wholly_has_an_empty_baseline(place: Place) -> None:
    write(place.web, role("/opt/nginx", "/opt/cron", "/opt/cron", "/opt/own"))
    place.editor.write()
    assert place.own == []
    assert place.left() == []


def test_without_a_baseline_of_its_own_a_host_has_none(place: Place) -> None:
    with pytest.raises(BaselineError, match=f"no baseline at {place.baseline}"):
        place.monitor.check()


def test_roles_of_the_command_line(place: Place) -> None:
    place.editor.write()
    place.folder.rename(place.folder.with_name("elsewhere"))
    files = (place.folder.with_name("elsewhere") / name for name in ("db", "web"))
    found = place.monitor._replace(role_paths=tuple(files)).check().look().comparison
    assert [line.cmdline for line in (*found.missing, *found.extra)] == ["/opt/gone"]


def test_no_command_writes_a_role(place: Place) -> None:
    before = place.files()
    editor = BaselineEditor(place.monitor._replace(baseline_path=place.web))
    for change in (editor.write, editor.undo, lambda: editor.change("root", "/opt/x", "add")):
        with pytest.raises(
            BaselineError, match=f"^{place.web} is a role's file, which no command"
        ):
            change()
    assert place.files() == before


def accept(place: Place, *names: str) -> List[str]:
    """Accept these of all changes; which roles keep something."""

    def pick(found: List[Change]) -> Picked:
        return Picked([change for change in found if change.line.cmdline in names])

    return [each.cmdline for each in place.editor.accept(pick).held]


def test_what_only_a_role_expects_is_not_accepted(place: Place) -> None:
    place.editor.write()
    before, roles = place.baseline.read_bytes(), place.files()
    with pytest.raises(BaselineError) as caught:
        accept(place, "/opt/gone")
    assert f"is expected by {place.web}, which no command changes: edit it there; not" in str(
        caught.value
    )
    with pytest.raises(BaselineError, match="is expected by"):
        place.editor.accept(lambda found: Picked((), found))
    assert (place.baseline.read_bytes(), place.files()) == (before, roles)
    assert not (place.folder.with_name("rules.d") / "ignored.toml").exists()


def test_what_is_the_hosts_own_is_accepted_with_it(place: Place) -> None:
    place.editor.write()
    place.now = recording(place.now, ["/opt/nginx", "/opt/pg", "/opt/new"])
    assert place.left() == ["-/opt/cron", "-/opt/cron", "-/opt/cron", "-/opt/gone", "-/opt/own",
                            "+/opt/new"]  # fmt: skip
    roles = place.files()
    assert accept(place, "/opt/cron", "/opt/gone", "/opt/own", "/opt/new") == [
        "/opt/cron",
        "/opt/gone",
    ]
    assert place.own == ["/opt/new"]
    assert place.left() == ["-/opt/cron", "-/opt/cron", "-/opt/gone"]
    assert place.files() == roles
    place.editor.undo()
    assert place.own == ["/opt/cron", "/opt/own"]


def test_by_hand_a_daemon_leaves_the_hosts_own_only(place: Place) -> None:
    place.editor.write()
    place.editor.change("root", "/opt/cron", "remove")
    for name in ("/opt/cron", "/opt/nginx"):
        with pytest.raises(BaselineError, match=f"^it stands in {place.folder}/[dw]"):
            place.editor.change("root", name, "remove")
    with pytest.raises(UnknownDaemonError, match="holds no '/opt/other'"):
        place.editor.change("root", "/opt/other", "remove")
    assert place.own == ["/opt/own"]
