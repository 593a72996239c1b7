"""What an import would change, object by object.

In: two exports, as nested dictionaries and lists.  Out: one line for each object that differs.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from .normal_form import normal_form
from .to_xml import SINGULAR


def differences(old: Optional[Mapping[str, Any]], new: Mapping[str, Any]) -> List[str]:
    """``+ item NAME``, ``- item NAME``, ``~ item NAME``; empty if both exports say the same, in
    any order and in the form of any release."""
    before = dict(_objects("", normal_form(old or {})))
    after = dict(_objects("", normal_form(new)))
    signs: Dict[str, str] = {}
    for name in (*before, *after):
        if name not in before:
            signs[name] = "+"
        elif name not in after:
            signs[name] = "-"
        elif before[name] != after[name]:
            signs[name] = "~"
    return [f"{sign} {name}" for name, sign in signs.items()]


def _objects(kind: str, node: Any) -> Iterable[Tuple[str, str]]:
    """Each object below a node: its kind and name, and its own fields as JSON, without inner
    objects."""
    if isinstance(node, list):
        for child in node:
            yield from _objects(kind, child)
    if not isinstance(node, dict):
        return
    own = {}
    for name, value in node.items():
        inner = list(_objects(name, value))
        yield from inner
        own.update({} if inner else {name: _orderless(value)})
    if "uuid" in node or kind == "macros":
        label = node.get("macro") or node.get("name", "")
        yield f"{SINGULAR[kind].replace('_', ' ')} {label}", json.dumps(own, sort_keys=True)


def _orderless(value: Any) -> Any:
    if isinstance(value, list):
        return sorted((_orderless(each) for each in value), key=json.dumps)
    if isinstance(value, dict):
        return {name: _orderless(value[name]) for name in sorted(value)}
    return value
