"""The Zabbix template: rows of macros, items, triggers and widgets in, Zabbix's XML out."""

from __future__ import annotations

from .differences import differences
from .releases import NEWEST_CHECKED, OLDEST, Release, file_version, group_rule
from .render import VERSIONS, Template, render

__all__ = [
    "NEWEST_CHECKED",
    "OLDEST",
    "VERSIONS",
    "Release",
    "Template",
    "differences",
    "file_version",
    "group_rule",
    "render",
]
