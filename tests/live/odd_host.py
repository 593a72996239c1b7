"""A host on which a user without rights has done his worst, by chance.

In: `odd_host.py SEED PROCESSES FOLDER CGROUPS COMMAND…`, as root, in pid and mount namespaces of
its own.  Out, as JSON: what the command printed as another user, the processor seconds that it
took, and those of two looks in this process, which remembers the first, as the plugin does.
FOLDER holds a configuration and a baseline; CGROUPS is where control groups may be made.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from psdiff_zbx.core.cache import new_memory
from psdiff_zbx.core.document import document
from psdiff_zbx.core.model import PsdiffError
from psdiff_zbx.core.rules.rule import Rule
from psdiff_zbx.core.rules.shapes import patterns, shapes
from psdiff_zbx.host.config import shipped_rules
from psdiff_zbx.host.monitor import Monitor

MALLORY, AGENT = 12345, 12346
LONGEST = 131_000  # bytes of an argument: MAX_ARG_STRLEN
MOUNTS, GROUPS = 20, 200
ODD = ["\r", "\n", " ", "\t", "\\", "\\040", "é", "\udcff", "/docker", "user.slice", "x" * 50]
SIZES = [10, 100, 1_000, 4_000, 4_097, 33_000, LONGEST]
# It has whatever arguments it is given, and ends with whoever holds the other end.
WAITS = ["-c", "read -r x"]


def odd_name() -> bytes:
    name = "".join(random.choices(ODD, k=random.randint(1, 4))).replace("/", ":")
    return f"{random.getrandbits(32):x}{name}".encode("utf-8", "surrogateescape")


def mount_oddly(folder: Path) -> None:
    for _ in range(MOUNTS):
        place = os.path.join(os.fsencode(folder), odd_name())
        os.mkdir(place)
        subprocess.run([b"mount", b"-t", b"tmpfs", odd_name(), place], check=True)


def group_oddly(above: Path) -> None:
    """Groups as a user may make them below his own."""
    place = os.fsencode(above)
    for _ in range(GROUPS):
        child = os.path.join(random.choice([place, os.fsencode(above)]), odd_name())
        if b"\n" not in child:  # the kernel refuses that alone
            os.mkdir(child, random.choice([0o700, 0o755]))
            place = child if random.random() < 0.2 else place


def titles(rules: list[Rule]) -> Iterator[str]:
    """Texts that one of the rules might be slow for, or that are nothing at all."""
    while True:
        rule, size = random.choice(rules), random.choice(SIZES)
        found = patterns(rule)
        start = random.choice(rule.match or rule.contains or rule.program or ("",))
        shape = _one_of(shapes(random.choice(found), size)) if found else ""
        yield start + random.choice(
            [shape] * 5 + ["\udcff" * size, "\n" * size, "é" * (size // 2)]
        )


def _one_of(texts: Iterator[str]) -> str:
    """One of the first texts: all of them would be many megabytes."""
    return next(itertools.islice(texts, random.randrange(60), None), "")


def command_lines(number: int) -> Iterator[list[bytes]]:
    text = titles([*shipped_rules()])
    for _ in range(number):
        room = LONGEST * 4
        words = [next(text) for _ in range(random.choice([1, 1, 1, 2, 5, 40]))]
        first, *more = (word.encode("utf-8", "surrogateescape")[:LONGEST] for word in words)
        yield [
            first,
            *map(str.encode, WAITS),
            *(word for word in more if (room := room - len(word)) > 0),
        ]


def crowd(number: int) -> None:
    """Starts the processes, and stays."""
    os.setgroups([])
    os.setresgid(MALLORY, MALLORY, MALLORY)
    os.setresuid(MALLORY, MALLORY, MALLORY)
    held = os.pipe()
    for words in command_lines(number):
        clean = [word.replace(b"\0", b" ") or b" " for word in words]
        os.posix_spawn("/bin/sh", clean, {}, file_actions=[(os.POSIX_SPAWN_DUP2, held[0], 0)])


def look(monitor: Monitor) -> tuple[float, str]:
    began = time.process_time()
    try:
        text = document(monitor.state())
    except PsdiffError as error:
        text = json.dumps({"error": str(error)})
    return time.process_time() - began, text


def main(seed: int, number: int, folder: Path, groups: Path, command: list[str]) -> None:
    random.seed(seed)
    mount_oddly(folder)
    group_oddly(groups)
    ready, done = os.pipe()
    if not os.fork():
        crowd(number)
        os.close(done)
        time.sleep(600)
    os.close(done)
    os.read(ready, 1)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run(
        command, user=AGENT, group=AGENT, extra_groups=[], capture_output=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    monitor = Monitor(folder / "config.toml", folder / "baseline", memory=new_memory())
    answers = [(took, ran.stdout.decode()), look(monitor), look(monitor)]
    print(json.dumps(answers))


if __name__ == "__main__":
    seed, number, folder, groups, *command = sys.argv[1:]
    main(int(seed), int(number), Path(folder), Path(groups), command)
