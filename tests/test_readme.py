"""What the READMEs tell people to type is right, and so is what they say will come of it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Iterator, List, Set

import pytest

from psdiff_zbx.cli.command_table import GROUPS
from psdiff_zbx.core.compare import compare
from psdiff_zbx.core.rules.explain import Explainer
from psdiff_zbx.core.rules.explain_text import at_length
from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.settings import Settings
from psdiff_zbx.core.tree import build
from psdiff_zbx.host.config import load_config
from tests.builders import INIT, process, tree
from tests.files import TOP, refused, write

CONFIGURATION = "/etc/psdiff-zbx/config.toml"
MOST_LINES = 220
CODE = re.compile(r"^( *)```.*?^\1```$|`[^`]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
TITLE = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
WRITTEN = re.compile(r"(?:>|\btee )\s*(/\S+)")


def readmes() -> Iterator[Path]:
    """Those of the repository, not those of what is installed or built in it."""
    yield TOP / "README.md"
    for folder in sorted(TOP.iterdir()):
        if folder.is_dir() and folder.name[0] != "." and folder.name != "build":
            yield from sorted(folder.rglob("README.md"))


def name(path: Path) -> str:
    return str(path.relative_to(TOP))


def text(path: str) -> str:
    return TOP.joinpath(path).read_text(encoding="utf-8")


RULES = text("psdiff_zbx/core/rules/README.md")
AGENTS = text("userparameters/README.md")


def blocks(kind: str, within: str) -> List[str]:
    """All blocks of code of a kind."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", within, re.DOTALL | re.MULTILINE)


def block(kind: str, word: str) -> str:
    """The first block of code about rules that holds a word."""
    return next(found for found in blocks(kind, RULES) if word in found)


def section(title: str, within: str) -> str:
    """What stands below a title of the second level."""
    return within.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def anchors(path: Path) -> Set[str]:
    """What GitHub makes of a file's titles, as links name it."""
    shown = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    titles = (found.strip().lower() for found in TITLE.findall(shown))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def links(path: Path) -> List[str]:
    """Where a file's links to files of ours point."""
    found = LINK.findall(CODE.sub("", path.read_text("utf-8")))
    return [target for target in found if "://" not in target]


def resolves(path: Path, target: str) -> bool:
    file, _, anchor = target.partition("#")
    there = (path.parent / file).resolve() if file else path
    return there.exists() and (not anchor or anchor in anchors(there))


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
    explainer = Explainer(rules, RECORDED, live, live, known, "", 60, "")
    found: List[str] = list(at_length(explainer.command(command[2], command[1]), lambda t, _: t))
    assert [line.replace(str(etc / "config.toml"), CONFIGURATION) for line in found] == told[1:]


def test_a_wrong_rule_is_refused_as_it_says(etc: Path) -> None:
    told = block("console", "rule 2: unknown key").splitlines()[1]
    start = told[: told.index("…")].removeprefix("psdiff-zbx: error: ")
    wrong = '[[rule]]\nmatch = "a"\nkeep = true\n[[rule]]\nmtach = "b"\nkeep = true\n'
    error = refused(write(etc / "config.toml", wrong))
    assert error.replace(str(etc / "config.toml"), CONFIGURATION).startswith(start)


def test_every_command_is_mentioned() -> None:
    everything = "\n".join(text(name(path)) for path in readmes())
    commands = [row.name for rows in GROUPS.values() for row in rows]
    assert [
        command
        for command in commands
        if not re.search(rf"(?:psdiff-zbx |`){command}(?![\w-])", everything)
    ] == []


def test_the_first_one_is_short() -> None:
    assert len(text("README.md").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", readmes(), ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    assert [target for target in links(path) if not resolves(path, target)] == []


def test_there_are_links_to_check() -> None:
    found = {target for path in readmes() for target in links(path)}
    assert any("#" in target for target in found)
    assert not resolves(TOP / "README.md", "userparameters/README.md#nowhere")
    assert not resolves(TOP / "README.md", "nowhere.md")


def test_each_way_by_hand_writes_each_file_once() -> None:
    found = blocks("sh", section("Set up by hand", AGENTS))
    written = [WRITTEN.findall(each) for each in found]
    assert [names for names in written if names and max(Counter(names).values()) > 1] == []
    for command in ("psdiff-zbx userparameters >", "psdiff-zbx-agent2 --configuration >"):
        assert [command in each for each in found].count(True) == 1
