"""psdiff's own configuration files that do not run, or fail later."""

from __future__ import annotations

import pytest

from psdiff_zbx.core.model import ConfigError
from psdiff_zbx.core.tree import build
from psdiff_zbx.host.psdiff_hooks import hooks
from tests.builders import SHIPPED
from tests.host.test_psdiff_hooks import (
    CLASS,
    CONF,
    FOREST,
    folder,
    under,
)

BROKEN = {
    "syntax-error": ("class X(:\n", "/etc/psdiff.conf: SyntaxError: "),
    "nul": ("x = '\0'", "/etc/psdiff.conf: "),
    "raises": ("\nimport os\n\nos.nothing()", "/etc/psdiff.conf: line 4: AttributeError: "),
    "no-class": ("x = 1", "/etc/psdiff.conf: defines no class LocalFilteredProcessFormatter(Fil"),
    "no-formatter": (
        "class LocalFilteredProcessFormatter: pass",
        "/etc/psdiff.conf: defines no class LocalFilteredProcessFormatter",
    ),
    "a-function": (
        "def LocalFilteredProcessFormatter(x): pass",
        "/etc/psdiff.conf: defines no class LocalFilteredProcessFormatter",
    ),
    "exits": ("import sys\nsys.exit(3)", "/etc/psdiff.conf: line 2: SystemExit: 3"),
}


@pytest.mark.parametrize(("source", "error"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_does_not_run_is_refused(source: str, error: str) -> None:
    with pytest.raises(ConfigError) as caught:
        hooks({CONF: source})
    assert str(caught.value).startswith(error)


METHODS = {
    "include-raises": ("def include(self, p): return p.nothing", "line 2: AttributeError: "),
    "include-divides": ("def include(self, p): return 1 / 0", "line 2: ZeroDivisionError: "),
    "adjust-raises": ("def adjust(self, p): int('x')", "line 2: ValueError: invalid literal"),
    "adjust-exits": ("def adjust(self, p): raise SystemExit(1)", "line 2: SystemExit: 1"),
    "init-of-two": ("def __init__(self, a, b): pass", " TypeError: "),
    "to-string-none": ("def to_string(self, p, indent): pass", ""),
    "to-string-number": ("def to_string(self, p, indent): return 1", ""),
    "to-string-empty": ("def to_string(self, p, indent): return ''", " to_string() returned ''"),
    "to-string-no-user": ("def to_string(self, p, indent): return 'x'", "is no process line"),
    "to-string-two-lines": (
        "def to_string(self, p, indent): return 'a  {user=b}\\nc  {user=d}'",
        "which is no process line",
    ),
    "to-string-surrogate": (
        "def to_string(self, p, indent): return '\\udcff  {user=b}'",
        "which is no process line",
    ),
    "endless": ("def include(self, p): return self.include(p)", "line 2: RecursionError: "),
}


@pytest.mark.parametrize(("method", "error"), METHODS.values(), ids=METHODS)
def test_a_hook_that_fails_is_an_error_that_names_its_place(method: str, error: str) -> None:
    with pytest.raises(ConfigError) as caught:
        under(f"{CLASS}\n    {method}")
    assert str(caught.value).startswith("/etc/psdiff.conf: ")
    assert error in str(caught.value)
    assert str(caught.value).isprintable()


def test_mixins_that_do_not_fit_together_are_refused() -> None:
    source = "ProcessFormatterMixin = ProcessFormatter"
    with pytest.raises(ConfigError, match=r"^/etc/psdiff.d: TypeError: "):
        hooks(folder(a=source))


def test_a_mixin_that_fails_is_named_with_its_file_and_line() -> None:
    source = "class ProcessFormatterMixin:\n    def include(self, process):\n        return x\n"
    with pytest.raises(ConfigError, match=r"^/etc/psdiff.d/b.py: line 3: NameError: "):
        hooks(folder(a="", b=source)).apply(build(FOREST), SHIPPED)
