"""The text of an attached mail."""

from rejoinder.errors import MailRejected
from tools.mail.attachment_text.budget import FileLimits, FileText, Unreadable
from tools.mail.body import collect, read_text
from tools.mail.headers import header_text
from tools.mail.mime import Limits, read_structure


def read_message(content: bytes, limits: FileLimits) -> FileText:
    """Read an attached mail: who, when, what about, then its text.

    Raises:
        Unreadable: it passes a limit of mails.
    """
    mail_limits = Limits(text=limits.text)
    try:
        root = read_structure(content, mail_limits)
        body = collect(root, mail_limits)
    except MailRejected as problem:
        raise Unreadable(f"an attached mail with {problem}") from problem
    heads = [f"{name.title()}: {header_text(root.header(name))}" for name in ("from", "date", "subject")]
    return FileText(text="\n".join((*heads, "", read_text(body.pieces, is_reply=False).text))[: limits.text])
