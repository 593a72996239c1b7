"""What does not fit into a document is left out of it, and it says what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from psdiff_zbx import __version__
from psdiff_zbx.core.document import DOCUMENT_LIMIT, discovered, document, failure
from psdiff_zbx.core.model import AT_LEAST, EXACT, Comparison, Daemon, Line, State
from psdiff_zbx.core.process_state import RUNNING
from tests.builders import state


def daemon(number: int, running: int = 1, mode: str = EXACT) -> Daemon:
    text = f"/opt/{number:060}"
    numbers = (10**9, 1.5, 10**9, 9)
    return Daemon(f"d-{number:08x}", "d", "root", text, 1, mode, running, *numbers, RUNNING)


def many(number: int, *odd: Daemon) -> State:
    """A state of so many daemons that run, and of odd ones behind them."""
    daemons = (*map(daemon, range(number)), *odd)
    return state(Comparison(daemons, (), ()))


def read(found: State) -> Any:
    text = document(found)
    assert len(text.encode()) < DOCUMENT_LIMIT
    return json.loads(text)


SIZES = {
    "all": (1300, ("expected", "running", "started", "cpu", "rss", "threads", "state"), None),
    "no-numbers": (1700, ("expected", "running"), 0),
}


@pytest.mark.parametrize(("number", "fields", "left_out"), SIZES.values(), ids=SIZES)
def test_numbers_go_first(number: int, fields: tuple[str, ...], left_out: int | None) -> None:
    found = read(many(number))
    assert found["error"] == ""
    assert len(found["discovery"]) == len(found["daemons"]) == number
    assert {tuple(each) for each in found["daemons"].values()} == {fields}
    assert found.get("left_out", {}).get("daemons") == left_out


@pytest.mark.parametrize("number", [2_500, 5_000, 20_000])
def test_then_go_daemons_but_none_that_differs(number: int) -> None:
    odd = (daemon(10**6, 0), daemon(10**6 + 1, 2), daemon(10**6 + 2, 0, AT_LEAST))
    found = read(many(number, *odd))
    kept = list(found["daemons"])
    assert kept[-3:] == [each.id for each in odd]
    assert kept[:-3] == [daemon(n).id for n in range(len(kept) - 3)]
    assert [row["{#PSDIFF.ID}"] for row in found["discovery"]] == kept
    assert found["left_out"]["daemons"] == number + 3 - len(kept)
    assert len(kept) > 1_000


def test_all_of_very_many_may_be_gone() -> None:
    lines = tuple(Line(2, f"/opt/{n:060}", "root") for n in range(5_000))
    gone = Comparison(tuple(daemon(n, 0) for n in range(5_000)), lines, ())
    found = read(state(gone))
    assert found["missing"]["count"] == 5_000
    assert found["missing"]["text"].split("\n")[0] == f"-     {lines[0].cmdline}  {{user=root}}"
    assert len(found["daemons"]) + found["left_out"]["daemons"] == 5_000
    ids = found["missing"]["daemons"].split("\n")
    assert ids[0] == gone.daemons[0].id
    assert ids[-1] == f"… and {5_000 - len(ids) + 1} more"


def test_a_daemon_is_listed_as_missing_if_it_has_too_few_processes() -> None:
    optional = daemon(2, 0)._replace(expected=0)
    found = read(many(1, daemon(10, 0), optional, daemon(11, 2), daemon(12, 0, AT_LEAST)))
    assert found["missing"]["daemons"].split("\n") == [daemon(10).id, daemon(12).id]


def test_what_strangers_call_their_processes_does_not_crowd_out_the_daemons() -> None:
    lines = tuple(Line(2, f"{n} {'😀' * 200}", "stranger") for n in range(500))
    found = read(state(many(1200).comparison._replace(extra=lines)))
    assert found["extra"]["count"] == 500
    assert len(found["daemons"]) == 1200


def test_a_document_about_an_odd_path_is_utf_8() -> None:
    found = many(1)
    odd = found._replace(source=found.source._replace(path="/srv/\udcff"))
    assert read(odd)["error"] == ""


@pytest.mark.parametrize("number", [10, 20_000])
def test_what_is_discovered_fits_as_well(number: int) -> None:
    odd = daemon(10**6, 0)
    text = discovered(many(number, odd))
    ids = [row["{#PSDIFF.ID}"] for row in json.loads(text)]
    assert len(text.encode()) < DOCUMENT_LIMIT
    assert ids[-1] == odd.id
    assert len(ids) == 11 or len(ids) > 1_900


def test_a_failure_says_what_and_how_long_it_took_and_no_more() -> None:
    found = json.loads(failure('no "baseline"', 1.23456))
    assert found == {"version": __version__, "error": 'no "baseline"', "seconds": 1.235}
