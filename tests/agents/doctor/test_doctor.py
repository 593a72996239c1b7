"""What the doctor makes of what it has seen."""

from __future__ import annotations

import json
import os
import re
import stat
from typing import Optional

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.agents.configuration import Configuration, Setting
from psdiff_zbx.agents.doctor import doctor, host, selinux
from psdiff_zbx.agents.doctor.agent_files import check_agent, has_keys
from psdiff_zbx.agents.doctor.baseline import age
from psdiff_zbx.agents.doctor.document import (
    Answer,
    Patience,
    check_time,
    parse_answer,
)
from psdiff_zbx.agents.doctor.findings import (
    OK,
    UNKNOWN,
    WARNING,
    WRONG,
    Finding,
)
from psdiff_zbx.agents.doctor.running_agent import compare_answers
from psdiff_zbx.agents.installed import Installed
from psdiff_zbx.agents.run_as import (
    Account,
    AccountError,
    Ran,
    may_enter,
)
from psdiff_zbx.core.document import document, failure
from psdiff_zbx.core.item_keys import METRICS
from psdiff_zbx.core.model import Comparison
from psdiff_zbx.host.monitor import Monitor
from tests.builders import process, state

MAIN = "/etc/zabbix/zabbix_agent2.conf"
OURS = "/etc/zabbix/zabbix_agent2.d/psdiff_zbx.conf"
PROGRAM = ["/bin/sh"]  # any program will do that is there
KEYS = [f"UserParameter={metric.key},/bin/sh {metric.command}" for metric in METRICS]
PLUGIN = "Plugins.PsdiffZbx.System.Path=/bin/true"  # as good as ours: it stands beside sh


def agent(*lines: str, kind: str = "agent2") -> Installed:
    """One whose file of ours has these lines."""
    pairs = [(number, *line.partition("=")[::2]) for number, line in enumerate(lines, 1)]
    settings = tuple(Setting(name, value, OURS, number) for number, name, value in pairs)
    found = Configuration(MAIN, settings)
    return Installed(kind, f"/usr/sbin/zabbix_{kind}", found, "zabbix", f"zabbix-{kind}", 4711)


def answer(seconds: float = 0.1, missing: int = 0, look: float = 0.05, number: int = 9) -> Answer:
    return Answer(seconds, "", look, number, missing, 0)


@pytest.mark.parametrize(
    ("lines", "statuses", "words_of_it"),
    [
        (KEYS, [OK], f"item keys by UserParameters in {OURS}"),
        ([PLUGIN], [OK], f"item keys by plugin in {OURS}"),
        ([], [WRONG], f"no file that {MAIN} includes"),
        (["Timeout=3"], [WRONG], "has the item keys"),
        (
            [*KEYS, KEYS[0]],
            [WRONG],
            f"psdiff.get is defined twice, .*: {OURS} line 1 and .* line 7",
        ),
        ([*KEYS, KEYS[2]], [WRONG], "psdiff.count is defined twice"),
        ([*KEYS, PLUGIN], [WRONG], r"plugin \(.* line 7\) and UserParameters \(.* line 1\)"),
        ([*KEYS, "Plugins.PsdiffZbx.MinAge=3"], [OK], "item keys by UserParameters"),
        (KEYS[:-1], [WARNING], "psdiff.version not among the UserParameters"),
        (["UserParameter=psdiff.get,/bin/sh", *KEYS[1:]], [OK], "item keys"),
        (["UserParameter=psdiff.get,sh get", *KEYS[1:]], [OK], "item keys"),
        (
            ["UserParameter=psdiff.get,/srv/sh get", *KEYS[1:]],
            [WRONG],
            "runs /srv/sh get, which is not there",
        ),
        (["UserParameter=psdiff.get,'", *KEYS[1:]], [WRONG], "runs ', which is not there"),
        (["UserParameter=psdiff.get", *KEYS[1:]], [WRONG], "runs , which is not there"),
        (
            ["Plugins.PsdiffZbx.System.Path=/srv/x"],
            [WRONG],
            "runs /srv/x, which is not there, with",
        ),
        (["DenyKey=psdiff.get", *KEYS], [OK, WRONG], "item keys"),
        (["DenyKey=psdiff.extra", *KEYS], [OK, WARNING], "item keys"),
        (["UnsafeUserParameters=1", *KEYS], [OK, WARNING], "item keys"),
        (["UnsafeUserParameters=1", "UnsafeUserParameters=0", *KEYS], [OK], "item keys"),
    ],
)
def test_a_configuration(lines: list[str], statuses: list[str], words_of_it: str) -> None:
    found = [*check_agent(agent(*lines), PROGRAM)]
    assert [each.status for each in found] == statuses, found
    assert re.search(words_of_it, found[0].text), found


