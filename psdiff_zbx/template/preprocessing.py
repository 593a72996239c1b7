"""What Zabbix does to a value before it stores it, and that it stores none again unchanged."""

from __future__ import annotations

from typing import Any, Dict, Iterable

from .records import UNIT, Item

Step = Dict[str, Any]


def item_steps(item: Item) -> Iterable[Step]:
    """The preprocessing of an item: from the document to a value that is worth storing."""
    yield {**_step("JSONPATH", item.path), **_on_fail(item)}
    if item.within:
        outside = {"error_handler": "CUSTOM_VALUE", "error_handler_params": item.outside}
        yield {**_step("IN_RANGE", *item.within), **outside}
    if item.script:
        yield _step("JAVASCRIPT", item.script)
    if not item.every_sample:
        yield _unchanged()


# Zabbix leaves an LLD macro that is not there as it stands.  The document has no unit where none
# is known, and none at all if it is of an older program.
_WITH_UNITS = (
    "return JSON.stringify(JSON.parse(value).map(function (daemon) {"
    f" daemon['{UNIT}'] = daemon['{UNIT}'] || ''; return daemon; }}));"
)


def rule_steps() -> Iterable[Step]:
    """The preprocessing of the discovery rule.  The script works only on what has changed."""
    document = {**_step("JSONPATH", "$.discovery"), **_NOTHING}
    return document, _unchanged(), _step("JAVASCRIPT", _WITH_UNITS)


def has_trends(item: Item) -> bool:
    """Whether the average of an hour means anything."""
    return not (item.is_text or item.units == "unixtime" or item.within)


# On 6.0 an item that was not supported stays so until a value is stored: for an hour, if the value
# is that of before.  So what is not in the document, as after an error, is no error of its own.
_NOTHING = {"error_handler": "DISCARD_VALUE"}


def _on_fail(item: Item) -> Step:
    if item.on_fail is not None:
        return {"error_handler": "CUSTOM_VALUE", "error_handler_params": item.on_fail}
    return {} if item.every_sample else _NOTHING


def _unchanged() -> Step:
    return _step("DISCARD_UNCHANGED_HEARTBEAT", "{$PSDIFF.HEARTBEAT}")


def _step(kind: str, *parameters: str) -> Step:
    return {"type": kind, "parameters": list(parameters)}
