"""Files that hold what they must not: the published test number of a card, or another customer's data."""

from io import BytesIO

import docx
import pypdf
import typst
from PIL import Image, ImageDraw, PngImagePlugin
from pypdf.annotations import FreeText

CARD = "4111 1111 1111 1111"


def text_pdf(words: str) -> bytes:
    """Return a PDF that says it in plain text."""
    source = f'#set page("a5")\n#set text(lang: "en")\n= Record\n#raw({_quoted(words)}, block: true)'
    return typst.compile(source.encode(), timestamp=0)


def scanned_pdf(words: str) -> bytes:
    """Return a PDF of a picture with the words behind it, as a scanner with text recognition makes it."""
    picture = _picture("SCANNED")
    source = (
        '#set page(width: 400pt, height: 300pt, margin: 0pt)\n#place(image("scan.png", width: 400pt))\n'
        f"#place(dx: 20pt, dy: 20pt, text(fill: rgb(0, 0, 0, 0), raw({_quoted(words)})))"
    )
    return _compiled_with(source, "scan.png", picture)


def split_pdf(words: str) -> bytes:
    """Return a PDF in which each word is a text of its own."""
    pieces = "".join(f"#box(width: 2.4em, [{word}])" for word in words.split())
    return typst.compile(f'#set page("a5")\n{pieces}'.encode(), timestamp=0)


def noted_pdf(words: str) -> bytes:
    """Return a PDF with a note stuck to its page."""
    writer = pypdf.PdfWriter(clone_from=BytesIO(text_pdf("Packing list")))
    note = FreeText(text=words, rect=(50, 300, 250, 340))
    writer.add_annotation(page_number=0, annotation=note)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def painted_picture(words: str) -> bytes:
    """Return a picture that shows the words as dots only."""
    return _picture(words)


def described_picture(words: str) -> bytes:
    """Return a picture with the words in the data about it."""
    image = Image.new("RGB", (300, 200), "white")
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", words)
    out = BytesIO()
    image.save(out, "PNG", pnginfo=about)
    return out.getvalue()


def word_file(words: str) -> bytes:
    """Return a document of Word that says it."""
    document = docx.Document()
    document.add_paragraph(words)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _picture(words: str) -> bytes:
    image = Image.new("RGB", (800, 600), "white")
    ImageDraw.Draw(image).text((60, 60), words, fill="black", font_size=40)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _compiled_with(source: str, name: str, content: bytes) -> bytes:
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, name).write_bytes(content)
        Path(folder, "main.typ").write_text(source, encoding="utf-8")
        return typst.compile(str(Path(folder, "main.typ")), root=folder, timestamp=0)


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
