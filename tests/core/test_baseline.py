"""A baseline file: what is written, what is read, and what is refused."""

from __future__ import annotations

from typing import Dict

import pytest

from psdiff_zbx.core.baseline import (
    dump_baseline,
    dump_tree,
    parse_baseline,
    tree_digest,
)
from psdiff_zbx.core.model import (
    OPTIONAL,
    Baseline,
    BaselineError,
    Header,
    Line,
)
from tests.builders import outline, tree
from tests.files import DATA

BAD = DATA / "bad"
TREE = tree("cron -f\nnginx: master process\n  nginx: worker process  {user=www-data}")
HEADER = Header(1763851200, "web1", "root", "1.0.0", "0123abcd")
TEXT = """\
# psdiff-zbx baseline 1
# written: 2025-11-22T22:40:00Z
# host: web1
# by: root
# version: 1.0.0
# rules: 0123abcd
root  {user=root}
  INIT  {user=root}
    cron -f  {user=root}
    nginx: master process  {user=root}
      nginx: worker process  {user=www-data}
# end
"""
ROOT_LINES = "root  {user=root}\n  INIT  {user=root}\n"


def test_a_baseline_is_written_with_header_and_end() -> None:
    assert dump_baseline(Baseline(TREE, HEADER)) == TEXT


def test_a_baseline_is_read_as_it_was_written() -> None:
    assert parse_baseline(TEXT.encode(), "x") == Baseline(TREE, HEADER)


def test_what_is_known_of_its_names_stands_behind_the_tree() -> None:
    """The daemons that may run or not, and uids; what a later version adds is passed over."""
    marked = tuple(
        line._replace(mode=OPTIONAL) if line.cmdline == "cron -f" else line for line in TREE
    )
    known = Baseline(marked, HEADER, (("root", 0), ("www-data", 33)))
    text = dump_baseline(known)
    notes = text[len(TEXT) - len("# end\n") :]
    assert notes == "# optional cron-29c5ac38\n# user root=0\n# user www-data=33\n# end\n"
    assert parse_baseline(text.encode(), "x") == known
    later = text.replace("# user root", "# port cron-29c5ac38 22\n# user root")
    assert parse_baseline(later.encode(), "x") == known


UNITS = (("root", "cron -f"), "a.service"), (("root", "cron -f"), "jane/b.service")


def test_the_units_of_its_daemons_stand_there_too() -> None:
    known = Baseline(TREE, HEADER, (), UNITS)
    text = dump_baseline(known)
    assert text.endswith(
        "# unit cron-29c5ac38 a.service\n# unit cron-29c5ac38 jane/b.service\n# end\n"
    )
    assert parse_baseline(text.encode(), "x") == known


def test_lines_alone_may_name_units_too() -> None:
    text = f"{dump_tree(TREE)}# unit cron-29c5ac38 a.service\n# user root=0\n"
    assert parse_baseline(text.encode(), "x") == Baseline(TREE, None, (), UNITS[:1])


def test_a_unit_of_no_daemon_is_not_written() -> None:
    assert "gone" not in dump_baseline(Baseline(TREE, HEADER, (), ((("root", "x"), "gone"),)))


def test_a_user_that_is_gone_from_the_tree_is_not_written() -> None:
    assert "nobody" not in dump_baseline(Baseline(TREE, HEADER, (("nobody", 65534),)))


@pytest.mark.parametrize(
    "row",
    [
        *("# user =", "# user a", "# user a=", "# user a=b", "# user a=²"),
        *("# unit", "# unit ", "# unit x", "# unit x-00000000 x.service"),
        *("# unit cron-29c5ac38", "# unit cron-29c5ac38 ", "# unit  cron-29c5ac38 x"),
        *("# unit cron-29c5ac38 poweroff.target", "# unit cron-29c5ac38 --user x.service"),
    ],
)
def test_a_strange_note_is_passed_over(row: str) -> None:
    text = TEXT.replace("# end", f"{row}\n# optional nobody\n# end")
    assert parse_baseline(text.encode(), "x") == Baseline(TREE, HEADER)


def test_without_header_only_format_and_end_are_written() -> None:
    assert (
        dump_baseline(Baseline(TREE, None)) == f"# psdiff-zbx baseline 1\n{dump_tree(TREE)}# end\n"
    )


def test_a_headers_values_stay_on_their_lines() -> None:
    evil = HEADER._replace(by="a\nroot  {user=root}\n# end")
    assert parse_baseline(dump_baseline(Baseline(TREE, evil)).encode(), "x").tree == TREE


