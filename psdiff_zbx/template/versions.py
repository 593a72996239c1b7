"""What differs between the exports of Zabbix 6.0 and 7.0: names of objects and fields."""

from __future__ import annotations

from typing import Any, Dict, Mapping, NamedTuple, Tuple

from .records import Item
from .states import BLIND, DAEMON_STATE, STATE
from .widgets import GRID_60, GRID_70, Grid

Export = Dict[str, Any]


class Version(NamedTuple):
    """One version of Zabbix, with its names for objects and fields."""

    name: str
    groups: str
    """The tag of the template groups."""
    grid: Grid
    """How dashboards are written down."""
    item_extra: Mapping[str, str]
    """Further fields of the master item."""
    rule_extra: Mapping[str, str]
    template_extra: Mapping[str, Any]
    states: Tuple[Item, ...] = (STATE,)
    daemon_states: Tuple[Item, ...] = (DAEMON_STATE,)


V60 = Version(
    name="6.0",
    groups="groups",
    grid=GRID_60,
    item_extra={},
    rule_extra={"lifetime": "0"},
    template_extra={},
    states=(STATE, BLIND),
    daemon_states=(),  # it has no widget that shows them
)

V70 = Version(
    name="7.0",
    groups="template_groups",
    grid=GRID_70,
    item_extra={"timeout": "{$PSDIFF.TIMEOUT}"},
    rule_extra={"lifetime": "0", "lifetime_type": "DELETE_IMMEDIATELY"},
    template_extra={"vendor": {"name": "psdiff-zbx", "version": "7.0-0"}},
)

VERSIONS = {version.name: version for version in (V60, V70)}
