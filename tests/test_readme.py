"""What the README tells people to type is right, and so is what it says will come of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import List

from psdiff_zbx.cli.command_table import GROUPS
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.rules.cgroup import recorded
from psdiff_zbx.core.rules.explain import Explainer
from psdiff_zbx.core.rules.explain_text import at_length
from psdiff_zbx.core.settings import Settings
from psdiff_zbx.core.tree import build
from psdiff_zbx.host.config import load_config
from tests.builders import INIT, process, tree
from tests.files import TOP, refused, write

README = TOP.joinpath("README.md").read_text(encoding="utf-8")
CONFIGURATION = "/etc/psdiff-zbx/config.toml"


def block(kind: str, word: str) -> str:
    """The first block of code of a kind that holds a word."""
    blocks = re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)
    return next(str(text) for text in blocks if word in text)


def test_the_example_of_a_configuration_is_one(etc: Path) -> None:
    found = load_config(write(etc / "config.toml", block("toml", "[[rule]]")))
    assert found.settings == Settings(redact_words=("ticket",))
    assert [rule.number for rule in found.rules.rows[:4]] == [1, 2, 3, 1]


def test_a_rule_of_the_example_is_explained_as_it_says(etc: Path) -> None:
    rules = load_config(write(etc / "config.toml", block("toml", "[[rule]]"))).rules
    told = block("console", "psdiff-zbx explain --cmdline").splitlines()
    command = re.fullmatch(r"\$ psdiff-zbx explain --cmdline '(.*)' --user (\w+)", told[0])
    assert command is not None
    live = build([INIT, process(9, "/usr/bin/myapp -d", user="myapp")])
    known = compare(tree("/usr/bin/myapp -d  {user=myapp}"), live)
    explainer = Explainer(rules, recorded, live, live, known, "", 60, "")
    found: List[str] = list(at_length(explainer.command(command[2], command[1]), lambda t, _: t))
    assert [line.replace(str(etc / "config.toml"), CONFIGURATION) for line in found] == told[1:]


def test_a_wrong_rule_is_refused_as_it_says(etc: Path) -> None:
    told = block("console", "rule 2: unknown key").splitlines()[1]
    start = told[: told.index("…")].removeprefix("psdiff-zbx: error: ")
    wrong = '[[rule]]\nmatch = "a"\nkeep = true\n[[rule]]\nmtach = "b"\nkeep = true\n'
    error = refused(write(etc / "config.toml", wrong))
    assert error.replace(str(etc / "config.toml"), CONFIGURATION).startswith(start)


def test_every_command_is_mentioned() -> None:
    names = [row.name for rows in GROUPS.values() for row in rows]
    assert [
        name for name in names if not re.search(rf"(?:psdiff-zbx |`){name}(?![\w-])", README)
    ] == []
