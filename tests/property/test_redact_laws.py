"""Laws of redaction, for any arguments."""

from __future__ import annotations

from typing import List, Tuple

from hypothesis import assume, example, given
from hypothesis import strategies as st

from psdiff_zbx.core.line import escape
from psdiff_zbx.core.redact import MASK, check_word, redact
from psdiff_zbx.core.redact.patterns import SEPARATOR, finder
from psdiff_zbx.core.redact.tool_table import TOOLS
from psdiff_zbx.core.redact.tools import hide
from tests.core.redact.test_redact_table import HIDDEN, SHOWN
from tests.property import strategies as some
from tests.property.strategies import law

# What has a meaning in a pattern; arguments are made of pieces and pieces of pieces.
PIECES = [
    "password", "--password", "secret", "token", "pass:", "-p", "-px", "-u", "-a", "-P", "u:p",
    "=", ":", "==", "=>", ":=", "::", '"', "'", '\\"', "\\", ",", ";", "&", "|", "@", "@tcp(",
    "/", "://", "http://u:", "x", "a b", " ", "  ", "\n", "\t", "\\n", SEPARATOR, "-", "--",
    "no-", "-file", "Authorization:", "Bearer", "Basic ", "Cookie: ", "abcdef1",
    "ghp_0123456789", "eyJ012345678.a.b", "mysql", "sshpass", "redis-cli", "curl", "htpasswd",
    "-b", "-nb", "sqlplus", "a/b", "a/b@c", "wpa_passphrase", "ssh", "/usr/bin/zip",
    "docker login", "docker", "login", "; ", "| ", "--name", "PASSWORD '", "identified by",
    ":thin:u/", "{", "}", "[", "no", "true", "1", "/etc/", "file:", "-c", "ticket", "--ticket",
    "Kennwort", MASK, "*", "\x01", "é", "\udcff", "\x85", "\u2028", "dig", "-y", "nmcli",
    "vault", "mc", "alias set", "qemu-kvm", "-object", "secret,id=a,data=", "turnserver", "-u ",
    "check_http", "check_x", "-auth", "--creds=", "encrypt", "-encrypt ", "a1B2" * 6, "=" * 2,
    "runsvdir", "log:", "readproctitle", "errors:", "echo ", "sudo -S", "kinit", "radtest",
    "isql", "oathtool", "-d", "qpdf", "--encrypt", "radclient", "%", "u%p", "proxy=", "?sig=",
    "+rcon_password", "AUTH ", "basicauth.users=", "cifs", "mysqladmin", "http_proxy",
]  # fmt: skip
pieces = st.one_of(st.sampled_from(PIECES), some.words)
arguments = st.lists(st.lists(pieces, max_size=5).map("".join), max_size=6).map(tuple)
COMMANDS = [*(row.typed for row in HIDDEN), *SHOWN]
words = st.sampled_from([(), (), ("ticket",), ("kennwort*", "*i*"), ("x",)])
SHOWN_VALUES = (
    *("true", "false", "yes", "no", "on", "off", "none", "null", "never", "always", "auto"),
    *("prompt", "ask", "stdin", "env", "file", "fd", *"0123456789", *"-=>:*@~./ \\"),
)
secrets: st.SearchStrategy[str] = st.text(
    st.characters(blacklist_characters=SEPARATOR), min_size=1
).filter(lambda text: not text.lower().startswith(SHOWN_VALUES))


@law
@given(arguments, words)
@example(("app", 'a password="', 'x"'), ())
@example(("app", "a --password", "zip", "a; b", "-px"), ())
def test_what_is_redacted_stays_as_it_is(cmdline: Tuple[str, ...], own: Tuple[str, ...]) -> None:
    once = redact(cmdline, "secrets", own)
    assert len(once) == len(cmdline)
    assert redact(once, "secrets", own) == once


@law
@given(arguments, words)
def test_one_text_of_what_is_redacted_stays_as_it_is(
    cmdline: Tuple[str, ...], own: Tuple[str, ...]
) -> None:
    line = " ".join(redact(cmdline, "secrets", own))
    assert redact((line,), "secrets", own) == (line,)


@law
@given(
    st.lists(st.sampled_from(COMMANDS), min_size=1), st.sampled_from(["\n", "\n\t", "; ", " |\n"])
)
def test_a_line_of_a_baseline_stays_as_it_is(commands: List[str], between: str) -> None:
    left = redact(("sh", "-c", between.join(commands)), "secrets")
    line = escape(" ".join(left))
    assert redact((line,), "secrets") == (line,)


@law
@given(arguments, words)
def test_the_quick_look_overlooks_nothing(cmdline: Tuple[str, ...], own: Tuple[str, ...]) -> None:
    slowly = hide(finder(own).hide(SEPARATOR.join(cmdline)))
    assert SEPARATOR.join(redact(cmdline, "secrets", own)) == slowly


@law
@given(arguments, words)
def test_all_that_is_not_hidden_is_as_it_was(
    cmdline: Tuple[str, ...], own: Tuple[str, ...]
) -> None:
    hidden = redact(cmdline, "secrets", own)
    assert len(hidden) == len(cmdline)
    for before, after in zip(cmdline, hidden):
        start = 0
        for part in after.split(MASK):
            start = before.index(part, start) + len(part)


@law
@given(st.lists(st.text(st.sampled_from("bdfgil xz0189=:-_./"))).map(tuple))
def test_arguments_without_a_trigger_are_as_they_were(cmdline: Tuple[str, ...]) -> None:
    assert redact(cmdline, "secrets") == cmdline


@law
@given(secrets)
def test_a_secret_is_hidden_whatever_it_is(text: str) -> None:
    shown = ("app", f"--password={MASK}", "--token", MASK, f"DB_PASS={MASK}", "-v")
    cmdline = ("app", f"--password={text}", "--token", text, f"DB_PASS={text}", "-v")
    assert redact(cmdline, "secrets") == shown


@law
@given(st.from_regex(r"[a-z0-9*_-]{1,20}", fullmatch=True), st.text("ab_-.9", max_size=5))
def test_a_word_hides_what_it_names(word: str, filling: str) -> None:
    try:
        check_word(word)
    except ValueError:
        return
    name = word.lstrip("-").replace("*", filling)
    assume(not name.startswith("-"))  # no option's name does: "*-0" with nothing for the star
    assert redact(("app", f"--{name}=/etc/x"), "secrets", (word,))[1] == f"--{name}={MASK}"
    assert redact(("app", f"--{name}", "/etc/x"), "secrets", (word,))[2] == MASK


@law
@given(st.sampled_from(sorted(TOOLS)), st.lists(pieces, max_size=6))
def test_no_tool_loses_an_argument(row: str, given_to: List[str]) -> None:
    for name in row.replace("*", "x").split("|"):
        cmdline = (*name.split(" "), *given_to)
        assert len(redact(cmdline, "secrets")) == len(cmdline)
        line = " ".join(redact(cmdline, "secrets"))
        assert redact((line,), "secrets") == (line,)
