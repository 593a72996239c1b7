"""What the agents run with the rules of `setup --remote-accept`, of `--remote-start`, and of both:
one program with one word."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from psdiff_zbx.agents.remote.rights import ACCEPT, PROGRAM, RIGHTS, START
from tests.zabbix.agents import KINDS, Agent
from tests.zabbix.packages import USER, VERSIONS
from tests.zabbix.test_access import is_denied

pytestmark = pytest.mark.zabbix

# It prints its arguments, each between < and >.
PRINT = "#!/bin/sh\nprintf '<%s>' \"$@\"\n"
# Of each of these the program gets the text in quotes, as one word; by the right to start alone,
# what follows "start ".
WORDS = [
    "show",
    "accept Admin",
    "",
    "a,b]",
    "; touch MARK",
    "$(touch MARK) `touch MARK` $HOME ~",
    "a\ntouch MARK\n",
    "\\",
    "\\047; touch MARK; \\047",
    '"; touch MARK; "',
    "’; touch MARK; ’",
    "--help",
    "a & touch MARK | touch MARK > MARK # *",
    "{HOST.NAME} %n \t é 😀",
    "x" * 5000,
]
COMMANDS = [
    "touch MARK",
    "id",
    "PROGRAM",
    "PROGRAM remote",
    "PROGRAM remote show",
    "PROGRAM remote 'a",
    "PROGRAM remote 'a' ; touch MARK",
    "PROGRAM remote 'a'; touch MARK #'",
    "PROGRAM remote ''; touch MARK; ''",
    "PROGRAM remote 'a'; touch MARK; 'b'",
    "PROGRAM remote 'a'>MARK'",
    "PROGRAM remote 'a\\'; touch MARK; '",
    "PROGRAM remote 'accept o'brien'",
    "PROGRAM remote 'accept o'\\''brien'",
    "PROGRAM remote\t'a'",
    "PROGRAM remote  'a'",
    "PROGRAM accept --remote 'a'",
    "touch MARK; PROGRAM remote 'a'",
    " PROGRAM remote 'a'",
    "\nPROGRAM remote 'a'",
    "./PROGRAM remote 'a'",
]
KEYS = [
    "system.run[touch MARK]",
    "system.run[]",
    "system.run[PROGRAM remote 'a';touch MARK]",
    "system.run[PROGRAM remote 'a',nowait]",
    "system.run[PROGRAM remote 'a',wait]",
    "system.run[PROGRAM remote 'a',]",
    "system.run[PROGRAM remote 'a','b']",
    "system.run[touch MARK,PROGRAM remote 'a']",
    "system.run[[touch MARK],PROGRAM remote 'a']",
    "system.run[[touch MARK,PROGRAM remote 'a']]",
    'system.run["touch MARK","nowait"]',
]


# What the server itself runs by the right to start, and does not wait for.
UNATTENDED = "system.run[PROGRAM remote 'start Zabbix',nowait]"
NOT_UNATTENDED = [
    "system.run[PROGRAM remote 'start a'; touch MARK,nowait]",
    "system.run[PROGRAM remote 'start a'; touch MARK; 'b',nowait]",
    "system.run[\"PROGRAM remote 'start a'; touch MARK; 'b'\",\"nowait\"]",
    "system.run[PROGRAM remote 'start a'\n touch MARK '',nowait]",
    "system.run[PROGRAM remote 'start a',nowait,]",
    "system.run[PROGRAM remote 'start a',wait]",
    "system.run[PROGRAM remote 'start a',]",
    "system.run[PROGRAM remote 'accept a',nowait]",
    "system.run[PROGRAM remote 'show',nowait]",
    "system.run[PROGRAM remote 'started',nowait]",
    "system.run[touch MARK,nowait]",
]


class Host:
    """An agent with the rules, for a program that prints its arguments; and a folder in which
    whoever got further would leave a mark."""

    def __init__(self, agent: Agent, program: Path, mark: Path, given: str) -> None:
        self.agent, self._program, self._mark = agent, program, mark
        self.begins, self.starts = SETS[given][1], START in SETS[given][0]

    def get(self, key: str) -> str:
        """The answer, when there is no mark after it."""
        answer = self.agent.get(self.filled(key))
        assert not self._mark.exists(), key
        return answer

    def run(self, command: str) -> str:
        """A command as the server sends it."""
        quoted = command.replace('"', '\\"')
        return self.get(f'system.run["{quoted}"]')

    def filled(self, text: str) -> str:
        return text.replace("PROGRAM", str(self._program)).replace("MARK", str(self._mark))


# The beginnings of what each set of rules lets pass.
SETS = {"accept": ((ACCEPT,), ""), "start": ((START,), "start "), "both": (RIGHTS, "")}


@pytest.fixture(
    scope="module",
    params=[(kind, version, given) for version in VERSIONS for kind in KINDS for given in SETS],
    ids="-".join,
)
def watched(request: pytest.FixtureRequest, folder: Path) -> Iterator[Host]:
    kind, version, given = request.param
    place = folder / "remote"
    marks = place / "marks"
    marks.mkdir(parents=True)
    shutil.chown(marks, USER)
    program = place / "psdiff-zbx"
    program.write_text(PRINT)
    program.chmod(0o755)
    for right in SETS[given][0]:
        rules = place / right.agent_file
        text = right.agent_rules.replace(PROGRAM, str(program))
        rules.write_text(text, encoding="utf-8")
    with Agent(kind, version, place / "*.conf") as agent:
        yield Host(agent, program, marks / "mark", given)
    shutil.rmtree(place)


def test_the_mark_shows_what_ran(folder: Path) -> None:
    """With AllowKey alone, and no DenyKey before it, other commands run."""
    careless = folder / "careless.conf"
    careless.write_text("AllowKey=system.run[echo '*']\n")
    with Agent("agentd", VERSIONS[0], careless) as agent:
        assert agent.get("system.run[echo 'a'; echo 'b']") == "a\nb"


@pytest.mark.parametrize("word", WORDS, ids=lambda word: repr(word[:20]))
def test_a_word_is_one_word(watched: Host, word: str) -> None:
    word = f"{watched.begins}{word}"
    found = watched.run(f"PROGRAM remote '{word}'")
    assert found == watched.filled(f"<remote><{word}>")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_other_command_runs(watched: Host, command: str) -> None:
    assert is_denied(watched.run(command))
    begins = command.replace("remote 'a", "remote 'start a").replace("'accept", "'start")
    assert is_denied(watched.run(begins))


def test_the_right_to_start_is_no_right_to_accept(watched: Host) -> None:
    for word in ("show", "accept Admin", "start", "started x", "", " start x"):
        answer = watched.run(f"PROGRAM remote '{word}'")
        assert is_denied(answer) is bool(watched.begins)


@pytest.mark.parametrize("key", KEYS)
def test_no_other_key_runs(watched: Host, key: str) -> None:
    assert is_denied(watched.get(key))


@pytest.mark.parametrize("key", NOT_UNATTENDED)
def test_no_other_key_runs_unattended(watched: Host, key: str) -> None:
    assert is_denied(watched.get(key))


def test_the_server_starts_by_itself(watched: Host) -> None:
    assert is_denied(watched.get(UNATTENDED)) is not watched.starts


def test_all_else_is_answered(watched: Host) -> None:
    assert watched.get("agent.ping") == "1"
    assert watched.get("system.uptime").isdecimal()