def test_only_agent_2_has_plugins() -> None:
    (found,) = check_agent(agent(PLUGIN, kind="agentd"), PROGRAM)
    assert (found.status, found.name) == (WRONG, "zabbix_agentd")
    assert "is for a plugin" in found.text


@pytest.mark.parametrize(
    ("lines", "refused", "remedy"),
    [
        (
            ["DenyKey=*"],
            "psdiff.get, psdiff.discovery, psdiff.count[id], psdiff.missing",
            "before that line: 'sed -i \"1i AllowKey=",
        ),
        (["AllowKey=psdiff.*", "DenyKey=*"], "psdiff.count[id]", 'sed -i "1i '),
        (["DenyKey=psdiff.*[*]"], "psdiff.count[id]", "AllowKey=psdiff.*[*]"),
    ],
)
def test_refused_keys(lines: list[str], refused: str, remedy: str) -> None:
    found = [each for each in check_agent(agent(*lines, *KEYS), PROGRAM) if each.name == "access"]
    assert f"refuses {refused}" in found[0].text
    assert remedy in found[0].remedy


@pytest.mark.parametrize(
    ("lines", "expected"), [(KEYS, True), ([PLUGIN], True), (KEYS[1:], False), ([], False)]
)
def test_an_agent_that_knows_of_psdiff(lines: list[str], expected: bool) -> None:
    assert has_keys(agent(*lines)) == expected


def test_further_agents_are_looked_at_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """One without the keys may be meant for something else."""
    without, with_keys = (
        each._replace(is_further=True) for each in (agent(), agent(*KEYS, KEYS[0]))
    )
    other = agent(kind="agentd")
    monkeypatch.setattr(doctor, "further_agents", lambda: [without, with_keys, other])
    monkeypatch.setattr(doctor, "find_agents", list)
    first, second = doctor._further({"agent2"}, PROGRAM, doctor._Seen(Monitor(), None, False))
    assert (first.status, first.text) == (
        UNKNOWN,
        f"zabbix_agent2 by {MAIN} runs without the item keys",
    )
    assert (second.status, "defined twice" in second.text) == (WRONG, True)


def test_what_to_do_about_late_answers_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Finding("keys", WRONG, "zabbix_agentd: Timeout while executing a shell script.", "x")
    monkeypatch.setattr(doctor, "find_agents", list)
    monkeypatch.setattr(doctor, "check_keys", lambda *_: late)
    seen = doctor._Seen(Monitor(), answer(), is_late=True)
    assert doctor._keys(agent(), seen).status == UNKNOWN
    assert doctor._keys(agent(), seen._replace(is_late=False)) == late
    monkeypatch.setattr(doctor, "check_keys", lambda *_: late._replace(text="confined"))
    assert doctor._keys(agent(), seen).status == WRONG


STARTS = Patience(3, stays=False, config="/etc/psdiff-zbx/config.toml")
STAYS = Patience(3, stays=True)


