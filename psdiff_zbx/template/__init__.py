"""The Zabbix template, made of the table of metrics: ``render(version, active)``."""

from __future__ import annotations

from .render import VERSIONS, render

__all__ = ["VERSIONS", "render"]
