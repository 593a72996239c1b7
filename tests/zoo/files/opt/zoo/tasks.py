"""The tasks of the celery worker, and one that its beat asks for."""

import time

from celery import Celery  # type: ignore[import-not-found]

app = Celery("tasks", broker="redis://127.0.0.1")
app.conf.beat_schedule = {"tick": {"task": "tasks.work", "schedule": 5.0, "args": (0.1,)}}


@app.task  # type: ignore[untyped-decorator]
def work(seconds: float) -> None:
    """Take that long."""
    time.sleep(seconds)
