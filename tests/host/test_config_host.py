"""Which files of a host are read: ours, or psdiff's."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, List

import pytest

from psdiff_zbx.core.model import ConfigError
from psdiff_zbx.core.tree import arrange, build
from psdiff_zbx.host import config
from psdiff_zbx.host.config import load_config, shipped_rules
from tests.builders import INIT, outline, process
from tests.files import write


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host's file system: the absolute paths that config.py names are below it."""

    def inside(text: str) -> Path:
        return Path(text) if text.startswith(str(tmp_path)) else tmp_path / text.lstrip("/")

    monkeypatch.setattr(config, "Path", inside)
    monkeypatch.setattr(config, "FOLDER", tmp_path / "etc" / "psdiff-zbx")
    for name in ("etc/psdiff-zbx", "etc/psdiff.d", "usr/local/etc/psdiff.d"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name).chmod(0o755)
    return tmp_path


CONF = """
class LocalFilteredProcessFormatter(FilteredProcessFormatter):
    def adjust(self, process):
        super(LocalFilteredProcessFormatter, self).adjust(process)
        process.cmdline += ' {}'
"""
MIXIN = CONF.replace(
    "LocalFilteredProcessFormatter(FilteredProcessFormatter)", "ProcessFormatterMixin"
)
MIXIN = MIXIN.replace("LocalFilteredProcessFormatter", "ProcessFormatterMixin")


def shown(path: Callable[[], config.Config] = load_config) -> List[str]:
    return outline(arrange(path().filter_tree(build([INIT, process(9, "a")])).tree))


def test_a_host_without_files_has_the_shipped_rules(host: Path) -> None:
    found = load_config()
    assert found.rules.rows == shipped_rules()
    assert shown() == ["INIT", "  a"]


def test_the_hosts_own_file_is_read(host: Path) -> None:
    write(host / "etc/psdiff-zbx/config.toml", "extra_min_age = 7\n")
    assert load_config().settings.extra_min_age == 7


def test_psdiffs_own_files_are_looked_for_in_psdiffs_order(host: Path) -> None:
    write(host / "etc/psdiff.d/20.py", MIXIN.format("20"))
    assert shown() == ["INIT", "  a 20"]
    write(host / "etc/psdiff.d/30.py", MIXIN.format("30"))
    write(host / "usr/local/etc/psdiff.d/10.py", MIXIN.format("10"))
    write(host / "etc/psdiff.d/readme.txt", "no Python")
    assert shown() == ["INIT", "  a 10 20 30"]
    write(host / "etc/psdiff.conf", CONF.format("conf"))
    assert shown() == ["INIT", "  a conf"]
    write(host / "usr/local/etc/psdiff.conf", CONF.format("local"))
    assert shown() == ["INIT", "  a local"]


def test_where_there_is_a_file_of_ours_psdiffs_are_not_read(host: Path) -> None:
    write(host / "etc/psdiff.conf", CONF.format("conf"))
    own = write(host / "own.toml", "")
    assert shown(lambda: load_config(own)) == ["INIT", "  a"]
    write(host / "etc/psdiff-zbx/config.toml", "")
    assert shown() == ["INIT", "  a"]


def test_the_packages_file_of_comments_does_not_count(host: Path) -> None:
    write(host / "etc/psdiff.conf", CONF.format("conf"))
    name, comments = host / "etc/psdiff-zbx/config.toml", '# redact = "off"\n\n'
    write(name, comments)
    assert shown() == ["INIT", "  a conf"]
    write(name, f"{comments}extra_min_age = 5\n")
    assert shown() == ["INIT", "  a"]
    write(name, comments, 0o666)
    with pytest.raises(ConfigError, match=r"config\.toml can be written by others"):
        load_config()


def test_the_digest_changes_with_psdiffs_file(host: Path) -> None:
    before = load_config().digest
    path = write(host / "etc/psdiff.conf", CONF.format("conf"))
    conf = load_config().digest
    write(path, CONF.format("other"))
    assert len({before, conf, load_config().digest}) == 3


def test_psdiffs_file_is_refused_if_others_can_write_it(host: Path) -> None:
    write(host / "etc/psdiff.conf", "import nothing_of_this_runs", 0o666)
    with pytest.raises(ConfigError, match=r"psdiff\.conf can be written by others"):
        load_config()
