"""Namespaces that know all users, and those that do not."""

from __future__ import annotations

import pytest

from psdiff_zbx.core.model import SnapshotError
from psdiff_zbx.host.user_namespace import refuse_unmapped

KNOWN = {
    "the-host": "         0          0 4294967295\n",
    "a-container": "0 100000 65536\n",
    "in-parts": "0 1000 1\n1 100000 65535\n",
}


@pytest.mark.parametrize("uid_map", KNOWN.values(), ids=KNOWN)
def test_nobody_is_a_user_like_any_other(uid_map: str) -> None:
    refuse_unmapped(uid_map)


@pytest.mark.parametrize("uid_map", ["0 0 1\n112 112 1\n", "0 100000 65534\n", ""])
def test_nobody_stands_for_all_who_are_not_known(uid_map: str) -> None:
    """As systemd's PrivateUsers=yes has it."""
    with pytest.raises(SnapshotError, match="unset PrivateUsers"):
        refuse_unmapped(uid_map)
