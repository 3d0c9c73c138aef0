"""Keeps values from outside apart from the words of a template.

A template writes markers (`[[order]]`), slots (`@opening`) and line ends; a value must never be able
to. Values are therefore encoded with private-use characters while Jinja renders, and decoded after the
text was taken apart. The lexer marks each line end with the template and line it came from.
"""

import re
from collections.abc import Iterator

from jinja2 import TemplateRuntimeError, nodes, pass_eval_context
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markupsafe import Markup

ENCODED = {"[": "\ue000", "]": "\ue001", "@": "\ue002"}
ORIGIN_START, ORIGIN_END = "\ue003", "\ue004"

_TO_ENCODED = str.maketrans(ENCODED)
_FROM_ENCODED = str.maketrans({code: char for char, code in ENCODED.items()})
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Private-use characters would be read as ours; direction overrides make a text read as something else.
_DROPPED = re.compile(r"[\ue000-\uf8ff\u202a-\u202e\u2066-\u2069\U000f0000-\U0010fffd]")
_ORIGIN = re.compile(f"{ORIGIN_START}([^{ORIGIN_END}]*){ORIGIN_END}")


def encode(value: str) -> str:
    """Return a value that cannot forge a marker, a slot or a sentence; control characters become a space."""
    return _DROPPED.sub("", _BREAKS.sub(" ", value)).translate(_TO_ENCODED)


def decode(text: str) -> str:
    """Return the text as a reader will see it."""
    return text.translate(_FROM_ENCODED)


def split_origin(line: str) -> tuple[str, str]:
    """Return a rendered line without its origin, and the origin as `template:line`, empty when unknown."""
    origins = _ORIGIN.findall(line)
    return _ORIGIN.sub("", line).strip(), origins[-1] if origins else ""


@pass_eval_context
def finalize(eval_context: nodes.EvalContext, value: object) -> Markup:
    """Encode whatever an expression prints; only text, whole numbers and the output of macros may be printed.

    Takes the evaluation context so that Jinja calls it for literals at run time too.
    """
    if isinstance(value, Markup):
        return value
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return Markup(encode(str(value)))  # noqa: S704 # the output is plain text; Markup means "encoded" here
    # An undefined value raises here by itself, with its name.
    raise TemplateRuntimeError(f"cannot print {str(value)[:60]!r} ({type(value).__name__}): use a filter")


class LineOrigins(Extension):
    """Puts template and line before each line end of a template's own text."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Yield the tokens, text with origins."""
        for token in stream:
            if token.type == "data" and "\n" in token.value:
                yield Token(token.lineno, "data", _with_origins(token.value, stream.name or "", token.lineno))
            else:
                yield token


def _with_origins(text: str, name: str, lineno: int) -> str:
    *lines, last = text.split("\n")
    marked = (f"{line}{ORIGIN_START}{name}:{lineno + n}{ORIGIN_END}\n" for n, line in enumerate(lines))
    return "".join(marked) + last
