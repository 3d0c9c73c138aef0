"""What is read in attached files: text where there is one, a clear word where there is none."""

import io
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook
from PIL import Image
from pypdf import PdfReader, PdfWriter

from rejoinder.domain.mail import Attachment, InboundMail
from rejoinder.storage.documents import dump, load
from tools.mail.attachment_text import TextBudget, picture, read_file_text
from tools.mail.attachment_text.budget import FileLimits, Unreadable
from tools.mail.attachment_text.spreadsheet import read_xlsx
from tools.mail.parse import ParsedMail, parse_mail

CARD = "4111 1111 1111 1111"
NO_OCR = "no text recognition is installed"


def pdf(*lines: str) -> bytes:
    """Return a PDF with a text layer, written by hand."""
    shown = "".join(f"1 0 0 1 50 {780 - 20 * at} Tm ({line}) Tj\n" for at, line in enumerate(lines))
    stream = f"BT /F1 11 Tf\n{shown}ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer\n<< /Size 6 /Root 1 0 R >>\n"
    return body + head + b"startxref\n%d\n%%%%EOF\n" % len(body)


def protected(content: bytes) -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(content)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def picture_of(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).save(out, kind)
    return out.getvalue()


def scan() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((300, 400), 60).save(out, "PDF")
    return out.getvalue()


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def letter() -> bytes:
    document = Document()
    document.add_paragraph("Notice of chargeback")
    table = document.add_table(rows=2, cols=2)
    for at, text in enumerate(("Case number", "D-7711", "Amount", "USD 49.90")):
        table.cell(at // 2, at % 2).text = text
    document.add_paragraph("Please respond by 9 December 2026.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def received(*files: tuple[str, str, bytes]) -> ParsedMail:
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = "notices@bank.example", "Notice"
    message.set_content("Please see the attached file.")
    for filename, media_type, content in files:
        message.add_attachment(
            content, maintype=media_type.split("/")[0], subtype=media_type.split("/")[1], filename=filename
        )
    return parse_mail(message.as_bytes())


def only(filename: str, media_type: str, content: bytes) -> Attachment:
    (attachment,) = received((filename, media_type, content)).mail.attachments
    return attachment


def test_a_pdf_is_read_by_its_text_layer() -> None:
    found = only("letter.pdf", "application/pdf", pdf("Case number: D-7711", "Amount: USD 49.90"))
    assert found.text.splitlines() == ["Case number: D-7711", "Amount: USD 49.90"]
    assert found.unread == ""


def test_columns_of_a_pdf_stay_apart() -> None:
    lines = ("Case           Amount        Due", "D-7711                       2026-12-09")
    found = only("list.pdf", "application/pdf", pdf(*lines)).text.splitlines()
    assert [line.split() for line in found] == [["Case", "Amount", "Due"], ["D-7711", "2026-12-09"]]
    assert found[0].index("Due") == found[1].index("2026")


def test_a_pdf_is_known_by_its_bytes_whatever_it_is_called() -> None:
    assert "D-7711" in only("letter.bin", "application/octet-stream", pdf("Case number: D-7711, of 2026")).text


def test_rows_of_a_spreadsheet_keep_their_columns_and_days_are_iso() -> None:
    content = sheet(
        ("Case", "Amount", "Due", "Note"), ("D-1", 49.9, date(2026, 12, 9), None), ("D-2", 12000, None, "x")
    )
    assert only("cases.xlsx", "application/octet-stream", content).text.splitlines() == [
        "Case\tAmount\tDue\tNote",
        "D-1\t49.90\t2026-12-09\t-",
        "D-2\t12000\t-\tx",
    ]


def test_two_columns_are_labels_and_values() -> None:
    content = sheet(("Case number", "D-7711"), ("Amount:", "USD 49.90"))
    assert only("case.xlsx", "application/octet-stream", content).text.splitlines() == [
        "Case number: D-7711",
        "Amount: USD 49.90",
    ]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_with_any_delimiter(mark: str) -> None:
    content = (
        mark.join(("Case", "Grund", '"Betrag"')) + "\r\n" + mark.join(("D-1", '"nicht erhalten"', '"49,90"')) + "\r\n"
    )
    found = only("cases.csv", "text/csv", content.encode("cp1252"))
    assert found.text.splitlines() == ["Case\tGrund\tBetrag", "D-1\tnicht erhalten\t49,90"]


def test_a_document_is_read_with_its_tables() -> None:
    text = only("letter.docx", "application/octet-stream", letter()).text
    assert text.splitlines() == [
        "Notice of chargeback",
        "Case number: D-7711",
        "Amount: USD 49.90",
        "",
        "Please respond by 9 December 2026.",
    ]


def test_an_attached_mail_is_read_with_its_head() -> None:
    inner = b"From: Acme <disputes@acme.test>\r\nSubject: Chargeback\r\n\r\nCase number: D-7711\r\n"
    text = only("notice.eml", "application/octet-stream", inner).text
    assert "Subject: Chargeback" in text
    assert "Case number: D-7711" in text


@pytest.mark.parametrize(
    ("filename", "media_type", "make"),
    [
        ("a.pdf", "application/pdf", lambda: pdf(f"Card number {CARD} was charged")),
        ("a.xlsx", "application/octet-stream", lambda: sheet(("Card", CARD), ("Case", "D-1"))),
        ("a.csv", "text/csv", lambda: f"Card,{CARD}\nCase,D-1\n".encode()),
        ("a.txt", "text/plain", lambda: f"Card {CARD}\n".encode()),
    ],
)
def test_a_card_number_in_a_file_is_masked_like_in_the_body(
    filename: str, media_type: str, make: Callable[[], bytes]
) -> None:
    parsed = received((filename, media_type, make()))
    text = parsed.mail.attachments[0].text
    assert "411111******1111" in text.replace(" ", "")
    assert CARD not in text
    assert parsed.mail.masked_cards == 1


def test_a_protected_pdf_is_named_so() -> None:
    found = only("letter.pdf", "application/pdf", protected(pdf("Case number: D-7711")))
    assert (found.text, found.unread) == ("", "protected by a password")


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("a.pdf", b"%PDF-1.7\n" + b"\x00garbage" * 50),
        ("a.pdf", pdf("Case number: D-7711")[:150]),
        ("a.xlsx", sheet(("Case", "D-1"))[:-400]),
        ("a.docx", letter()[:2000]),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 9000),
        ("a.zip", b"PK\x03\x04" + b"\x00" * 400),
        ("a.exe", b"MZ" + b"\x00" * 400),
    ],
)
def test_a_broken_or_strange_file_is_a_word_and_never_an_exception(filename: str, content: bytes) -> None:
    found = only(filename, "application/octet-stream", content)
    assert found.text == ""
    assert found.unread


