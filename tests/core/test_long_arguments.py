"""A command line that is too long is its beginning and a digest, and still only itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.core.long_arguments import shorten

LONG = 4096 + 128
REST = re.compile(r"…\(\+(\d+):([0-9a-f]{8})\)")


def joined(cmdline: bytes) -> bytes:
    """The short form in one piece, as it is recorded."""
    short, rest = shorten(cmdline)
    return short + (b"\0" + rest.encode() if rest else b"")


@given(st.binary(max_size=LONG))
def test_what_is_not_long_stays(cmdline: bytes) -> None:
    assert shorten(cmdline) == (cmdline, "")


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.builds(
            lambda text, n: text * n, st.binary(min_size=1, max_size=9), st.integers(1, 900)
        ),
    ),
    max_size=40,
)


@given(PIECES)
def test_it_is_short_and_stays_as_it_is(pieces: list[bytes]) -> None:
    once = joined(b"\0".join(pieces))
    assert len(once) <= LONG
    assert joined(once) == once


@given(PIECES, st.integers(0), st.integers(0, 255))
def test_another_byte_makes_another_line(pieces: list[bytes], at: int, byte: int) -> None:
    cmdline = b"\0".join(pieces).rstrip(b"\0")
    if not cmdline:
        return
    at %= len(cmdline)
    other = cmdline[:at] + bytes([byte]) + cmdline[at + 1 :]
    if other.rstrip(b"\0") != cmdline:
        assert joined(other) != joined(cmdline)


def test_a_class_path_leaves_room_for_what_follows() -> None:
    jars = b":".join(b"/opt/kafka/libs/jar-%d.jar" % n for n in range(400))
    short, rest = shorten(b"\0".join([b"java", b"-cp", jars, b"kafka.Kafka", b"/etc/kafka.conf"]))
    program, option, path, name, file = short.split(b"\0")
    assert (program, option, name, file) == (b"java", b"-cp", b"kafka.Kafka", b"/etc/kafka.conf")
    kept, mark = path.decode().split("…")
    assert jars.startswith(kept.encode())
    assert mark.startswith(f"(+{len(jars) - len(kept)}:")
    assert rest == ""


def test_of_very_many_arguments_the_last_are_left_out() -> None:
    short, rest = shorten(b"\0".join([b"/opt/a"] * 10_000))
    found = REST.fullmatch(rest)
    assert set(short.split(b"\0")) == {b"/opt/a"}
    assert found is not None
    assert len(short) + 1 + int(found[1]) == 7 * 10_000 - 1


@pytest.mark.parametrize("end", [b" ", b",", b";", b":", b"&", b'"'])
def test_it_is_cut_where_a_word_ends(end: bytes) -> None:
    text = b"a" * 1000 + end + b"b" * 9000
    assert shorten(text)[0].startswith(b"a" * 1000 + "…(+9001:".encode())


def test_no_character_is_cut_in_two() -> None:
    short, _ = shorten(b"a" * 1023 + "ä".encode() * 9000)
    assert short.decode().startswith("a" * 1023 + "…")
