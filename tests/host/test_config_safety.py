"""Configuration files that others could have written are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from psdiff_zbx.host.config import load_config
from psdiff_zbx.host.trusted_files import read_safely
from tests.files import refused, write


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_a_file_that_others_can_write_is_refused(etc: Path, mode: int) -> None:
    path = write(etc / "config.toml", "", mode)
    assert refused(path) == f"{path} can be written by others; 'chmod go-w {path}'"


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
def test_a_file_in_a_folder_that_others_can_write_is_refused(etc: Path, mode: int) -> None:
    path = write(etc / "config.toml", "")
    etc.chmod(mode)
    assert refused(path) == f"{etc} can be written by others; 'chmod go-w {etc}'"


def test_a_rules_folder_that_others_can_write_is_refused(etc: Path) -> None:
    write(etc / "rules.d" / "10-mine.toml", "")
    (etc / "rules.d").chmod(0o777)
    assert "rules.d can be written by others" in refused(write(etc / "config.toml", ""))


def test_a_link_to_a_safe_file_is_followed(etc: Path) -> None:
    (etc / "config.toml").symlink_to(write(etc / "real.toml", "extra_min_age = 5\n"))
    assert load_config(etc / "config.toml").settings.extra_min_age == 5


def test_a_link_to_a_file_that_others_can_write_is_refused(etc: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "open"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    (etc / "config.toml").symlink_to(write(elsewhere / "real.toml", ""))
    assert refused(etc / "config.toml").startswith(f"{elsewhere} can be written by others")


def test_a_link_that_others_can_replace_is_refused(etc: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "open"
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    (elsewhere / "config.toml").symlink_to(write(etc / "real.toml", ""))
    assert refused(elsewhere / "config.toml").startswith(f"{elsewhere} can be written by others")


def foreign(path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Make a path somebody else's: root gives it away, anybody else becomes another."""
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 12345)
    return path.stat().st_uid


def test_a_file_of_another_user_is_refused(etc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(etc / "config.toml", "")
    uid = foreign(path, monkeypatch)
    assert (
        refused(path)
        == f"{path} belongs to uid {uid}; it must belong to root: 'chown root {path}'"
    )


def test_a_file_in_a_folder_of_another_user_is_refused(
    etc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(etc / "config.toml", "")
    uid = foreign(etc, monkeypatch)
    assert f"belongs to uid {uid}; it must belong to root" in refused(path)


def test_a_file_of_roots_is_read_by_anybody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert read_safely(Path("/etc/passwd")).startswith("root:")
