"""What holds for any message, and for any bytes."""

from __future__ import annotations

from typing import Any, Dict, List

from hypothesis import given
from hypothesis import strategies as st

from psdiff_zbx.plugin.protocol import (
    Decoder,
    Message,
    Rejected,
    encode,
)

NUMBERS = st.integers(0, 2**32 - 1)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS: st.SearchStrategy[Dict[str, Any]] = st.dictionaries(
    st.text().filter(lambda name: name not in ("id", "type")), JSON
)
MESSAGES = st.lists(st.builds(Message, NUMBERS, NUMBERS, FIELDS), max_size=4)


def cut(data: bytes, places: List[int]) -> List[bytes]:
    """The same bytes in pieces, some of them empty."""
    ends = sorted(place % (len(data) + 1) for place in places)
    return [data[begin:end] for begin, end in zip([0, *ends], [*ends, len(data)])]


@given(MESSAGES, st.lists(st.integers(0), max_size=10))
def test_messages_come_back_in_any_chunks(messages: List[Message], places: List[int]) -> None:
    decoder = Decoder()
    chunks = cut(b"".join(map(encode, messages)), places)
    assert [found for chunk in chunks for found in decoder.feed(chunk)] == messages
    assert decoder.pending == 0


@given(st.binary(max_size=100), st.lists(st.integers(0), max_size=10))
def test_any_bytes_are_read_alike_in_any_chunks(data: bytes, places: List[int]) -> None:
    whole, parts = Decoder(), Decoder()
    found = [each for chunk in cut(data, places) for each in parts.feed(chunk)]
    assert found == list(whole.feed(data))
    assert parts.pending == whole.pending <= len(data)


@given(NUMBERS.filter(lambda kind: kind != 1), st.binary(max_size=50), MESSAGES)
def test_frames_of_another_type_are_passed_over(
    kind: int, payload: bytes, messages: List[Message]
) -> None:
    strange = kind.to_bytes(4, "little") + len(payload).to_bytes(4, "little") + payload
    found = list(Decoder().feed(strange + b"".join(map(encode, messages))))
    assert isinstance(found[0], Rejected)
    assert found[1:] == messages
