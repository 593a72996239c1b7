"""Many who change one baseline at the same time, and many who read it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Thread
from typing import Any, List

import pytest

from psdiff_zbx.cli.main import main
from psdiff_zbx.core.model import BaselineError
from psdiff_zbx.host import baseline_store, journal
from psdiff_zbx.host.baseline_changes import BaselineEditor
from psdiff_zbx.host.monitor import Monitor
from tests.files import write
from tests.live.recordings import recording

MANY, TIMES = 8, 3


@pytest.fixture
def monitor(tmp_path: Path) -> Monitor:
    tmp_path.chmod(0o700)
    found = recording(tmp_path / "now", ["/opt/a"])
    config = write(tmp_path / "config.toml", "missing_retry = 0")
    monitor = Monitor(config, tmp_path / "baseline", str(found))
    BaselineEditor(monitor).write()
    return monitor


def fresh(monitor: Monitor) -> Monitor:
    """As another process has one, which has read nothing yet."""
    return Monitor(*monitor)


def test_nobody_fails_and_nothing_is_lost(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baseline_store, "PATIENCE", 300.0)  # others want the processors, too
    path = monitor.baseline_path
    assert path is not None

    def change(number: int) -> None:
        for time in range(TIMES):
            editor = BaselineEditor(fresh(monitor))
            editor.change("root", f"/opt/{number}-{time}", "add")

    def read(_: int) -> List[int]:
        return [len(fresh(monitor).state().comparison.missing) for _ in range(TIMES)]

    with ThreadPoolExecutor(2 * MANY) as pool:
        changes = [pool.submit(change, number) for number in range(MANY)]
        reads = [pool.submit(read, number) for number in range(MANY)]
        assert [each.result() for each in changes] == [None] * MANY
        counts = [each.result() for each in reads]
    assert all(one == sorted(one) for one in counts), "none goes back to an older baseline"
    assert len(fresh(monitor).state().comparison.missing) == MANY * TIMES
    assert len(journal.read_history(path)) == 1 + MANY * TIMES


def test_a_change_waits_for_that_of_somebody_else(monitor: Monitor) -> None:
    path = monitor.baseline_path
    assert path is not None
    ready, done = Event(), Event()

    def hold() -> None:
        with baseline_store.locked(path):
            ready.set()
            done.wait(0.05)

    holder = Thread(target=hold)
    holder.start()
    ready.wait()
    assert BaselineEditor(fresh(monitor)).change("root", "/opt/b", "add").changed
    holder.join()


def test_an_accept_that_asks_nobody_looks_again(
    monitor: Monitor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    BaselineEditor(monitor).change("root", "/opt/gone", "add")
    look = BaselineEditor._view
    looks = []

    def disturbed(editor: BaselineEditor, *args: Any, **options: Any) -> Any:
        looks.append(editor)
        if len(looks) == 1:
            BaselineEditor(fresh(monitor)).change("root", "/opt/other", "add")
        return look(editor, *args, **options)

    monkeypatch.setattr(BaselineEditor, "_view", disturbed)
    files = {"config": monitor.config_path, "baseline": monitor.baseline_path}
    options = [f"--{name}={path}" for name, path in files.items()]
    assert main([*options, f"--snapshot={monitor.snapshot_path}", "accept", "--missing"]) == 0
    assert len(looks) == 2
    assert fresh(monitor).state().comparison.missing == ()
    assert "/opt/other" in capsys.readouterr().out


def test_it_does_not_wait_for_ever(monitor: Monitor, monkeypatch: pytest.MonkeyPatch) -> None:
    path = monitor.baseline_path
    assert path is not None
    monkeypatch.setattr(baseline_store, "PATIENCE", 0.05)
    with baseline_store.locked(path), pytest.raises(BaselineError, match="try again"):
        BaselineEditor(monitor).write()
