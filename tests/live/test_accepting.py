"""accept, log and undo: what a baseline is after them, who did it, and the way back."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import signal
import subprocess
from pathlib import Path

import pytest

from tests.live.program import (
    PATIENCE,
    Program,
    Result,
    error_of,
    poll,
)
from tests.live.recordings import recording

SAME = "/opt/same"
NOW = [SAME, "/opt/new -a", "/opt/new -a", "/opt/other"]
DIFFERS = ["- /opt/gone", "+ /opt/new -a", "+ /opt/new -a", "+ /opt/other"]


@pytest.fixture
def changed(program: Program, tmp_path: Path) -> Program:
    """A host on which one daemon is missing and three are extra."""
    program.replaying(recording(tmp_path / "before", [SAME, "/opt/gone"])).write()
    return program.replaying(recording(tmp_path / "now", NOW))


def left(program: Program) -> list[str]:
    """What still differs, without users."""
    return [line.removesuffix("  {user=root}") for line in program.run("show").changes]


def actions(program: Program) -> list[str]:
    """The log's steps: what was done, by whom."""
    steps = [
        line for line in program.run("log").ok().lines if not line.startswith(("+", "-", "…"))
    ]
    return [step.split("  ", 1)[1].replace(f"{program.baseline} ", "") for step in steps]


def test_by_name_id_and_pattern(changed: Program) -> None:
    done = changed.run("accept", "new").ok()
    assert done.lines[0] == f"Wrote to {changed.baseline}"
    assert done.having("/opt/new") == ["+     /opt/new -a  {user=root}"] * 2
    assert left(changed) == ["- /opt/gone", "+ /opt/other"]
    (gone,) = [
        row["{#PSDIFF.ID}"]
        for row in changed.run("discover").json()
        if row["{#PSDIFF.NAME}"] == "gone"
    ]
    changed.run("accept", gone, "/opt/o*").ok()
    assert left(changed) == []


@pytest.mark.parametrize(
    ("option", "kept"), [("--missing", DIFFERS[1:]), ("--extra", DIFFERS[:1])]
)
def test_one_side(changed: Program, option: str, kept: list[str]) -> None:
    done = changed.run("accept", option).ok()
    assert [line.removesuffix("  {user=root}") for line in done.still] == kept
    assert left(changed) == kept


def test_a_side_and_a_name(changed: Program) -> None:
    changed.run("accept", "--missing", "other").ok()
    assert left(changed) == ["+ /opt/new -a"] * 2


def test_undo_goes_back_step_by_step_to_the_same_bytes(changed: Program) -> None:
    texts = [changed.baseline.read_bytes()]
    for word in ("gone", "new", "other"):
        changed.run("accept", word).ok()
        texts.append(changed.baseline.read_bytes())
    for text in reversed(texts[:-1]):
        changed.run("undo").ok()
        assert changed.baseline.read_bytes() == text
    assert "no state before its first one" in error_of(changed.run("undo"), "undo")
    assert changed.baseline.read_bytes() == texts[0]
    assert actions(changed) == [
        "write by root",
        *["accept (undone) by root"] * 3,
        *["undo by root"] * 3,
    ]


def test_each_way_of_changing_is_a_step(changed: Program) -> None:
    changed.run("manual", "add", "root", "/opt/x").ok()
    changed.run("manual", "remove", "root", "/opt/x").ok()
    assert changed.run("write").code == 0
    assert actions(changed)[1:] == ["manual add by root", "manual remove by root", "write by root"]
    for _ in range(3):
        changed.run("undo").ok()
    assert left(changed) == DIFFERS


def test_the_log_is_of_whole_steps(changed: Program) -> None:
    changed.run("accept", "new").ok()
    found = changed.run("log", "-n", 1).ok().lines
    assert found[0].endswith(f"accept {changed.baseline} by root")
    assert found[1:] == ["+     /opt/new -a  {user=root}"] * 2
    assert changed.run("log", "-n", 0).ok().out == ""


def test_whoever_uses_sudo_is_named(changed: Program) -> None:
    changed.run("accept", "new", env={"SUDO_USER": "jane"}).ok()
    assert actions(changed)[-1] == "accept by jane"
    assert "# by: jane\n" in changed.baseline.read_text()


def test_write_shows_what_is_accepted_with_it(changed: Program) -> None:
    done = changed.run("write")
    assert (done.code, done.out) == (0, f"Wrote to {changed.baseline}\n")
    shown = Result(0, done.err, "").changes
    assert [line.removesuffix("  {user=root}") for line in shown] == DIFFERS
    assert changed.write().out == f"No changes to {changed.baseline}\n"


