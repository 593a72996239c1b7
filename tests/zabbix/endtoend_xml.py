"""Exports as trees: what they say, in whatever order they say it."""

from __future__ import annotations

import re
import uuid
from typing import Any
from xml.etree import ElementTree as ET

UUID = re.compile(r"<uuid>([0-9a-f]{32})</uuid>")
ITEM = re.compile(rf"<item>\s*{UUID.pattern}")


def tree(text: str) -> Any:
    """Equal for two exports that differ in the order of elements, or in the day of the export."""
    root = ET.fromstring(text)
    for date in root.findall("date"):
        root.remove(date)
    return _tree(root)


def _tree(element: ET.Element) -> tuple[str, str, list[Any]]:
    return element.tag, (element.text or "").strip(), sorted(map(_tree, element))


def renamed(text: str, name: str, other: str) -> str:
    """The template under another name, with other uuids: one that the server does not know."""
    uuids = {each: uuid.uuid4().hex for each in UUID.findall(text)}
    text = UUID.sub(lambda found: f"<uuid>{uuids[found[1]]}</uuid>", text)
    return text.replace(name, other)


def with_a_uuid_twice(text: str) -> str:
    """Two items that depend on the first, with the same uuid."""
    _, first, second, *_ = ITEM.findall(text)
    assert first != second
    return text.replace(second, first)


def with_an_unknown_tag(text: str) -> str:
    """A tag of 7.0, in the template's description."""
    known = "</description>"
    assert known in text
    return text.replace(known, f"{known}<vendor><name>n</name><version>v</version></vendor>", 1)
