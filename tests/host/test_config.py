"""Configuration files: found, refused, read."""

from __future__ import annotations

from pathlib import Path

import pytest

from psdiff_zbx.core.rules.facts import RECORDED
from psdiff_zbx.core.settings import Settings
from psdiff_zbx.core.tree import arrange, build
from psdiff_zbx.host.config import load_config, shipped_rules
from tests.builders import INIT, outline, process
from tests.files import refused, write

SETTINGS = """
redact = "arguments"
redact_words = ["ticket", "pin*"]
containers = "watch"
extra_min_age = 0.5
missing_retry = 3
"""
RULE = '[[rule]]\nmatch = "{}"\nkeep = true\n'


def test_an_empty_file_is_the_default(etc: Path) -> None:
    found = load_config(write(etc / "config.toml", ""))
    assert found.settings == Settings()
    assert found.rules.rows == shipped_rules("ignore")
    assert found.rules.arguments


def test_settings_are_read(etc: Path) -> None:
    found = load_config(write(etc / "config.toml", SETTINGS))
    assert found.settings == Settings("arguments", ("ticket", "pin*"), "watch", 0.5, 3)
    assert found.rules.rows == shipped_rules("watch")
    assert not found.rules.arguments


def test_a_rule_of_the_other_setting_is_not_used(etc: Path) -> None:
    texts = [RULE.format("a"), RULE.format("b") + 'containers = "watch"\n']
    ignoring = load_config(write(etc / "config.toml", "".join(texts))).rules.rows
    watching = load_config(write(etc / "config.toml", "".join(['containers = "watch"\n', *texts])))
    assert [rule.number for rule in ignoring[:2]] == [1, 1]
    assert [rule.number for rule in watching.rules.rows[:2]] == [1, 2]


def test_own_rules_come_before_those_of_the_folder_and_these_before_the_shipped(
    etc: Path,
) -> None:
    write(etc / "rules.d" / "20-b.toml", RULE.format("c") + RULE.format("d"))
    write(etc / "rules.d" / "10-a.toml", RULE.format("b"))
    write(etc / "rules.d" / "30-notes.txt", "no rules")
    found = load_config(write(etc / "config.toml", RULE.format("a"))).rules.rows
    assert [rule.match for rule in found[:4]] == [("a",), ("b",), ("c",), ("d",)]
    assert [rule.number for rule in found[:4]] == [1, 1, 1, 2]
    assert [Path(rule.origin).name for rule in found[:3]] == [
        "config.toml",
        "10-a.toml",
        "20-b.toml",
    ]
    assert found[4:] == shipped_rules()


def test_an_own_rule_overrules_a_shipped_one(etc: Path) -> None:
    found = load_config(write(etc / "config.toml", RULE.format("CRON")))
    live = build([INIT, process(9, "CRON -f"), process(10, "/usr/sbin/CRON")])
    assert outline(arrange(found.filter_tree(live, facts=RECORDED).tree)) == ["INIT", "  CRON -f"]


DIGESTS = {
    "a-rule": RULE.format("a"),
    "redaction": 'redact = "off"\n',
    "only-the-program": 'redact = "arguments"\n',
    "words": 'redact_words = ["ticket"]\n',
}


@pytest.mark.parametrize("text", DIGESTS.values(), ids=DIGESTS)
def test_the_digest_changes_with(etc: Path, text: str) -> None:
    before = load_config(write(etc / "config.toml", "extra_min_age = 5\n")).digest
    assert before == load_config(write(etc / "config.toml", "")).digest
    assert before != load_config(write(etc / "config.toml", text)).digest


AGE = "extra_min_age must be a number of seconds, 0 to 86400"
RETRY = "missing_retry must be a number of seconds, 0 to 60"
WORDS = "redact_words must be a list of strings"
REDACT = "redact must be one of secrets, arguments, off"
WRONG = {
    "no-toml": ("redact = secrets", "no TOML: Invalid value"),
    "cut-off": ('[[rule]]\nmatch = "a', "no TOML: "),
    "a-number-without-end": (f"extra_min_age = {'9' * 5000}", "no TOML: "),
    "nested-without-end": (f"redact = {'[' * 5000}", "no TOML: "),
    "twice": ("redact = 'off'\nredact = 'off'", "no TOML: Cannot overwrite a value"),
    "unknown-setting": ("redakt = 'off'", "unknown setting 'redakt'; known are redact, red"),
    "path-is-no-setting": ("path = '/'", "unknown setting 'path'"),
    "redact-unknown": ("redact = 'all'", REDACT),
    "redact-list": ("redact = ['off']", REDACT),
    "redact-table": ("[redact]", REDACT),
    "age-text": ("extra_min_age = '60'", AGE),
    "age-true": ("extra_min_age = true", AGE),
    "age-negative": ("extra_min_age = -1", AGE),
    "age-nan": ("extra_min_age = nan", AGE),
    "age-of-years": ("extra_min_age = 86401", AGE),
    "retry-too-long": ("missing_retry = 61", RETRY),
    "containers-unknown": ("containers = 'keep'", "containers must be one of ignore, watch"),
    "words-text": ("redact_words = 'ticket'", WORDS),
    "words-numbers": ("redact_words = [1]", WORDS),
    "words-blank": ("redact_words = ['two words']", "redact_words"),
    "single-bracket": ("[rule]\nmatch = 'a'", "rules are written as [[rule]] tables"),
    "wrong-rule": (RULE.format("a") + "[[rule]]\nmatch = 'b'", "rule 2: needs one action of"),
}


@pytest.mark.parametrize(("text", "error"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_refused_with_its_name_and_cause(etc: Path, text: str, error: str) -> None:
    path = write(etc / "config.toml", text)
    assert refused(path).startswith(f"{path}: {error}")


WRONG_RULES = {
    "wrong-rule": ("[[rule]]\nkeep = true\n", "rule 1: needs a condition"),
    "setting": ("redact = 'off'\n", "'redact' is no rule; only [[rule]] tables belong here"),
    "no-toml": ("match = a", "no TOML: "),
}


@pytest.mark.parametrize(("text", "error"), WRONG_RULES.values(), ids=WRONG_RULES)
def test_a_wrong_file_of_the_folder_is_refused(etc: Path, text: str, error: str) -> None:
    path = write(etc / "rules.d" / "10-mine.toml", text)
    assert refused(write(etc / "config.toml", "")).startswith(f"{path}: {error}")


def test_an_empty_file_of_the_folder_holds_no_rules(etc: Path) -> None:
    write(etc / "rules.d" / "10-mine.toml", "")
    assert load_config(write(etc / "config.toml", "")).rules.rows == shipped_rules()


def test_a_file_that_is_not_there_is_refused(etc: Path) -> None:
    path = etc / "config.toml"
    assert refused(path) == f"cannot read {path}: No such file or directory"


def test_a_folder_is_no_file(etc: Path) -> None:
    assert refused(etc) == f"cannot read {etc}: Is a directory"


def test_bytes_that_are_no_text_are_refused(etc: Path) -> None:
    path = write(etc / "config.toml", "")
    path.write_bytes(b"# caf\xe9\n")
    assert refused(path) == f"{path}: not UTF-8 text (byte 5)"


def test_rules_d_that_is_no_folder_is_refused(etc: Path) -> None:
    (etc / "rules.d").rmdir()
    path = write(etc / "rules.d", "")
    assert refused(write(etc / "config.toml", "")) == f"cannot read {path}: Not a directory"