def test_of_the_frontend_the_name_is_recorded(changed: Program) -> None:
    done = changed.run("accept", "--remote", stdin="Zoë O'Neil\nmore\n".encode()).ok()
    assert left(changed) == []
    assert len(done.lines) == 1 + len(DIFFERS)
    assert actions(changed)[-1] == "accept by Zoë O'Neil (frontend)"


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"", "somebody"), (b"x" * 500, "x" * 64), (b"a\x1b[1m\xff", r"a\x1b[1m" + "\ufffd")],
    ids=["none", "long", "hostile"],
)
def test_a_strange_name_is_one_short_word(changed: Program, name: bytes, shown: str) -> None:
    changed.run("accept", "--remote", stdin=name).ok()
    assert actions(changed)[-1] == f"accept by {shown} (frontend)"


def test_the_frontend_accepts_only_what_the_agent_reports(lonely: Program, word: str) -> None:
    """An extra process that has only just started is none yet."""
    young = ["sleep", f"600.{int(word[-6:], 36)}"]
    lonely.configure("[[rule]]\nregex = '^(?!" + " ".join(young) + "$)'\nignore = 'self'\n")
    lonely.write()
    with subprocess.Popen(young) as process:
        try:
            assert poll(lambda: lonely.run("show").lines)
            error = error_of(lonely.run("accept", "--remote", stdin=b"me\n"), "accept")
            assert error == f"nothing differs from {lonely.baseline}; nothing is accepted"
            lonely.run("accept", "--extra").ok()
            assert left(lonely) == []
        finally:
            process.kill()


REFUSED = {
    "unknown": (("nonsense",), "nothing that is missing or extra is 'nonsense'"),
    "one-of-two-unknown": (("new", "nonsense"), "nothing that is missing or extra is 'nonsense'"),
    "nothing-said": ((), "say what to accept"),
    "units-of-one": (("--units", "new"), "--units accepts nothing"),
}


