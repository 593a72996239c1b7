"""psdiff's own configuration files: hooks as administrators write them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Dict, List

import pytest

from psdiff_zbx.core.model import AT_LEAST, Process
from psdiff_zbx.core.rules.apply import apply
from psdiff_zbx.core.rules.ruleset import Rules
from psdiff_zbx.core.tree import arrange, build
from psdiff_zbx.host.psdiff_hooks import hooks
from tests.builders import INIT, outline, process, rules

RULED = rules(
    {"match": "/usr/sbin/sshd ", "ignore": "children"},
    {"match": "/usr/sbin/apache2 ", "at_least_one": True},
    {"match": "CRON", "ignore": "subtree"},
)
CONF = Path("/etc/psdiff.conf")
CLASS = "class LocalFilteredProcessFormatter(FilteredProcessFormatter):"
FOREST = [
    INIT,
    process(10, "/usr/bin/atop -R -w /var/log/atop 600"),
    process(20, "/usr/bin/python3 -m celery worker -n w1 -A app"),
    process(30, "[lxc monitor] /var/lib/lxc web"),
    process(31, "/sbin/init", 30),
    process(32, "cron", 31, user="100000"),
    process(40, "/usr/sbin/apache2 -k start"),
    process(41, "/usr/sbin/apache2 -k start", 40, user="www-data"),
    process(42, "/usr/sbin/apache2 -k start", 40, user="www-data"),
    process(50, "/usr/sbin/sshd -D"),
    process(51, "sshd: me", 50),
]
SHOWN = [
    "INIT",
    "  /usr/bin/atop -R -w /var/log/atop 600",
    "  /usr/bin/python3 -m celery worker -n w1 -A app",
    "  /usr/sbin/apache2 -k start",
    "    /usr/sbin/apache2 -k start  {user=www-data}",
    "  /usr/sbin/sshd -D",
    "  [lxc monitor] /var/lib/lxc web",
    "    /sbin/init",
    "      cron  {user=100000}",
]


def under(source: str, *processes: Process, ruled: Rules = RULED) -> List[str]:
    found = hooks({CONF: dedent(source)})
    return outline(found.apply(build(processes or FOREST), ruled))


def without(*lines: str) -> List[str]:
    return [line for line in SHOWN if line.strip() not in lines]


def test_an_unchanged_class_shows_what_our_rules_show() -> None:
    assert under(f"{CLASS}\n    pass") == outline(apply(build(FOREST), RULED)) == SHOWN


CLASSES = {
    "include": (
        """
        class LocalFilteredProcessFormatter(
                FilteredProcessFormatter):
            def include(self, process):
                # I don't care about atop(1) and its fluctuating arguments.
                if process.cmdline.startswith('/usr/bin/atop '):
                    return False

                return (
                    super(LocalFilteredProcessFormatter, self)
                    .include(process))
        # vim: set syn=python:
        """,
        without("/usr/bin/atop -R -w /var/log/atop 600"),
    ),
    "has-parent": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def include(self, process):
                if process.has_parent(cmdline__startswith='[lxc monitor] '):
                    return False
                return super().include(process)
        """,
        without("/sbin/init", "cron  {user=100000}"),
    ),
    "has-parent-include-self": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def include(self, process):
                if process.has_parent(include_self=True, cmdline__startswith=('/x', '[lxc ')):
                    return False
                return super().include(process)
        """,
        without("[lxc monitor] /var/lib/lxc web", "/sbin/init", "cron  {user=100000}"),
    ),
    "has-parent-pid": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def include(self, process):
                return not process.has_parent(pid=30) and super().include(process)
        """,
        without("/sbin/init", "cron  {user=100000}"),
    ),
    "a-hidden-parents-children-stay": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def include(self, process):
                return process.pid != 31 and super().include(process)
        """,
        [*SHOWN[:-2], "    cron  {user=100000}"],
    ),
    "to-string-that-sorts": (
        """
        import re

        class LocalFilteredProcessFormatter(
                FilteredProcessFormatter):
            processes_with_unordered_argv = tuple(re.compile(i) for i in (
                '^([^ ]*python[^ ]* -m celery worker) (.*)',
            ))

            def to_string(self, process, indent=0):
                for search in self.processes_with_unordered_argv:
                    match = search.search(process.cmdline)
                    if match:
                        head, tail = match.groups()
                        process.cmdline = ' '.join(
                            [head] + sorted(tail.split(' ')))
                        break

                return super(LocalFilteredProcessFormatter, self).to_string(
                    process, indent=indent)
        """,
        [*SHOWN[:2], "  /usr/bin/python3 -m celery worker -A -n app w1", *SHOWN[3:]],
    ),
    "adjust": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def adjust(self, process):
                super(LocalFilteredProcessFormatter, self).adjust(process)
                if process.user.isdigit():
                    process.user = 'container'
                if process.exe == 'atop':
                    process.cmdline = process.cmdline.split(' ', 1)[0]
        """,
        ["INIT", "  /usr/bin/atop", *SHOWN[2:-1], "      cron  {user=container}"],
    ),
    "adjust-that-moves-lines": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def adjust(self, process):
                if process.exe == 'atop':
                    process.cmdline = 'zatop'
        """,
        ["INIT", *SHOWN[2:], "  zatop"],
    ),
    "adjusted-before-our-rules-decide": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def adjust(self, process):
                process.cmdline = process.cmdline.replace('/usr/bin/atop', 'CRON')
        """,
        without("/usr/bin/atop -R -w /var/log/atop 600"),
    ),
    "parent-children-and-root": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def include(self, process):
                siblings = process.parent.children
                assert process in siblings
                assert process.parent.parent or process.parent is self.root
                assert process.root is self.root
                assert process.get_process(process.pid) is process
                assert process.get_process(0) is None
                assert process.get_process(99) is None
                return process.pid != 10 or len(siblings) != 5
        """,
        [
            "INIT",
            *SHOWN[2:5],
            "  /usr/sbin/sshd -D",
            "    sshd: me",
            *SHOWN[6:],
        ],
    ),
    "a-plain-formatter": (
        """
        class LocalFilteredProcessFormatter(ProcessFormatter):
            def include(self, process):
                return process.pid >= 40
        """,
        [
            "INIT",
            "  /usr/sbin/apache2 -k start",
            "    /usr/sbin/apache2 -k start  {user=www-data}",
            "    /usr/sbin/apache2 -k start  {user=www-data}",
            "  /usr/sbin/sshd -D",
            "    sshd: me",
        ],
    ),
    "to-string-of-its-own": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def to_string(self, process, indent):
                if process.pid == 10:
                    return '%s%s  {user=%s}' % ('  ' * indent, 'atop', 'nobody')
                return str(process)
        """,
        ["INIT", *SHOWN[2:], "  atop  {user=nobody}"],
    ),
    "listening-sockets-there-are-none": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def include(self, process):
                return not process._listens and super().include(process)
        """,
        SHOWN,
    ),
    "include-that-asks-about-the-parent": (
        """
        class LocalFilteredProcessFormatter(FilteredProcessFormatter):
            def include(self, process):
                if process.pid == 10:
                    assert super().include(process.parent)
                return super().include(process)
        """,
        SHOWN,
    ),
}


@pytest.mark.parametrize(("source", "expected"), CLASSES.values(), ids=CLASSES)
def test_a_class_of_psdiff_conf(source: str, expected: List[str]) -> None:
    assert under(source) == expected


def test_lines_of_which_one_is_enough_are_one_line() -> None:
    current = hooks({CONF: f"{CLASS}\n    pass"}).apply(build(FOREST), RULED)
    assert [(line.user, line.number) for line in current if line.mode == AT_LEAST] == [
        ("root", 1),
        ("www-data", 2),
    ]


def test_a_plain_formatter_shows_every_process_as_it_is() -> None:
    source = "class LocalFilteredProcessFormatter(ProcessFormatter):\n    pass"
    assert under(source) == outline(arrange(build(FOREST)))


def test_a_class_has_no_memory_of_the_tree_before() -> None:
    found = hooks({CONF: f"{CLASS}\n    pass"})
    assert found.apply(build(FOREST), RULED) == found.apply(build(FOREST), RULED)


def test_only_the_program_is_shown_where_arguments_may_not_be() -> None:
    live = [INIT, process(9, "a --secret")]
    assert under(f"{CLASS}\n    pass", *live, ruled=Rules((), arguments=False)) == ["INIT", "  a"]


KEEP = rules({"match": "kept", "keep": True}, {"match": "top", "ignore": "children"})
KEPT = [INIT, process(7, "top"), process(8, "kept", 7), process(9, "below", 8)]
TITLES = [INIT, process(9, "\u3000"), process(10, "b\u3000")]
FORESTS = {
    "a-child-of-what-is-kept": (KEPT, KEEP),
    "unicodes-blanks": (TITLES, Rules()),
}


@pytest.mark.parametrize(("forest", "ruled"), FORESTS.values(), ids=FORESTS)
def test_hooks_that_do_nothing_change_nothing(forest: List[Process], ruled: Rules) -> None:
    current = hooks({CONF: f"{CLASS}\n    pass"}).apply(build(forest), ruled)
    assert current == apply(build(forest), ruled)


def test_hooks_bear_a_deep_chain() -> None:
    chain = [INIT, *(process(pid, "sh", ppid=pid - 1) for pid in range(2, 4_000))]
    assert len(under(f"{CLASS}\n    pass", *chain)) == 3999


MIXIN = """
class ProcessFormatterMixin:
    def adjust(self, process):
        super().adjust(process)
        process.cmdline += ' {name}'
    def include(self, process):
        return process.exe != '{name}' and super().include(process)
"""


def folder(**sources: str) -> Dict[Path, str]:
    return {Path(f"/etc/psdiff.d/{name}.py"): source for name, source in sources.items()}


def test_all_mixins_of_psdiff_d_apply_in_the_order_of_their_names() -> None:
    found = hooks(folder(a=MIXIN.format(name="one"), b="host = 'db1'", c=MIXIN.format(name="two")))
    live = build([INIT, process(5, "one"), process(6, "two"), process(7, "three")])
    assert outline(found.apply(live, Rules())) == ["INIT", "  three one two"]


def test_a_folder_that_defines_no_mixin_changes_nothing() -> None:
    source = "import os\nif os.path.exists('/nowhere'):\n    class ProcessFormatterMixin: pass\n"
    assert outline(hooks(folder(a=source)).apply(build(FOREST), RULED)) == SHOWN


def test_a_mixin_may_itself_be_a_formatter() -> None:
    source = "class ProcessFormatterMixin(FilteredProcessFormatter):\n    pass\n"
    assert outline(hooks(folder(a=source)).apply(build(FOREST), RULED)) == SHOWN
