"""Whether a person or a machine sent a mail, as far as its headers tell. Information only: nothing is dropped here."""

import re
from collections.abc import Mapping

from rejoinder.domain.mail import Automatic
from tools.mail.quote_words import quote_words

_BOUNCER = re.compile(r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounce[s]?)(?:@|\b)", re.IGNORECASE)
_BULK = ("bulk", "junk")


def automatic_kind(headers: Mapping[str, str], media_type: str, report_type: str, sender: str) -> Automatic:
    """Name the kind of machine mail: `auto_reply`, `bounce`, `list`, `bulk`, or `no`.

    `headers` by lower-case name. Payment processors send notices as `Auto-Submitted: auto-generated` and with
    `List-Unsubscribe`; neither makes a mail an automatic reply, and the first alone says nothing.
    """
    if _is_bounce(headers, media_type, report_type, sender):
        return "bounce"
    if _is_auto_reply(headers):
        return "auto_reply"
    precedence = headers.get("precedence", "").strip().lower()
    if "list-id" in headers or "list-post" in headers or precedence == "list":
        return "list"
    if precedence in _BULK or "list-unsubscribe" in headers or "feedback-id" in headers:
        return "bulk"
    return "no"


def _is_bounce(headers: Mapping[str, str], media_type: str, report_type: str, sender: str) -> bool:
    if media_type == "multipart/report" and report_type in ("delivery-status", ""):
        return True
    if "x-failed-recipients" in headers:
        return True
    null_path = headers.get("return-path", "?").strip() in ("<>", "")
    from_daemon = _BOUNCER.match(sender) is not None
    return from_daemon and (
        null_path or sender.lower().startswith(("mailer-daemon", "postmaster", "mail-daemon", "mdaemon"))
    )


def _is_auto_reply(headers: Mapping[str, str]) -> bool:
    submitted = headers.get("auto-submitted", "").split(";")[0].strip().lower()
    if submitted.startswith("auto-replied"):
        return True
    if (
        headers.get("x-autoreply", "").strip().lower() in ("yes", "true", "1")
        or "x-autorespond" in headers
        or "x-autoresponder" in headers
    ):
        return True
    if (
        headers.get("precedence", "").strip().lower() == "auto_reply"
        or headers.get("x-precedence", "").strip().lower() == "auto_reply"
    ):
        return True
    # A subject alone is weak: it needs a second sign.
    away = quote_words().away.search(headers.get("subject", "")[:200]) is not None
    suppress = headers.get("x-auto-response-suppress", "").lower()
    second = (
        bool(suppress)
        or submitted.startswith("auto-generated")
        or headers.get("return-path", "?").strip() in ("<>", "")
    )
    return away and (second or headers.get("precedence", "").strip().lower() in _BULK or "in-reply-to" in headers)
