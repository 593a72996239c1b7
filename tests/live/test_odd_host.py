"""Whatever a user without rights starts, mounts and groups: there is an answer in time."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from psdiff_zbx.core.document import DOCUMENT_LIMIT
from tests.files import TOP
from tests.live.odd_host import MALLORY
from tests.live.program import Program

# `make fuzz` tries more of them, and larger ones.
HOSTS = int(os.environ.get("ODD_HOSTS", "1"))
PROCESSES = 1_000 if HOSTS > 1 else 120
LIMIT = 3.0  # processor seconds, for which an agent waits
BASELINE = "root  {user=root}\n  INIT  {user=root}\n    /usr/sbin/cron -f  {user=root}\n"
# An error names the process or the user that keeps the answer back.
NAMES = re.compile(rf"process \d+ \(|of user {MALLORY}\b")


@pytest.fixture
def groups(cgroups: Path, word: str) -> Iterator[Path]:
    """A control group below which others may be made."""
    place = cgroups / word
    place.mkdir()
    yield place
    below = [
        Path(os.fsdecode(folder)) for folder, *_ in os.walk(os.fsencode(place), topdown=False)
    ]
    for each in below:
        each.rmdir()


@pytest.mark.parametrize("seed", [random.randrange(10**9) for _ in range(HOSTS)])
def test_there_is_an_answer_in_time(
    namespaces: None, stranger: Program, groups: Path, seed: int
) -> None:
    stranger.baseline.write_text(BASELINE)
    os.chown(stranger.baseline, 0, 0)
    os.chown(stranger.config, 0, 0)
    os.chown(stranger.folder, 0, 0)
    own = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    host = [sys.executable, "-m", "tests.live.odd_host", str(seed), str(PROCESSES)]
    env = {"PATH": os.environ["PATH"], **stranger.environment({})}
    words = [*own, *host, str(stranger.folder), str(groups), *stranger.words("get")]
    done = subprocess.run(words, cwd=TOP, env=env, capture_output=True, text=True, check=False)
    assert not done.stderr
    for took, text in json.loads(done.stdout):
        found = json.loads(text)
        assert took < LIMIT
        assert len(text.encode()) < DOCUMENT_LIMIT
        assert NAMES.search(found["error"]) or found["missing"]["count"] == 1, found["error"]
