"""A login needs pyzabbix, and says so before it asks for a password."""

from __future__ import annotations

import sys

import pytest

from psdiff_zbx.frontend import session
from psdiff_zbx.frontend.session import FrontendError, Login


@pytest.fixture
def no_pyzabbix(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an import finds it that is not installed: sys.modules in Python's import reference."""
    monkeypatch.setitem(sys.modules, "pyzabbix.api", None)
    monkeypatch.setattr("getpass.getpass", lambda _: pytest.fail("asked"))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)


@pytest.mark.usefixtures("no_pyzabbix")
def test_the_environments_own_pip_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "/opt/psdiff-zbx")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    for token_file, user in ((None, "Admin"), ("/no/token", None)):
        with pytest.raises(FrontendError) as caught:
            session.login(token_file, user)
        assert str(caught.value) == (
            "no pyzabbix 1.3 or newer here; "
            "'/opt/psdiff-zbx/bin/pip install \"pyzabbix>=1.3\"' installs it"
        )


@pytest.mark.usefixtures("no_pyzabbix")
def test_nothing_is_installed_into_the_systems_own_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "prefix", "/usr")
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    with pytest.raises(FrontendError, match="Debian 13 has it as python3-pyzabbix; else"):
        session.login(None, "Admin")


def test_with_it_a_password_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"{prompt}x")
    assert session.login(None, "Admin") == Login("", "Admin", "Password of Admin: x")
