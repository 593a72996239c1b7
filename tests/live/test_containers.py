"""Real processes in the control groups of containers, without an engine that makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.live.program import Program, poll, sh
from tests.live.standins import new_word

ID = "0eb77e3614f6dca1b13a1f57ad21168f38bc226c1cdad438346fa666468f3add"
# A pid namespace of our own, with a process in each of the groups, which live as long as it.
INSIDE = """exec unshare --pid --fork --kill-child --mount-proc sh -euc '
test -z "$OURS" || echo 1 > "$OURS/cgroup.procs"
seconds=900
for group in $GROUPS_; do
    sleep $seconds & echo $! > "$group/cgroup.procs"
    seconds=$((seconds + 1))
done
"$@"' sh "$@"
"""

pytestmark = pytest.mark.usefixtures("namespaces")


@contextmanager
def groups(root: Path, names: Iterable[str]) -> Iterator[list[Path]]:
    """New control groups, each below those before it where its name says so; in one of their own,
    for another Python's tests may be making them, too."""
    own = root / f"{new_word()}.slice"
    made = [own, *(own / name for name in names)]
    for group in made:
        group.mkdir()
    try:
        yield made[1:]
    finally:
        for group in reversed(made):
            assert poll(partial(_is_empty, group))
            group.rmdir()


def _is_empty(group: Path) -> bool:
    return "populated 0" in (group / "cgroup.events").read_text()


def seen(program: Program, inside: Iterable[Path], ours: str = "") -> list[str]:
    """The command lines that psdiff-zbx shows in there, less what stands for pid 1."""
    env = {"GROUPS_": " ".join(map(str, inside)), "OURS": ours}
    lines = sh(INSIDE, *program.words("dump"), env=program.environment(env)).lines
    return [line.split("  {")[0].strip() for line in lines if "sleep" in line]


@pytest.mark.parametrize(("setting", "expected"), [("ignore", 1), ("watch", 4)])
def test_processes_of_containers_are_known_by_their_groups(
    program: Program, cgroups: Path, setting: str, expected: int
) -> None:
    names = [
        r"machine-qemu\x2d1\x2dpsdiff.scope",
        f"docker-{ID}.scope",
        f"libpod-{ID}.scope",
        "lxc.payload.psdiff",
    ]
    watching = program.configure(f'containers = "{setting}"\n')
    with groups(cgroups, names) as made:
        assert seen(watching, made) == [f"sleep {900 + n}" for n in range(expected)]


def test_a_container_that_sees_its_own_group_is_watched(program: Program, cgroups: Path) -> None:
    """It has no cgroup namespace; one of its processes is in a container below it."""
    ours = f"docker-{ID}.scope"
    with groups(cgroups, [ours, f"{ours}/cron.service", f"{ours}/libpod-{ID}.scope"]) as made:
        assert seen(program, made, ours=str(made[0])) == ["sleep 900", "sleep 901"]
