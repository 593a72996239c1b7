"""What the packages put where: on a disk of ours, run by this Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import tomli

import psdiff_zbx
from psdiff_zbx.core.rules.parse import parse_rules
from psdiff_zbx.core.settings import RULE_TABLES, Settings, parse_settings
from tests.files import TOP
from tests.test_readme import links, resolves
from tools.packages import contents
from tools.packages.contents import SHARE


def test_the_configuration_says_what_holds_without_it() -> None:
    text = contents.OWN.joinpath("config.toml").read_text()
    rows = [row.removeprefix("# ") for row in text.split("\n\n", 1)[1].splitlines()]
    table = tomli.loads("\n".join(rows))
    assert parse_settings(table, "config.toml") == Settings()
    assert set(table) == {*Settings._fields, RULE_TABLES}
    assert len([*parse_rules(table[RULE_TABLES], "config.toml")]) == 1


def test_all_modules_and_templates_are_in_it() -> None:
    paths = {entry.path for entry in contents.contents("vendor-completions")}
    files = [*TOP.glob("psdiff_zbx/**/*.py"), *TOP.glob("templates/*/*.xml")]
    assert len(files) > 100
    assert {f"{SHARE}/{path.relative_to(TOP)}" for path in files} <= paths


@pytest.mark.parametrize("name", contents.PROGRAMS)
def test_the_programs_run_on_their_own(tmp_path: Path, name: str) -> None:
    """This Python has psdiff_zbx elsewhere, and is told to forget about it."""
    contents.put(contents.contents("site-functions"), tmp_path, when=1)
    base = sys._base_executable  # type: ignore[attr-defined]
    command = (base, "-IB", f"{tmp_path}/usr/bin/{name}", "--version")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"{name} {psdiff_zbx.__version__}\n", "")
    assert not list(tmp_path.rglob("__pycache__"))


def test_no_link_of_the_guides_leads_nowhere(tmp_path: Path) -> None:
    contents.put(contents.contents("site-functions"), tmp_path, when=1)
    guides = [*tmp_path.joinpath(contents.DOC.lstrip("/")).rglob("*.md")]
    found = [(guide, link) for guide in guides for link in links(guide)]
    assert len(guides) > 3
    assert len(found) > 20
    assert [each for each in found if not resolves(*each)] == []
