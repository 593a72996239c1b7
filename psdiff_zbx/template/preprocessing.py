"""How a dependent item takes its value from the master's document, and what is kept of it."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional

from .items import Item


def steps(item: Item) -> Iterable[Dict[str, Any]]:
    """The preprocessing steps of an item or of a prototype."""
    yield _step("JSONPATH", [item.path], item.on_fail)
    if item.within:
        yield _step("IN_RANGE", list(item.within), item.outside)


def has_trends(item: Item) -> bool:
    """Whether the average of an hour means anything."""
    return not (item.is_text or item.units == "unixtime" or item.within)


def _step(kind: str, parameters: List[str], on_fail: Optional[str]) -> Dict[str, Any]:
    step: Dict[str, Any] = {"type": kind, "parameters": parameters}
    if on_fail is not None:
        step.update(error_handler="CUSTOM_VALUE", error_handler_params=on_fail)
    return step
