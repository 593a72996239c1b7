"""Processes, trees and rules of all kinds."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from hypothesis import settings
from hypothesis import strategies as st

from psdiff_zbx.core.model import Header, Process, Tree
from psdiff_zbx.core.rules.parse import parse_rules
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import arrange, build
from tests.builders import SHIPPED, bare

law = settings(max_examples=settings().max_examples * 3 // 5)

# What has a meaning somewhere on the way from /proc to Zabbix.
ODD = [
    "\udcff", "\ud800", "\0", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u2029",
    "\u202e", "\u2066", "\u3000", "\u00a0", "\ufeff", " ", "  ", "{user=root}", "  {user=x}",
    "{", "}", "{#X}", "#", "# end", "-", "+", '"', "\\", r"\n", "é", "日本", "😀", "root", "…",
    "] <defunct>",
]  # fmt: skip
# What the shipped rules know, and what they do not.
KNOWN = [
    "a", "b", "a b", "a -x", "/usr/sbin/cron -f", "CRON", "/usr/sbin/CRON -f", "INIT", "zfs list",
    "/usr/sbin/apache2 -k start", "php-fpm: pool www", "php-fpm: pool x", "sshd: me",
    "/usr/sbin/sshd -D", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups",
    "/usr/lib/postgresql/15/bin/postgres -D x", "postgres: checkpointer", "astcanary x 77",
    "/usr/sbin/zabbix_server: poller #1 [got 0 values]", "containerd-shim a /b/a docker-runc",
    "/usr/bin/containerd-shim-runc-v2 -id 0123", "containerd-shim -workdir /a/b",
]  # fmt: skip
USERS = ["root", "root", "www-data", "systemd-network", "1001", "a{b}", "jürgen", "a b"]
NAMES = ["cron", "sh", "", "a\nb", "\udcff"]
CGROUPS = [None, "/", "/system.slice/cron.service", "/user.slice/user-1000.slice"]

words = st.one_of(
    st.text(st.characters(), max_size=4),  # surrogates too
    st.lists(st.sampled_from(ODD), max_size=4).map("".join),
)
hostile = st.lists(words, max_size=3).map(tuple)
known = st.sampled_from(KNOWN).map(lambda text: tuple(text.split(" ")))
titles = st.sampled_from(KNOWN).map(lambda text: (text,))
readable = st.lists(st.binary(max_size=5).map(lambda raw: raw.decode("utf-8", "surrogateescape")))
from_bytes = readable.map(tuple)
cmdlines = st.one_of(known, known, titles, hostile)


@st.composite
def processes(
    draw: st.DrawFn,
    cmdline: st.SearchStrategy[Tuple[str, ...]] = cmdlines,
    max_size: int = 10,
    alive: bool = False,
) -> List[Process]:
    """Processes in any order: orphans, loops, kernel threads and zombies among them, and
    mostly a pid 1; if ``alive``, a pid 1 and no kernel threads or zombies."""
    pids = draw(st.lists(st.integers(2, max_size + 3), unique=True, max_size=max_size))
    if alive or draw(st.integers(0, 9)):
        pids.insert(draw(st.integers(0, len(pids))), 1)
    return [draw(_process(pid, pids, cmdline, alive)) for pid in pids]


@st.composite
def _process(
    draw: st.DrawFn,
    pid: int,
    pids: List[int],
    cmdline: st.SearchStrategy[Tuple[str, ...]],
    alive: bool,
) -> Process:
    return Process(
        pid=pid,
        ppid=draw(st.sampled_from([*pids, pid - 1, 0, 99])),
        uid=draw(st.integers(0, 2)),
        user=draw(st.sampled_from(USERS)),
        name=draw(st.sampled_from(NAMES)),
        cmdline=draw(cmdline),
        state="S" if alive else draw(st.sampled_from("SSSSSSRDTIZX")),
        kthread=False if alive else draw(st.sampled_from([False] * 9 + [True])),
        started=draw(st.sampled_from([100.0, 200.0, 1763800000.12])),
        cpu=draw(st.sampled_from([0.0, 0.04, 1e6])),
        rss=draw(st.sampled_from([0, 4096, 2**40])),
        threads=draw(st.integers(1, 3)),
        cgroup=draw(st.sampled_from(CGROUPS)),
    )


def trees(cmdline: st.SearchStrategy[Tuple[str, ...]] = cmdlines) -> st.SearchStrategy[Tree]:
    """Trees as a baseline holds them, in order."""
    found: st.SearchStrategy[List[Process]] = processes(cmdline)
    return found.map(_baseline)


def _baseline(found: List[Process]) -> Tree:
    return bare(arrange(build(found)))


CONDITIONS: List[Dict[str, str]] = [
    *({"match": text} for text in ("a", "a ", "b", "/usr/sbin/", "php-fpm: ", "INIT", "[")),
    *({"regex": text} for text in (".", "^a$", "-", r"\d", "x$", "p")),
    *({"name": text} for text in ("cron", "sh")),
    *({"user": text} for text in ("root", "www-data", "1001")),
    *({"cgroup": text} for text in ("*", "/system.slice/*", "/user*")),
]
ACTIONS: List[Dict[str, Any]] = [
    *({"ignore": scope} for scope in ("subtree", "self", "children")),
    *({name: True} for name in ("at_least_one", "keep", "program_only", "sort_arguments")),
    *({"cut": text} for text in (" -", " [", "a", "x")),
    *({"replace": pair} for pair in (["a", "b"], [r"\d+", ""], ["^", "x"], ["(.)$", r"\1\n"])),
]


@st.composite
def rule_sets(draw: st.DrawFn, max_size: int = 5) -> Rules:
    """Rules of all actions and conditions."""
    rows = draw(
        st.lists(
            st.tuples(*[st.sampled_from(CONDITIONS)] * 2, st.sampled_from(ACTIONS)),
            max_size=max_size,
        )
    )
    tables = [{**one, **(two if len(two) % 2 else {}), **action} for one, two, action in rows]
    return Rules(parse_rules(tables, "test.toml"), arguments=draw(st.booleans()))


any_rules = st.one_of(st.just(SHIPPED), rule_sets())

printable = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp", "Cf"]), max_size=9)
headers = st.builds(
    Header,
    written=st.integers(0, 253402300799),
    host=printable,
    by=printable,
    version=printable,
    rules=printable,
)
