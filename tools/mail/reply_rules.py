"""Whom a reply goes to, whom it must not go to, and under which subject and thread."""

import re
import unicodedata
from collections.abc import Collection, Sequence

from rejoinder.domain.mail import InboundMail, MailAddress

MAX_REFERENCES = 20
_MAX_SUBJECT = 200
_MAX_ID = 250

# What mail programs put before a subject, in their users' languages (replies and forwards).
_PREFIXES = (
    "re", "aw", "antw", "antwort", "sv", "vs", "rv", "ref", "res", "r", "rif", "odp", "ynt", "yan", "vá", "válasz",
    "atb", "bls", "ats", "απ", "σχετ", "отв", "ответ", "на", "השב", "תשובה", "رد", "رد على", "回复", "回覆", "答复",
    "答覆", "返信", "回信", "회신", "답장", "re-", "trả lời", "ตอบ", "ตอบกลับ",
    "fw", "fwd", "wg", "tr", "i", "enc", "doorst", "vb", "vl", "pd", "ilt", "i̇lt", "továbbítás", "fs", "trs", "πρθ",
    "пер", "пересл", "הועבר", "إعادة توجيه", "转发", "轉寄", "轉發", "転送", "전달", "chuyển tiếp", "ส่งต่อ",
)  # fmt: skip
_STACK = re.compile(
    r"^(?:\s*(?:" + "|".join(re.escape(word) for word in sorted(_PREFIXES, key=len, reverse=True)) + r")"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]+>")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+@[^\s<>()\[\],;:\\\"@\x00-\x1f\x7f]+")
_MACHINE = re.compile(
    r"(?:mailer-daemon|postmaster|(?:do[-_.]?)?not?[-_.]?reply|donotreply|no[-_.]?response|noreply|bounces?|"
    r"auto(?:mat(?:ed|ic))?[-_.]?(?:reply|response|mailer)|null|nobody)"
    r"(?:[-_.+=].*)?",
    re.IGNORECASE,
)


def why_not_answer(mail: InboundMail, own_addresses: Collection[str]) -> str | None:
    """Return why no reply may be sent to this mail, or None when one may."""
    if mail.automatic in {"bounce", "auto_reply"}:
        return f"it is automatic mail ({mail.automatic}); an answer could start a loop"
    if not mail.sender.email:
        return "it names no sender"
    own = {address.casefold() for address in own_addresses}
    if mail.sender.email.casefold() in own:
        return "it was sent from one of the merchant's own addresses"
    target = reply_target(mail, own)
    if not is_address(target.email):
        return f"{target.email!r} is no mail address"
    if _MACHINE.fullmatch(target.email.rpartition("@")[0]):
        return f"{target.email!r} is an address nobody reads"
    return None


def reply_target(mail: InboundMail, own_addresses: Collection[str]) -> MailAddress:
    """Return the one address a reply goes to: the first Reply-To that is not the merchant's own, else From."""
    own = {address.casefold() for address in own_addresses}
    usable = (one for one in mail.reply_to if is_address(one.email) and one.email.casefold() not in own)
    return next(usable, mail.sender)


def is_address(email: str) -> bool:
    """Tell whether the text is one plain address that can stand in a header and an envelope."""
    return len(email) <= 254 and _ADDRESS.fullmatch(email) is not None


def reply_subject(subject: str) -> str:
    """Return the subject with exactly one `Re: `, whatever stack of prefixes it came with."""
    plain = one_line(subject)
    return f"Re: {_STACK.sub('', plain).strip()[:_MAX_SUBJECT]}".strip()


def one_line(text: str) -> str:
    """Return the text on one line: control characters and line breaks become spaces, lone surrogates go."""
    cleaned = "".join(" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    return " ".join(cleaned.encode("utf-8", "ignore").decode("utf-8").split())


def message_ids(text: str) -> list[str]:
    """Return the ids in angle brackets; a bare id gets its brackets, what is none is left out."""
    ids = _MESSAGE_ID.findall(text) or _MESSAGE_ID.findall(f"<{text.strip()}>")
    return [one for one in ids if one.isascii() and len(one) <= _MAX_ID]


def reference_chain(mail: InboundMail) -> list[str]:
    """Return the ids for References (RFC 5322 section 3.6.4), oldest first; a long chain keeps its first and last."""
    before = [one for text in mail.references for one in message_ids(text)]
    if not before:
        answered = message_ids(mail.in_reply_to)
        before = answered if len(answered) == 1 else []
    chain = _last_of_each([*before, *message_ids(mail.message_id)[:1]])
    if len(chain) > MAX_REFERENCES:
        chain = [chain[0], *chain[-(MAX_REFERENCES - 1) :]]
    return chain


def _last_of_each(ids: Sequence[str]) -> list[str]:
    """Drop repeated ids, keeping the order; the last one stays last."""
    last = ids[-1:]
    return [*dict.fromkeys(one for one in ids if one not in last), *last]
