"""A rule of one's own that any user can make slow is found, and an ordinary one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from psdiff_zbx.agents.doctor.findings import WARNING
from psdiff_zbx.agents.doctor.slow_rules import check_rules, is_slow
from psdiff_zbx.host.monitor import Monitor
from tests.files import write
from tests.sampling import EACH

SLOW = [
    "(a|aa)+$",
    r"(?:\S*a)*b",
    r"^(\w+\s?)*:",
    "x*x*x*y",
    r"(.*)*-Dkey=",
    r"(?:-[a-z -]+ ?)+=$",
]
QUICK = ["^/opt/a ", "/usr/bin/[a-z]+ -x", r"^python\d? /srv/\S+\.py$", "a|b", r"--port=\d{1,5}"]


@pytest.mark.parametrize("pattern", SLOW[::EACH])
def test_what_backtracks_is_slow(pattern: str) -> None:
    assert is_slow(pattern)


@pytest.mark.parametrize("pattern", QUICK)
def test_what_does_not_is_not(pattern: str) -> None:
    assert not is_slow(pattern)


def test_a_slow_rule_is_told_by_its_name(tmp_path: Path) -> None:
    config = write(
        tmp_path / "config.toml",
        '[[rule]]\nregex = "^/opt/a"\nignore = "self"\n'
        '[[rule]]\nmatch = "/opt/b"\nreplace = ["(a|aa)+$", "x"]\n',
    )
    (found,) = check_rules(Monitor(config))
    assert found.status == WARNING
    assert found.text.startswith(f'{config}, rule 2: "(a|aa)+$" takes long for a command line')
