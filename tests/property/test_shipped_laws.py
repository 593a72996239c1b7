"""Laws of the shipped rules, for the command lines that they know with anything put into them."""

from __future__ import annotations

from typing import Any, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core.line import escape
from psdiff_zbx.core.model import Process
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.rule import Subject
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import build
from psdiff_zbx.host.config import shipped_rules
from tests.builders import INIT, bare, process
from tests.core.rules.test_rules_lines import (
    APART,
    ROWS,
    SAME,
    row,
)
from tests.core.rules.test_shipped import SAMPLES
from tests.property import strategies as some
from tests.property.cost import cost
from tests.property.strategies import law
from tests.sampling import EACH

SETTINGS = {name: Rules(shipped_rules(name)) for name in ("ignore", "watch")}
KNOWN = sorted(
    {text for _, text in SAMPLES}
    | {row(line)[1].cmdline for line in ROWS}
    | {cmdline for block in [*APART, *SAME] for cmdline in block}
)
WORDS = sorted({word for cmdline in KNOWN for word in cmdline.split(" ")})
CGROUPS = sorted({str(row(line)[1].cgroup) for line in ROWS})
# What a rule could stumble over: placeholders, ends of options, versions, temporary names.
PARTS = [
    "<ID>", "<PID>", "<TMP>", "<VERSION>", "-sf", "-st", "-x", "12", "-name", "-id", "/1.2.3/",
    "/v1.2-3.4/", "/opt/a-1.2.3-4.el8/", "/tmp/", "/tmp/tmpab12cd34", "/snap/x/12/", "worker 1",
    ":MainProcess]", "Worker-1", "[", "] (", " [", "salt-minion", "-n", "k8s_a_b-c-d_e",
]  # fmt: skip

rules = pytest.mark.parametrize("rules", SETTINGS.values(), ids=SETTINGS)
words = st.one_of(st.sampled_from(WORDS), st.sampled_from(PARTS), some.words)


@st.composite
def cmdlines(draw: st.DrawFn) -> str:
    """A known command line with some words put in, taken out, or run together."""
    parts = draw(st.sampled_from(KNOWN)).split(" ")
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(parts)))
        parts[place : place + draw(st.integers(0, 2))] = draw(st.lists(words, max_size=2))
    glue = draw(st.sampled_from([" ", " ", " ", "  ", ""]))
    return escape(glue.join(parts)).strip(" ") or "x"


@st.composite
def hosts(draw: st.DrawFn) -> List[Process]:
    found = [INIT]
    for pid in range(2, draw(st.integers(2, 12))):
        fields = {"user": draw(st.sampled_from(["root", "app", "uuidd"]))}
        fields["cgroup"] = draw(st.sampled_from(CGROUPS))
        fields["name"] = draw(st.sampled_from(["x", "tmux: server"]))
        found.append(process(pid, draw(cmdlines()), draw(st.integers(1, pid - 1)), **fields))
    return found


@rules
@law
@given(hosts())
def test_applying_the_rules_twice_changes_nothing(rules: Rules, found: List[Process]) -> None:
    once = apply(build(found), rules)
    assert apply(once, rules) == once


@rules
@law
@given(cmdlines())
def test_a_normalised_line_normalises_to_itself(rules: Rules, cmdline: str) -> None:
    once = rules.normalise(Subject(cmdline, "root"))
    assert rules.normalise(Subject(once, "root")) == once


@rules
@law
@given(hosts())
def test_a_baseline_is_read_as_it_was_written(rules: Rules, found: List[Process]) -> None:
    stored = bare(apply(build(found), rules))
    assert bare(apply(stored, rules)) == stored


@rules
@law
@given(hosts(), st.randoms(use_true_random=False))
def test_the_order_of_processes_does_not_matter(
    rules: Rules, found: List[Process], random: Any
) -> None:
    shuffled = random.sample(found, len(found))
    assert apply(build(shuffled), rules) == apply(build(found), rules)


# 20 kB, made of what the expressions look for: nothing may take the square of it.
PIECES = [
    "a", "1", "/", "-", ".", "a ", "/a", "-1", "1.", "/1.1", "-1.1", "/tmp/", "/tmp/a.", "/tmp/a",
    "/snap/a/1", "/nix/store/", "0123456789abcdef", "0 ", " -sf 1", " -x", " -x a", " -name",
    " -name a", " -id 1", "python", "/python ", "python3 ", "worker ", " -m", " celery", "uWSGI ",
    "uWSGI worker ", "uWSGI worker 1", "salt-minion", "salt-minion ", "(", "[", " [", "] (",
    "--ppid", " --ppid", "--ppid 1 ", " [listener] 1 of 1", "/systemd-private-", " -", " --", "_",
    "-n a", " -n a", "k8s_a_", "/libvirt/qemu/", "/elastic-agent-", "/elastic-agent-1.", "su ",
    "bash -c ", "postgres", "/postgres", "/gunicorn", "exim", "x86_64.", ":MainProcess] ",
    "Worker-1", "/docker-proxy ", " -host-port 3", " /netns-", "1111111111111111111",
]  # fmt: skip
STARTS = [
    "", "/", "/usr/sbin/haproxy ", "/usr/bin/kvm ", "sshd: /usr/sbin/sshd", "[celeryd: ",
    "/usr/bin/python -m celery worker ", "/usr/bin/python3 ", "sudo ", "su ", "conmon ",
    "conmon -n ", "/usr/bin/conmon ", "/usr/sbin/zabbix_proxy: ", "/opt/", "uwsgi ",
    "/usr/sbin/docker-proxy ", "containerd-shim ", "/usr/bin/pasta ", "/usr/bin/atop ", "incusd ",
    "dbus-daemon ", "podman ",
]  # fmt: skip


# Processor seconds; it takes some milliseconds.
LIMIT = 0.3


@pytest.mark.parametrize("start", STARTS)
def test_a_very_long_command_line_takes_no_longer_than_its_length(start: str) -> None:
    texts = [start + piece * (20_000 // len(piece)) for piece in PIECES[::EACH]]
    slow = {text[:80]: took for text in texts if (took := cost(judge, text, LIMIT)) > LIMIT}
    assert not slow


def judge(cmdline: str) -> None:
    for rules in SETTINGS.values():
        rules.judge(Subject(cmdline, "root", "x", "/user.slice/x"))
