"""The Zabbix template: rows of macros, items, triggers and widgets in, Zabbix's XML out."""

from __future__ import annotations

from .differences import differences
from .render import VERSIONS, Template, render

__all__ = ["VERSIONS", "Template", "differences", "render"]
