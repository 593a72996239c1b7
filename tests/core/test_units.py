"""The names of units that a baseline may note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core.model import Units
from psdiff_zbx.core.units import is_unit, parse_unit, unit_texts

CRON = ("root", "cron -f")


@pytest.mark.parametrize(
    "name",
    [
        "cron.service",
        "getty@tty1.service",
        "postgresql@15-main.service",
        r"systemd-fsck@dev-disk-by\x2duuid.service",
        "jane/sync.service",
        "jörg/sync.service",
        "cron",
        "php8.2-fpm",
        "net.eth0",
    ],
)
def test_what_starts_a_daemon(name: str) -> None:
    assert is_unit(name)
    assert "/".join(filter(None, parse_unit(name))) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-",
        "--force",
        "-x.service",
        "poweroff.target",
        "x.socket",
        "session-1.scope",
        "a b.service",
        "x.service;id",
        "$(id).service",
        "*.service",
        "../x.service",
        "/etc/x.service",
        "a/b/c.service",
        "jane/",
        "/x.service",
        "jane/poweroff.target",
        "jane/cron",
        "--user/x.service",
        "{$SECRET}/x.service",
        "x\n.service",
        "é.service",
        "..",
        "x" * 256,
    ],
)
def test_what_does_not(name: str) -> None:
    assert not is_unit(name)


def test_several_units_of_one_daemon_are_one_text() -> None:
    units: Units = ((CRON, "b.service"), (CRON, "a.service"), (CRON, "b.service"))
    assert unit_texts(units) == {CRON: "a.service b.service"}
    assert unit_texts(()) == {}


@given(st.lists(st.text("abc", min_size=1, max_size=120), max_size=9))
def test_a_text_fits_into_the_value_of_a_tag(names: list[str]) -> None:
    (text,) = unit_texts(tuple((CRON, name) for name in names)).values() if names else ("",)
    assert len(text) <= 255
    assert set(text.split()) <= set(names)
