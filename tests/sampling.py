"""How many cases are tried: a further Python tries fewer of them (HYPOTHESIS_PROFILE=fewer)."""

from __future__ import annotations

import os

PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "all")
EACH = 1 if PROFILE == "all" else 4
"""Of so many cases one is tried, where they are alike."""
