"""What a template's rows are made of."""

from __future__ import annotations

from typing import NamedTuple, Optional, Tuple

ID = "{#PSDIFF.ID}"
UNIT = "{#PSDIFF.UNIT}"
UNIT_TAG = "unit"


class Item(NamedTuple):
    """A dependent item of the master item, or an item prototype.  ``path`` is the JSONPath of its
    value in the master's document, ``on_fail`` its value if the path finds none, ``script`` the
    JavaScript that the value goes through.  A ``resource`` is discovered only on demand.  A value
    that is not ``within`` becomes ``outside``.

    A value that has not changed is not stored again within {$PSDIFF.HEARTBEAT}, unless
    ``every_sample`` says so: a trigger counts them, or asks when the last one came."""

    key: str
    name: str
    path: str
    description: str
    value_type: str = "UNSIGNED"
    units: str = ""
    component: str = "daemons"
    on_fail: Optional[str] = None
    script: str = ""
    every_sample: bool = False
    resource: bool = False
    within: Tuple[str, ...] = ()
    outside: str = ""
    value_map: str = ""

    @property
    def is_text(self) -> bool:
        """Whether its values are text."""
        return self.value_type == "TEXT"


class Trigger(NamedTuple):
    """A trigger, or a trigger prototype.  It depends on the triggers named in ``after``: their
    problems hide its own.  ``{T}`` in its expression stands for the template's name."""

    name: str
    expression: str
    priority: str
    description: str
    opdata: str = ""
    event_name: str = ""
    scope: str = "availability"
    manual_close: bool = False
    after: Tuple[str, ...] = ()
