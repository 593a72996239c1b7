"""Bad baselines, configurations and snapshots: one line, where it belongs, and exit code 3."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from psdiff_zbx.core.baseline import parse_baseline
from psdiff_zbx.core.model import BaselineError, SnapshotError
from psdiff_zbx.host.processes import read_recorded
from tests.live.program import NOBODY, Program, error_of
from tests.live.recordings import recording

NEED_BASELINE = ("show", "show-missing", "discover", "count", "missing", "extra", "get", "manual")
NEED_CONFIG = (*NEED_BASELINE, "write", "dump", "snapshot")
NEED_SNAPSHOT = ("show", "discover", "count", "missing", "extra", "get", "write", "dump")
ARGUMENTS = {"count": ("x-00000000",), "manual": ("add", "root", "/opt/new")}
JUNK = random.Random(1).randbytes(5000)
RULE = '[[rule]]\nmatch = "/opt/a"\nignore = "self"\n'


@pytest.fixture
def good(program: Program, tmp_path: Path) -> Program:
    """psdiff-zbx with nothing wrong: a baseline of two recorded daemons."""
    found = program.replaying(recording(tmp_path / "snapshot", ["/opt/a -x", "/opt/ü"]))
    found.write()
    return found


def errors(program: Program, commands: tuple[str, ...]) -> set[str]:
    """What these commands say is wrong, each in its own way."""
    done = program.each((name, *ARGUMENTS.get(name, ())) for name in commands)
    return {error_of(result, name) for result, name in zip(done, commands)}


BASELINES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "holds no process tree"),
    "blank": (b"\n \n", "holds no process tree"),
    "only a header": (b"# psdiff-zbx baseline 1\n# end\n", "holds no process tree"),
    "of another version": (b"# psdiff-zbx baseline 2\n# end\n", "version"),
    "of another program": (b"<html></html>\n", "line 1"),
    "no process line": (b"root  {user=root}\n  INIT  {user=root}\n    /opt/a\n", "line 3"),
    "odd indent": (b"root  {user=root}\n   INIT  {user=root}\n", "line 2"),
    "two roots": (b"root  {user=root}\nroot  {user=root}\n", "line 2"),
    "control characters": (b"root  {user=root}\n  \x1b[1m  {user=root}\n", "line 2"),
    "no utf-8": (b"root  {user=root}\n  caf\xe9  {user=root}\n", "line 2"),
    "binary junk": (JUNK, "line 1"),
    "nul bytes": (b"\0" * 5000, "line 1"),
}


@pytest.mark.parametrize("why", BASELINES)
def test_a_baseline_that_is_none(good: Program, why: str) -> None:
    data, what = BASELINES[why]
    good.baseline.write_bytes(data)
    (error,) = errors(good, NEED_BASELINE)
    assert f"{good.baseline}: " in error
    assert what in error
    assert "psdiff-zbx write" in error
    assert good.baseline.read_bytes() == data


def test_a_baseline_that_is_cut_off_anywhere(good: Program) -> None:
    data = good.baseline.read_bytes()
    cuts = [good.folder / f"cut{end}" for end in range(len(data) - 1)]
    for end, path in enumerate(cuts):
        path.write_bytes(data[:end])
    for path in cuts:
        with pytest.raises(BaselineError, match=re.escape(f"{path}: ")):
            parse_baseline(path.read_bytes(), str(path))
    for command in ("show", "get"):
        done = good.without("--baseline").each((command, "--baseline", path) for path in cuts[::9])
        for path, result in zip(cuts[::9], done):
            assert f"{path}: " in error_of(result, command)


def test_no_baseline(good: Program) -> None:
    good.baseline.unlink()
    (error,) = errors(good, NEED_BASELINE)
    assert error.startswith(f"no baseline at {good.baseline}; ")
    assert "psdiff-zbx write" in error


def test_a_folder_for_a_baseline(good: Program) -> None:
    good.baseline.unlink()
    good.baseline.mkdir()
    (error,) = errors(good, NEED_BASELINE)
    assert error.startswith(f"cannot read the baseline {good.baseline}: ")
    assert error_of(good.run("write"), "write")


@pytest.mark.parametrize("locked", ["file", "folder"])
def test_a_baseline_that_may_not_be_read(stranger: Program, locked: str) -> None:
    folder = stranger.folder / "locked"
    folder.mkdir()
    path = folder / "baseline"
    path.write_text("root  {user=root}\n")
    (path if locked == "file" else folder).chmod(0)
    for name in ("show", "missing", "get"):
        error = error_of(stranger.without("--baseline").run(name, "--baseline", path), name)
        assert error.startswith(f"cannot read the baseline {path}: ")
    folder.chmod(0o755)


CONFIGS = {
    "no toml": ("redact = \n", "line 1"),
    "no string": ('redact = "secrets\n', "line 1"),
    "unknown setting": ("extra_age = 3\n", "extra_age"),
    "unknown mode": ('redact = "some"\n', "redact"),
    "mode of another type": ("redact = 1\n", "redact"),
    "mode that is a list": ("redact = []\n", "redact"),
    "age that is text": ('extra_min_age = "60"\n', "extra_min_age"),
    "age that is true": ("extra_min_age = true\n", "extra_min_age"),
    "age that is negative": ("extra_min_age = -1\n", "extra_min_age"),
    "age that is no number": ("extra_min_age = nan\n", "extra_min_age"),
    "rules that are a table": ('[rule]\nmatch = "a"\n', "[[rule]]"),
    "rule that is text": ('rule = ["a"]\n', "[[rule]]"),
    "no condition": (f"{RULE}[[rule]]\nkeep = true\n", "rule 2"),
    "no action": ('[[rule]]\nmatch = "a"\n', "rule 1"),
    "two actions": (f"{RULE}keep = true\n", "rule 1"),
    "unknown key": (f"{RULE}mach = 'x'\n", "mach"),
    "unknown scope": ('[[rule]]\nmatch = "a"\nignore = "all"\n', "ignore"),
    "scope that is a list": ('[[rule]]\nmatch = "a"\nignore = ["self"]\n', "ignore"),
    "wrong regex": ('[[rule]]\nregex = "("\nkeep = true\n', "regex"),
    "match that is a number": ("[[rule]]\nmatch = 1\nkeep = true\n", "match"),
    "wrong group": ('[[rule]]\nmatch = "a"\nreplace = ["a", "\\\\1"]\n', "rule 1"),
    "half a replace": ('[[rule]]\nmatch = "a"\nreplace = ["a"]\n', "replace"),
    "false action": ('[[rule]]\nmatch = "a"\nkeep = false\n', "keep"),
    "text with a newline": ('["a\\nb"]\n', "unknown setting"),
}


@pytest.mark.parametrize("why", CONFIGS)
def test_a_wrong_configuration(good: Program, why: str) -> None:
    text, what = CONFIGS[why]
    good.config.write_text(text)
    (error,) = errors(good, NEED_CONFIG)
    assert error.startswith(f"{good.config}: ")
    assert what in error


@pytest.mark.parametrize("why", ["no toml", "wrong regex", "unknown setting", "two actions"])
def test_a_wrong_file_of_rules(good: Program, why: str) -> None:
    folder = good.folder / "rules.d"
    folder.mkdir()
    (folder / "10-good.toml").write_text(RULE)
    (folder / "20-wrong.toml").write_text(CONFIGS[why][0])
    (error,) = errors(good, NEED_CONFIG)
    assert error.startswith(f"{folder / '20-wrong.toml'}: ")


def _unsafe_mode(path: Path) -> None:
    path.chmod(0o666)


def _group_can_write(path: Path) -> None:
    path.chmod(0o664)


def _unsafe_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _absent(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir(mode=0o755)


def _no_text(path: Path) -> None:
    path.write_bytes(b"# caf\xe9\n")


SPOILERS = (_unsafe_mode, _group_can_write, _unsafe_folder, _absent, _folder, _no_text)


@pytest.mark.parametrize("spoil", SPOILERS)
def test_a_configuration_that_is_unsafe_or_unreadable(
    good: Program, spoil: Callable[[Path], None]
) -> None:
    spoil(good.config)
    found = errors(good, NEED_CONFIG)
    assert all(str(good.config.parent) in error for error in found)
    # The baseline is in the same folder, and some commands read it first.
    assert len(found) == (2 if spoil is _unsafe_folder else 1)


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_configuration_of_somebody_else(good: Program, what: str) -> None:
    path = good.config if what == "file" else good.config.parent
    os.chown(path, NOBODY, -1)
    found = errors(good, NEED_CONFIG)
    os.chown(path, 0, -1)
    assert all(str(path) in error and str(NOBODY) in error for error in found)
    assert len(found) == (2 if what == "folder" else 1)


@pytest.mark.usefixtures("root")
def test_a_link_to_an_unsafe_configuration(good: Program, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    other.mkdir()
    (other / "config.toml").write_text(RULE)
    good.config.unlink()
    good.config.symlink_to(other / "config.toml")
    assert good.run("show").code in (0, 1)
    os.chown(other, NOBODY, -1)
    assert errors(good, NEED_CONFIG)


SNAPSHOTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no process"),
    "blank": (b"\n\n", "no process"),
    "no json": (b"root 1 0 /sbin/init\n", "line 1"),
    "a list": (b"[]\n", "line 1"),
    "a deep list": (b"[" * 100_000, "line 1"),
    "a number": (b"1\n", "line 1"),
    "an empty object": (b"{}\n", "line 1"),
    "no utf-8": (b'{"caf\xe9": 1}\n', "UTF-8"),
    "binary junk": (JUNK, "UTF-8"),
}


@pytest.mark.parametrize("why", SNAPSHOTS)
def test_a_snapshot_that_is_none(good: Program, tmp_path: Path, why: str) -> None:
    data, what = SNAPSHOTS[why]
    (tmp_path / "snapshot").write_bytes(data)
    before = good.baseline.read_bytes()
    (error,) = errors(good, (*NEED_SNAPSHOT, "snapshot"))
    assert str(tmp_path / "snapshot") in error
    assert what in error
    assert good.baseline.read_bytes() == before


VALUES = ("null", '"x"', "-1", "[1]", "1e999", "NaN", "true", "{}", "1" * 400, "1" * 5000)
FIELDS = ("pid", "ppid", "uid", "user", "name", "cmdline", "state", "started", "cpu", "rss")


@pytest.mark.parametrize("field", FIELDS)
def test_a_snapshot_with_a_wrong_value_is_never_a_traceback(good: Program, field: str) -> None:
    lines = (good.folder / "snapshot").read_text().split("\n")
    head, _, tail = lines[1].partition(f'"{field}": ')
    end = tail.index("]") + 1 if field == "cmdline" else tail.index(",")
    paths = [good.folder / f"value{number}" for number in range(len(VALUES))]
    for path, value in zip(paths, VALUES):
        path.write_text(f'{lines[0]}\n{head}"{field}": {value}{tail[end:]}\n')
    for path, result in zip(paths, good.each(("get", "--snapshot", path) for path in paths)):
        if result.code == 0:
            assert result.ok().json()["error"] == ""
        else:
            error = error_of(result, "get")
            assert error.startswith(f"{path}: line 2: "), error


def test_a_snapshot_that_is_cut_off_inside_a_line(good: Program) -> None:
    whole, last = (good.folder / "snapshot").read_bytes().splitlines()[-2:]
    inside = range(1, len(last))
    paths = [good.folder / f"cut{end}" for end in inside]
    for end, path in zip(inside, paths):
        path.write_bytes(whole + b"\n" + last[:end])
    for path in paths:
        with pytest.raises(SnapshotError, match=re.escape(str(path))):
            read_recorded(str(path))
    some = paths[::9]
    for path, result in zip(some, good.each(("--snapshot", path, "dump") for path in some)):
        assert str(path) in error_of(result, "dump")


@pytest.mark.parametrize("what", ["missing", "folder", "below a file"])
def test_a_snapshot_that_cannot_be_read(good: Program, what: str) -> None:
    places = {"missing": "none", "folder": ".", "below a file": "config.toml/x"}
    path = good.folder / places[what]
    (error,) = errors(good.replaying(path), NEED_SNAPSHOT)
    assert error.startswith(f"cannot read {path}: ")


def test_a_daemon_that_the_baseline_does_not_hold(good: Program) -> None:
    for name in ("cron-00000000", "", "-x", "a\nb", "x" * 5000, "$(id)", "\udcff"):
        error = error_of(good.run("count", "--", os.fsencode(name)), "count")
        assert "discover" in error
        assert len(error) < 500


def test_a_file_name_with_odd_characters_stays_on_its_line(good: Program) -> None:
    name = os.fsencode(good.folder) + b"/a\nb\x1b[1m\xff"
    for command in ("show", "get"):
        error = error_of(good.without("--baseline").run("--baseline", name, command), command)
        assert r"a\nb\x1b[1m\xff" in error


def test_a_baseline_with_an_odd_name_is_as_good_as_any(good: Program) -> None:
    name = os.fsencode(good.folder) + b"/a\nb\x1b[1m\xff"
    other = good.without("--baseline").with_options(
        *good.without("--baseline").options, "--baseline", name
    )
    done = other.run("write").ok()
    assert done.lines == [rf"Wrote to {good.folder}/a\nb\x1b[1m\xff"]
    assert other.run("show").ok().out == ""
    assert other.run("get").ok().json()["error"] == ""
