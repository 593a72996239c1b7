"""Whether a user namespace hides whose processes those of others are: user_namespaces(7)."""

from __future__ import annotations

from ..core.model import SnapshotError

OVERFLOW = 65534
"""The uid of all users that a namespace does not know: /proc/sys/kernel/overflowuid."""


def refuse_unmapped(uid_map: str) -> None:
    """Raise SnapshotError if ``OVERFLOW`` is no user of its own in this namespace.  In: the text
    of ``/proc/self/uid_map``, such as ``0 0 4294967295``: from, to, how many."""
    rows = (tuple(map(int, row.split())) for row in uid_map.splitlines())
    if not any(first <= OVERFLOW < first + number for first, _, number in rows):
        raise SnapshotError(
            "a user namespace hides whose processes run here: unset PrivateUsers in the agent's "
            "unit, or share the host's user namespace"
        )