@pytest.mark.parametrize(
    ("answers", "retry", "patience", "status", "text"),
    [
        ([answer()] * 3, 2, STARTS, OK, "0 missing, 0 extra, in 0.10 s of the agent's Timeout=3"),
        ([answer(s) for s in (0.1, 9, 0.2)], 0, STARTS, OK, "in 0.20 s"),
        ([answer(1.6)] * 3, 1, STARTS, WARNING, "in 1.60 s"),
        ([answer(3.1)] * 3, 2, STARTS, WRONG, "in 3.10 s"),
        ([answer(1.6)] * 3, 2, STARTS, WRONG, "in 1.60 s of .*but in 3.5[0-9]* s when"),
        ([answer()] * 3, 5, STARTS, WRONG, "but in 5.[01] s when something is missing"),
        ([answer(5.1, missing=2)], 5, STARTS, WRONG, "2 missing, .* in 0.15 s .*but in 5.1 s"),
        ([answer(2.1, missing=2)], 2, STARTS, OK, "2 missing, 0 extra, in 0.15 s"),
        ([answer(9)] * 3, 5, STAYS, OK, "in 0.05 s"),
        ([answer(9, look=2)] * 3, 5, STAYS, WARNING, "in 2.00 s"),
        ([answer(9, look=4)] * 3, 5, STAYS, WRONG, "in 4.00 s"),
        ([Answer(1, "too bad; write")], 5, STAYS, WRONG, "too bad"),
    ],
)
def test_the_time_of_answers(
    answers: list[Answer], retry: float, patience: Patience, status: str, text: str
) -> None:
    found = check_time(answers, retry, patience)
    assert found.status == status, found
    assert re.search(text, found.text), found


@pytest.mark.parametrize(("seconds", "wanted"), [(1.6, 5), (4, 12), (20, 30)])
def test_a_longer_timeout_is_one_that_agents_accept(seconds: float, wanted: int) -> None:
    remedy = check_time([answer(seconds)], 0, STARTS).remedy
    assert remedy.startswith(f"set Timeout={wanted}; ")
    assert f"{{$PSDIFF.TIMEOUT}}={wanted}s" in remedy


@pytest.mark.parametrize(
    ("lines", "retry", "command"),
    [
        (["Timeout=1"], 2, rf"""'sed -i "s/^\s*Timeout\s*=.*/Timeout=5/" {OURS}', then """),
        ([], 5, r"""'sed -i "s/^\s*missing_retry\s*=.*/missing_retry = 2/" /etc/psdiff-zbx/c"""),
        (["Timeout=1"], 5, "Timeout=6/"),
        (["Timeout=9"], 20, "missing_retry = 8/"),
    ],
)
def test_what_is_too_long_or_too_short_is_set_back(
    lines: list[str], retry: float, command: str
) -> None:
    found = agent(*lines)
    patience = STARTS._replace(timeout=doctor.timeout(found), agent=found)
    assert command in check_time([answer()], retry, patience).remedy


def test_a_timeout_that_is_not_set_is_set_in_the_main_file() -> None:
    patience = STARTS._replace(agent=agent())
    assert f"'echo Timeout=5 >> {MAIN}', then " in patience.longer(1)


def test_a_document_is_an_answer() -> None:
    text = document(state(Comparison((), (), ())))
    assert parse_answer(text, 0.2) == Answer(0.2, "", 0.031, 267, 0, 0)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (failure("no baseline", 0.1), "no baseline"),
        ("", "no document of psdiff.get, but ''"),
        ("sh: 1: psdiff-zbx: not found\n", "but 'sh: 1: psdiff-zbx: not found'"),
        ("[]", "but '[]'"),
        ("7", "but '7'"),
        (json.dumps({"error": ""}), "no document of psdiff.get"),
        ("x" * 5000, "x" * 200 + "'"),
    ],
)
def test_what_is_no_document_is_an_error(text: str, error: str) -> None:
    found = parse_answer(text, 0.2)
    assert found.error.endswith(error) or error in found.error
    assert len(found.error) < 300


NONE: Optional[Answer] = None


