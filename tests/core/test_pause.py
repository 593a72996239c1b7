"""A pause to text and back, and what is refused: it must not silence anybody."""

from __future__ import annotations

import json
from typing import Dict

import pytest

from psdiff_zbx.core.duration import DAY, local_time
from psdiff_zbx.core.model import BaselineError
from psdiff_zbx.core.pause import LONGEST, Pause, dump_pause, parse_pause, pause_text

NOW = 1795392000
PAUSE = Pause(NOW - 60, NOW + 3600, "jane", "a new kernel")


@pytest.mark.parametrize("why", ["", "a new kernel", 'a\n"b"', "é \udcff", "x" * 200])
def test_text_and_back(why: str) -> None:
    pause = PAUSE._replace(why=why)
    text = dump_pause(pause)
    assert (text.isascii(), text.count("\n")) == (True, 1)
    assert parse_pause(text, "p", NOW) == pause


def changed(**fields: object) -> str:
    return json.dumps({**PAUSE._asdict(), **fields})


DAMAGED: Dict[str, str] = {
    "empty": "",
    "cut-off": dump_pause(PAUSE)[:40],
    "zeros": "\0" * 90,
    "no-json": "until tomorrow",
    "no-object": "[1, 2, 3, 4]",
    "deep": "[" * 100_000,
    "a-field-missing": '{"until": 1795395600}',
    "a-field-too-many": changed(x=1),
    "no-time": changed(until="later"),
    "true-is-no-time": changed(since=True),
    "a-part-of-a-second": changed(until=NOW + 0.5),
    "never": changed(until=float("inf")),
    "huge": changed().replace(str(NOW + 3600), "9" * 5000),
    "before-time": changed(since=-1),
    "backwards": changed(since=NOW + 7200),
    "no-name": changed(by=None),
    "a-long-reason": changed(why="x" * 201),
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_no_pause(text: str) -> None:
    with pytest.raises(BaselineError) as caught:
        parse_pause(text, "/p", NOW)
    assert str(caught.value) == (
        "/p is no pause, so nothing is paused; 'psdiff-zbx pause --end' removes it"
    )


@pytest.mark.parametrize(
    ("since", "until", "now"),
    [
        (NOW, NOW + LONGEST + 1, NOW + DAY),
        (NOW, NOW + LONGEST, NOW - 1),
        (0, NOW + 1, NOW),
    ],
    ids=["a typing error", "a clock that was set back", "a clock that was set forward"],
)
def test_none_lasts_for_longer_than_30_days(since: int, until: int, now: int) -> None:
    assert LONGEST == 30 * DAY
    with pytest.raises(BaselineError, match=r"^/p ends later than in 30 days, so nothing is"):
        parse_pause(changed(since=since, until=until), "/p", now)


def test_the_longest_pause() -> None:
    longest = PAUSE._replace(since=NOW, until=NOW + LONGEST)
    assert parse_pause(dump_pause(longest), "/p", NOW) == longest
    assert [longest.holds(NOW + LONGEST + late) for late in (-1, 0, 1)] == [True, False, False]


def test_it_is_told_in_one_line() -> None:
    when = local_time(PAUSE.until)
    assert pause_text(PAUSE) == f"paused until {when} by jane (a new kernel)"
    assert pause_text(PAUSE._replace(why="")) == f"paused until {when} by jane"
    odd = PAUSE._replace(by="a\nb", why="\x1b[1m")
    assert pause_text(odd) == rf"paused until {when} by a\nb (\x1b[1m)"