HAND_MADE: Dict[str, str] = {
    "comments": TEXT.replace("    cron", "# the next one is cron\n    cron"),
    "blank-lines": TEXT.replace("# end", "\n  \n# end\n\n\n"),
    "dos-line-ends": TEXT.replace("\n", "\r\n"),
    "no-newline-at-the-end": TEXT.rstrip("\n"),
    "deeper-indent": TEXT.replace("      nginx: worker", "          nginx: worker"),
    "trailing-blanks": TEXT.replace("{user=www-data}", "{user=www-data}   "),
    "a-comment-that-looks-like-a-field": TEXT.replace("    cron", "# by: hand\n    cron"),
}


@pytest.mark.parametrize("text", HAND_MADE.values(), ids=HAND_MADE)
def test_a_baseline_may_be_edited_by_hand(text: str) -> None:
    assert parse_baseline(text.encode(), "x") == Baseline(TREE, HEADER)


def test_a_time_that_is_none_is_time_zero() -> None:
    text = TEXT.replace("2025-11-22T22:40:00Z", "yesterday")
    assert parse_baseline(text.encode(), "x").header == HEADER._replace(written=0)


def test_an_absent_field_is_empty() -> None:
    text = TEXT.replace("# host: web1\n", "").replace("# written: 2025-11-22T22:40:00Z\n", "")
    assert parse_baseline(text.encode(), "x").header == HEADER._replace(written=0, host="")


def test_psdiffs_own_file_has_no_header_and_no_end() -> None:
    assert parse_baseline(dump_tree(TREE).encode(), "/var/lib/psdiff.db") == Baseline(TREE, None)


def test_psdiffs_zombies_are_skipped() -> None:
    text = f"{dump_tree(TREE)}    [cron] <defunct>  {{user=root}}\n"
    assert parse_baseline(text.encode(), "x").tree == TREE


def test_in_our_own_file_such_a_name_is_a_process() -> None:
    text = TEXT.replace("    cron -f", "    [cron] <defunct>")
    assert outline(parse_baseline(text.encode(), "x").tree)[1] == "  [cron] <defunct>"


def test_psdiffs_children_of_hidden_lines_hang_under_the_next_one_above() -> None:
    text = f"{ROOT_LINES}        job  {{user=root}}\n    cron  {{user=root}}\n"
    assert [line[:2] for line in parse_baseline(text.encode(), "x").tree[2:]] == [
        (2, "job"),
        (2, "cron"),
    ]


def test_a_process_may_be_called_like_a_comment() -> None:
    lines = (*TREE, Line(2, "# end", "root"))
    assert parse_baseline(dump_baseline(Baseline(lines, HEADER)).encode(), "x").tree == lines


def test_the_digest_changes_with_a_line() -> None:
    assert tree_digest(TREE) == tree_digest(parse_baseline(TEXT.encode(), "x").tree) == "927c245f"
    assert tree_digest(TREE[:-1]) != tree_digest(TREE)
    assert tree_digest((*TREE[:-1], TREE[-1]._replace(user="www"))) != tree_digest(TREE)


# Each file's name, and what the error says of it.
REFUSED = {
    "binary": "line 1 is no text",
    "cut-off": "cut off, the last line is not '# end'",
    "cut-off-line": "line 9 is no process line; ",
    "empty": "holds no process tree",
    "future-version": "'psdiff-zbx baseline 2' is of another version",
    "long-line": "is no process line; restore it",
    "no-process-line": "line 9 is no process line; ",
    "nul": "line 4 is no text",
    "odd-indent": "line 9 is no process line; ",
    "only-comments": "holds no process tree",
    "other-root": "holds no process tree",
    "two-roots": "line 9: the tree has one root",
    "undecodable-line": "line 9 is no text",
}


@pytest.mark.parametrize(("name", "text"), REFUSED.items(), ids=REFUSED)
def test_a_bad_baseline_is_refused_with_its_cause(name: str, text: str) -> None:
    with pytest.raises(BaselineError) as caught:
        parse_baseline((BAD / name).read_bytes(), f"/var/lib/{name}")
    error = str(caught.value)
    assert error.startswith(f"/var/lib/{name}: ")
    assert text in error
    assert "restore it, or else 'psdiff-zbx write -v' shows" in error
    assert len(error) < 250
    assert "\n" not in error


def test_every_bad_baseline_is_in_the_table() -> None:
    assert sorted(path.name for path in BAD.iterdir()) == sorted(REFUSED)