@pytest.mark.parametrize(
    ("direct", "version", "told", "status", "text"),
    [
        (answer(), __version__, answer(0.2), OK, "zabbix_agent2: psdiff.get in 0.20 s, version"),
        (NONE, __version__, answer(0.2), OK, "psdiff.get in"),
        (NONE, __version__, Answer(1, "no baseline"), UNKNOWN, "answers with the error above"),
        (NONE, "sh: denied", Answer(1, "no document"), UNKNOWN, "answers with the error above"),
        (
            answer(),
            "0.9",
            answer(),
            WRONG,
            f"answers psdiff.version with 0.9; this is {__version__}",
        ),
        (answer(), __version__, Answer(1, "no baseline"), WRONG, "zabbix_agent2: no baseline"),
        (answer(number=99), __version__, answer(number=12), WRONG, "sees 12 of 99 processes"),
        (answer(number=99), __version__, answer(number=80), OK, "psdiff.get in"),
    ],
)
def test_what_the_agent_answers(
    direct: Optional[Answer], version: str, told: Answer, status: str, text: str
) -> None:
    found = compare_answers(agent(), direct, version, told, STARTS)
    assert found.status == status, found
    assert text in found.text
    assert bool(found.remedy) == (status == WRONG)


@pytest.mark.parametrize(("keys", "status"), [(OK, OK), (WRONG, WARNING), (UNKNOWN, WARNING)])
def test_selinux_is_no_trouble_where_the_agent_answers_well(keys: str, status: str) -> None:
    found = selinux.describe_context(
        "system_u:system_r:zabbix_agent_t:s0", Finding("keys", keys, "")
    )
    assert found.status == status
    assert "zabbix_agent_t" in found.text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 seconds"),
        (0, "0 seconds"),
        (1.5, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (7200, "2 hours"),
        (86400 * 400, "400 days"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("mode", "uid", "groups", "expected"),
    [
        (0o700, 0, (0,), True),
        (0o700, 7, (7,), False),
        (0o750, 7, (5,), True),
        (0o701, 7, (5,), False),  # the group's bits count for its members, not all others'
        (0o701, 7, (7,), True),
        (0o077, 3, (5,), False),
        (0o100, 3, (), True),
    ],
)
def test_who_may_enter_a_folder(
    mode: int, uid: int, groups: tuple[int, ...], expected: bool
) -> None:
    owned_by_3_5 = os.stat_result((stat.S_IFDIR | mode, 0, 0, 1, 3, 5, 0, 0, 0, 0))
    assert may_enter(owned_by_3_5, uid, groups) == expected


OURSELVES = Account("us", os.geteuid(), (os.getegid(),), ("/bin/sh", "-c"))


def test_a_command_is_run_as_agents_run_it() -> None:
    ran = OURSELVES.run("pwd; printf '%s\\n' \"$PATH\" >&2; env | wc -l; exit 3")
    assert ran.code == 3
    assert ran.out.split()[0] == "/"
    assert ran.err.startswith("/usr/local/sbin:")
    assert int(ran.out.split()[1]) <= 3  # PATH, and what sh itself adds


@pytest.mark.parametrize(
    ("ran", "error"),
    [
        (Ran(0, "1.0.0\n", "", 0.1), ""),
        (Ran(3, "", "psdiff-zbx: error: no baseline\n", 0.1), "no baseline"),
        (
            Ran(1, "", "Traceback …\n  x\nModuleNotFoundError: psutil\n", 0),
            "ModuleNotFoundError: psutil",
        ),
        (Ran(126, "denied\n", "", 0.1), "denied"),
    ],
)
def test_why_a_command_failed(ran: Ran, error: str) -> None:
    assert ran.error == error


def test_a_program_that_is_not_there() -> None:
    with pytest.raises(AccountError, match="cannot run /no/such: No such file or directory"):
        OURSELVES._replace(command=("/no/such",)).run("version")


def test_users_whom_the_agents_user_knows_by_other_names() -> None:
    """Say, because its container has no /etc/passwd."""
    ours = [process(5, "cron -f"), process(6, "app", uid=1000, user="app")]
    theirs = [ours[0], ours[1]._replace(user="1000")]
    (found,) = host.check_users(OURSELVES, theirs, ours)
    assert found.is_wrong
    assert "sees user 1000 where we see app" in found.text
    assert [*host.check_users(OURSELVES, ours, ours)] == []
    assert [*host.check_users(OURSELVES, [theirs[1]._replace(pid=7)], ours)] == []