def test_a_scan_and_a_picture_say_that_nothing_can_recognize_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert NO_OCR in only("scan.pdf", "application/pdf", scan()).unread
    assert NO_OCR in only("photo.jpg", "image/jpeg", picture_of(400, 400, "JPEG")).unread


def test_a_scan_is_recognized_by_the_installed_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = tmp_path / "tesseract"
    command.write_text(
        '#!/bin/sh\n[ "$1" = --list-langs ] && echo eng && exit\n/bin/cat >/dev/null\necho Case number: D-7711\n'
    )
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert only("scan.pdf", "application/pdf", scan()).text == "Case number: D-7711"
    assert only("photo.png", "image/png", picture_of(400, 400)).text == "Case number: D-7711"


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = tmp_path / "tesseract"
    command.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    budget = TextBudget(seconds=3.0)
    found = read_file_text(picture_of(400, 400), "image/png", "photo.png", "", budget)
    assert found.unread
    assert read_file_text(b"plain", "text/plain", "a.txt", "", budget).unread.startswith("not read")


def test_a_small_picture_and_a_signature_have_nothing_to_read() -> None:
    for found in (
        only("logo.png", "image/png", picture_of(40, 40)),
        only("s.p7s", "application/pkcs7-signature", b"x"),
    ):
        assert (found.text, found.unread) == ("", "")


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    with pytest.raises(Unreadable, match="cannot be opened"):
        picture.read_picture(_bomb(), FileLimits())


def _bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (30_000, 10_000)).save(out, "PNG")
    return out.getvalue()


def test_long_texts_are_cut_at_a_line_and_many_files_share_one_budget() -> None:
    budget = TextBudget(files=2, text=1000)
    text = ("line of text\n" * 200).encode()
    first = read_file_text(text, "text/plain", "a.txt", "", budget)
    assert 900 < len(first.text) <= 1000
    assert budget.files == 1
    read_file_text(text, "text/plain", "b.txt", "", budget)
    assert "other files" in read_file_text(text, "text/plain", "c.txt", "", budget).unread


def test_a_spreadsheet_of_too_many_cells_is_cut_not_loaded() -> None:
    limits = FileLimits(cells=100)
    found = read_xlsx(sheet(*[(f"D-{n}", n, "x", "y") for n in range(1000)]), limits)
    assert len(found.text.splitlines()) == 25


def test_the_same_mail_has_the_same_identity_and_old_documents_still_load() -> None:
    parsed = received(("letter.pdf", "application/pdf", pdf("Case number: D-7711, of 2026")))
    again = received(("letter.pdf", "application/pdf", pdf("Case number: D-7711, of 2026")))
    assert parsed.mail.identity == again.mail.identity
    stored = dump(parsed.mail)
    assert load(InboundMail, stored) == parsed.mail
    for name in ("text", "unread"):
        del stored["attachments"][0][name]
    assert load(InboundMail, stored).attachments[0].text == ""
