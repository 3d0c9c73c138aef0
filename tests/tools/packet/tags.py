"""A short check of what makes a PDF accessible (after PDF/UA-1): language, title, tags on every page, words for pictures."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

KNOWN = {
    *("Document", "Part", "Sect", "Div", "P", "Span", "Lbl", "LBody", "L", "LI", "Link", "Figure", "Title", "Form"),
    *(
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "NonStruct",
        "Strong",
        "Em",
        "BlockQuote",
        "Code",
        "Reference",
    ),
    *(f"H{level}" for level in range(1, 7)),
}


def faults(pdf: bytes) -> list[str]:
    """What a reader with a screen reader would miss."""
    reader = PdfReader(BytesIO(pdf))
    root = reader.root_object
    found = [*_document(reader, root), *_pages(reader)]
    return found + ([*_tree(root["/StructTreeRoot"])] if "/StructTreeRoot" in root else [])


def _document(reader: PdfReader, root: Any) -> Iterator[str]:
    if not root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked as tagged"
    if "/StructTreeRoot" not in root:
        yield "no structure tree"
    if not root.get("/Lang"):
        yield "no language"
    if not (reader.metadata and reader.metadata.title and reader.xmp_metadata and reader.xmp_metadata.dc_title):
        yield "no title"
    if not root.get("/ViewerPreferences", DictionaryObject()).get_object().get("/DisplayDocTitle"):
        yield "the title is not shown"


def _pages(reader: PdfReader) -> Iterator[str]:
    for number, page in enumerate(reader.pages, start=1):
        if "/StructParents" not in page:
            yield f"page {number} has no tags"
        if "/Annots" in page and page.get("/Tabs") != "/S":
            yield f"page {number} is not read in the order of its tags"


def _tree(root: Any) -> Iterator[str]:
    roles = {str(name): str(role) for name, role in root.get("/RoleMap", {}).items()}
    level = 0
    for element in _elements(root):
        kind = str(element.get("/S", ""))
        kind = roles.get(kind, kind).removeprefix("/")
        if kind not in KNOWN:
            yield f"unknown tag {kind}"
        if kind == "Figure" and not str(element.get("/Alt", "")).strip():
            yield "a figure without words"
        if kind[0] == "H" and kind[1:].isdigit():
            if int(kind[1:]) > level + 1:
                yield f"a heading of level {kind[1:]} under one of level {level}"
            level = int(kind[1:])


def _elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K", ArrayObject())
    for kid in kids if isinstance(kids, ArrayObject) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, DictionaryObject) and "/S" in kid:
            yield kid
            yield from _elements(kid)
