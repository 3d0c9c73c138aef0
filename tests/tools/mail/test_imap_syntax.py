"""The words of IMAP, read and written."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.errors import BadInput
from tools.mail import imap_syntax as syntax


@pytest.mark.parametrize(
    ("name", "wire"),
    [("台北", "&U,BTFw-"), ("A&B", "A&-B"), ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"), ("Entwürfe", "Entw&APw-rfe")],
)  # fmt: skip
def test_folder_names_are_modified_utf7(name: str, wire: str) -> None:
    assert syntax.encode_folder(name) == wire
    assert syntax.decode_folder(wire.encode()) == name


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_folder_name_comes_back(name: str) -> None:
    assert syntax.decode_folder(syntax.encode_folder(name).encode("ascii")) == name


@given(st.binary())
def test_any_folder_name_of_a_server_is_readable(raw: bytes) -> None:
    syntax.decode_folder(raw)


@given(st.text())
def test_no_quoted_string_holds_a_line_break(text: str) -> None:
    try:
        written = syntax.quote(text)
    except BadInput:
        return
    assert written.isascii()
    assert not set(written) & set("\r\n\0")


@given(st.sets(st.integers(1, 200)))
def test_uid_sets_name_exactly_the_uids(uids: set[int]) -> None:
    named: set[int] = set()
    for part in filter(None, syntax.uid_set(sorted(uids)).split(",")):
        low, _, high = part.partition(":")
        named |= set(range(int(low), int(high or low) + 1))
    assert named == uids


def test_dates_go_both_ways() -> None:
    moment = datetime(2026, 3, 1, 9, 5, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert syntax.internal_date(moment) == '"01-Mar-2026 09:05:00 -0330"'
    assert syntax.parse_date(b" 1-Mar-2026 09:05:00 -0330") == moment.astimezone(UTC)
    assert syntax.parse_date(b"31-Feb-2026 09:05:00 +0000") is None
    assert syntax.parse_date(b"nonsense") is None


def test_fetch_answers_in_every_form_are_read() -> None:
    answers: list[syntax.Piece | None] = [
        (b"1 (UID 5 RFC822.SIZE 3 BODY[] {3}", b"a)\n"),
        b' FLAGS (\\Seen $Label (x)) INTERNALDATE "01-Mar-2026 09:05:00 +0000")',
        b'2 (FLAGS () UID 6 BODY[] "q\\"\\\\ )(")',
        b"3 (FLAGS (\\Seen))",
        b"4 (UID 7 BODY[] NIL)",
        (b"5 (BODY[HEADER]<0> {2}", b"NI"),
        b" UID 8)",
        b"6 (UID 8 RFC822.SIZE 99)",
        (b"7 (UID 9 BODY[] {3}", b"NIL"),
        b")",
        None,
    ]
    found = syntax.fetch_lines(answers)
    assert {uid: line.body for uid, line in found.items()} == {5: b"a)\n", 6: b'q"\\ )(', 7: None, 8: b"NI", 9: b"NIL"}
    assert found[5].size == 3
    assert found[5].internal_date == datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert found[8].size == 99


def test_folders_are_read_in_every_form() -> None:
    lines = syntax.folder_lines(
        [
            b'(\\HasNoChildren \\Drafts) "/" Entw&APw-rfe',
            b'(\\Noselect) NIL "a \\"b\\""',
            (b'() "." {5}', b"x)y z"),
            b"OK done",
            b"(((",
            None,
        ]
    )
    assert [(line.name, line.separator) for line in lines] == [("Entwürfe", "/"), ('a "b"', ""), ("x)y z", ".")]
    assert "\\drafts" in lines[0].attributes


@given(st.lists(st.one_of(st.none(), st.binary(), st.tuples(st.binary(), st.binary()))))
def test_no_answer_breaks_the_readers(pieces: list[syntax.Piece | None]) -> None:
    syntax.fetch_lines(pieces)
    syntax.folder_lines(pieces)
    syntax.numbers(pieces)
    syntax.response_codes(pieces)