@pytest.mark.parametrize(("words", "text"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_changes_nothing(
    changed: Program, words: tuple[str, ...], text: str
) -> None:
    before = _files(changed)
    error = error_of(changed.run("accept", *words), "accept")
    assert error.startswith(text)
    assert error.endswith("nothing is accepted")
    assert _files(changed) == before


def test_without_differences(changed: Program) -> None:
    changed.run("accept", "--missing", "--extra").ok()
    before = _files(changed)
    for words in (("new",), ("--missing",), ("--remote",)):
        error = error_of(changed.run("accept", *words), "accept")
        assert error == f"nothing differs from {changed.baseline}; nothing is accepted"
    assert _files(changed) == before


def test_units_alone(changed: Program) -> None:
    before = _files(changed)
    done = changed.run("accept", "--units").ok()
    assert done.lines == [f"No changes to {changed.baseline}"]
    assert done.err.startswith("Still different:")
    assert _files(changed) == before


def test_a_side_on_which_nothing_differs(changed: Program) -> None:
    changed.run("accept", "--missing").ok()
    error = error_of(changed.run("accept", "--missing"), "accept")
    assert error == "nothing is missing; nothing is accepted"


@pytest.mark.parametrize(
    "words",
    [("accept", "new"), ("write",), ("undo",), ("log",), ("manual", "add", "root", "/opt/x")],
    ids=lambda words: words[0],
)
def test_a_damaged_history_is_named_and_nothing_changes(
    changed: Program, words: tuple[str, ...]
) -> None:
    place = changed.baseline.with_name("baseline.history")
    place.write_text(f"{place.read_text()}{{\n")
    before = _files(changed)
    error = error_of(changed.run(*words), words[0])
    assert error.startswith(f"{place}: line 2 is no step of a history; nothing is changed")
    assert _files(changed) == before


def test_what_was_edited_by_hand_is_not_undone(changed: Program) -> None:
    changed.run("accept", "new").ok()
    text = changed.baseline.read_text().replace("/opt/same", "/opt/mine")
    changed.baseline.write_text(text)
    error = error_of(changed.run("undo"), "undo")
    assert error == (
        f"{changed.baseline} has been changed by other means since its last step; "
        "nothing is undone"
    )
    assert changed.baseline.read_text() == text


def test_a_step_that_was_only_begun_is_gone_back_over(changed: Program) -> None:
    """Cut off between the history and the baseline: the baseline is still the old one."""
    before = changed.baseline.read_bytes()
    changed.run("accept", "new").ok()
    changed.baseline.write_bytes(before)
    changed.run("undo").ok()
    assert changed.baseline.read_bytes() == before


def test_nothing_to_undo(program: Program) -> None:
    error = error_of(program.run("undo"), "undo")
    assert error == f"no step to undo in {program.baseline}.history"
    assert program.run("log").ok().lines == []


def walk(program: Program, answers: str, prompts: int = 0) -> str:
    """What a person sees who answers so, and presses Ctrl-C at the last of some prompts."""
    here, there = pty.openpty()
    # What a shell starts in the background ignores Ctrl-C, and so would all that we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with program.start("accept", stdin=there, stdout=there, stderr=there) as process:
        os.close(there)
        os.write(here, answers.encode())
        shown = b""
        try:
            for part in iter(lambda: _read(here), b""):
                shown += part
                if prompts and shown.count(b"[a/k/i/q]") == prompts:
                    interrupt(process)
            process.wait(PATIENCE)
        finally:
            process.kill()
    os.close(here)
    return shown.decode().replace("\r\n", "\n")


def interrupt(process: subprocess.Popen[bytes]) -> None:
    """Press Ctrl-C, again where it came just before the program began to wait for an answer."""

    def ended() -> bool:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        return process.returncode is not None

    assert poll(ended)


def _read(terminal: int) -> bytes:
    """What is there; nothing when the other side is closed, or says nothing for too long."""
    ready = select.select([terminal], [], [], PATIENCE)[0]
    with contextlib.suppress(OSError):  # EIO
        return os.read(terminal, 65536) if ready else b""
    return b""


def test_a_walk_asks_for_each_change(changed: Program) -> None:
    shown = walk(changed, "accept\n?\nk\na\n")
    assert left(changed) == ["+ /opt/new -a"] * 2
    assert "(1 of 3) missing: gone-" in shown
    assert "(2 of 3) extra, 2 of them: new-" in shown
    assert "(3 of 3) extra: other-" in shown
    assert "1 expected, 0 running" in shown  # of gone
    assert "not in the baseline" in shown  # of the others
    assert shown.count("[a/k/i/q]") == 4
    assert shown.count("  q  quit: keep this one and all that follow") == 1


def test_a_walk_that_ends_early_accepts_what_was_said(changed: Program) -> None:
    walk(changed, "a\nq\n")
    assert left(changed) == DIFFERS[1:]
    walk(changed, "k\n\x04")
    assert left(changed) == DIFFERS[1:]
    assert actions(changed) == ["write by root", "accept by root"]


def test_a_walk_that_is_broken_off_changes_nothing(changed: Program) -> None:
    before = _files(changed)
    assert "Traceback" not in walk(changed, "a\n", prompts=2)
    assert _files(changed) == before


def test_ignored_for_good_by_a_rule(changed: Program) -> None:
    shown = walk(changed, "i\ni\nk\n")
    assert left(changed) == ["+ /opt/other"]
    rules = changed.folder / "rules.d" / "ignored.toml"
    assert f"Wrote to {rules}\nWrote to {changed.baseline}\n-     /opt/gone" in shown
    assert "\nIgnored for good:\n-     /opt/gone  {user=root}\n+     /opt/new -a  " in shown
    assert "regex = '\\A/opt/new\\ \\-a\\Z'" in rules.read_text()
    told = changed.run("explain", "--cmdline", "/opt/new -a").ok().out
    assert "ignored by root on " in told
    changed.run("explain", "--cmdline", "/opt/new -a b").ok().having("verdict  extra")
    changed.run("undo").ok()
    assert left(changed) == ["- /opt/gone", "+ /opt/other"]
    changed.run("undo").ok()
    assert left(changed) == DIFFERS
    assert not rules.exists()


def test_rules_that_cannot_be_written_change_nothing(changed: Program) -> None:
    (changed.folder / "rules.d").write_text("no folder")
    before = _files(changed)
    shown = walk(changed, "a\ni\na\n")
    assert f"psdiff-zbx: error: cannot read {changed.folder}/rules.d" in shown
    assert _files(changed) == before


def _files(program: Program) -> dict[str, bytes]:
    found = (path for path in program.folder.rglob("*") if path.is_file())
    return {str(path): path.read_bytes() for path in found if path.name != ".baseline.lock"}
