"""The Zabbix template, made of the table of metrics."""

from __future__ import annotations

from .differences import differences
from .render import VERSIONS, Template, render

__all__ = ["VERSIONS", "Template", "differences", "render"]
