"""What a look at the host makes is freed with it, not by Python's collector some looks later."""

from __future__ import annotations

import gc
from pathlib import Path

from psdiff_zbx.core.item_keys import METRICS
from psdiff_zbx.plugin.cached_state import CachedState
from psdiff_zbx.plugin.options import PluginOptions
from tests.files import write

BASELINE = "root  {user=root}\n  INIT  {user=root}\n    /opt/gone -x  {user=root}\n"
NO_CACHE = -1.0


def answer_all(cached: CachedState) -> None:
    for metric in METRICS:
        state = cached.state(10)
        if metric.answer:
            metric.answer(state, state.comparison.daemons[0].id)


def test_no_look_refers_to_itself(etc: Path) -> None:
    options = PluginOptions(write(etc / "baseline", BASELINE), write(etc / "config.toml", ""))
    cached = CachedState(options._replace(cache_time=NO_CACHE))
    answer_all(cached)
    gc.collect()
    gc.disable()
    try:
        answer_all(cached)
        assert gc.collect() == 0
    finally:
        gc.enable()
