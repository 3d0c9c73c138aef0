"""Templates become pages, and stored bytes become downloads that no browser opens."""

import unicodedata
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from rejoinder.web.told import told
from rejoinder.web.words import LANGUAGES, Words, pick_language

FOLDER = Path(__file__).parent
LANGUAGE_COOKIE = "rejoinder_language"
LANGUAGE_SECONDS = 365 * 24 * 3600
NAME_LIMIT = 120

_STEERS_DIRECTION = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNSAFE_IN_NAMES = frozenset('\\/:*?"<>|;%')


def page(request: Request, template: str, *, status_code: int = 200, **values: Any) -> HTMLResponse:
    """Return a page in the reviewer's language."""
    words = words_of(request)
    common = {
        "w": words,
        "t": words.t,
        "said": partial(told, words=words),
        "languages": LANGUAGES,
        "path": request.url.path,
        "visitor": getattr(request.state, "visitor", None),
    }
    text = _environment().get_template(template).render(common | values)
    response = HTMLResponse(text, status_code=status_code)
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, words.language, max_age=LANGUAGE_SECONDS, httponly=True, samesite="lax")
    return response


def words_of(request: Request) -> Words:
    """Return the words of the language that was chosen, else that the browser prefers."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE, "")
    return Words(pick_language(asked, request.headers.get("accept-language", "")))


def see_other(path: str) -> RedirectResponse:
    """Send the browser on after a form, so that a reload repeats nothing."""
    return RedirectResponse(path, status_code=303)


def download(content: bytes, filename: str) -> Response:
    """Return bytes to be saved, never shown: no type that a browser would open, no name that breaks out."""
    name = visible(filename)
    name = "".join("_" if char in _UNSAFE_IN_NAMES else char for char in name).strip(". ")[-NAME_LIMIT:] or "file"
    plain = "".join(char if char.isascii() else "_" for char in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(content, media_type="application/octet-stream", headers=headers)


def visible(text: str) -> str:
    """Return text from outside on one line, without characters that hide or turn around what follows them."""
    kept = (" " if _breaks(char) else char for char in text if char not in _STEERS_DIRECTION)
    return " ".join("".join(kept).encode("utf-8", "ignore").decode("utf-8").split())


def _breaks(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Zl", "Zp"}


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["visible"] = visible
    return environment
