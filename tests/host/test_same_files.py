"""Two paths: one file or two."""

from __future__ import annotations

from pathlib import Path

from psdiff_zbx.host.same_files import are_two_files


def test_two_files_are_told_from_one_by_two_paths(tmp_path: Path) -> None:
    one, other, link = (str(tmp_path / name) for name in ("one", "other", "link"))
    Path(one).touch()
    assert not are_two_files(one, other)  # the second is not there
    Path(other).touch()
    Path(link).symlink_to(one)
    assert are_two_files(one, other)
    assert not are_two_files(one, link)
    assert not are_two_files(one, "\0")
