"""A mail that tells of several disputes, taken apart: each becomes a message of its own, read already."""

import hashlib
from dataclasses import replace

from agents.notice import dispute_of
from rejoinder.domain.cases import Merchant, StoredMessage
from rejoinder.domain.digests import DigestRow
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.reading import DigestCase, Reconciled


def digest_rows(message: StoredMessage, reconciled: Reconciled, merchant: Merchant) -> list[DigestRow]:
    """Return the cases of a digest, in their order.

    Raises:
        ValueError: the message is no mail.
    """
    if message.mail is None:
        raise ValueError(f"message {message.message_id} is no mail and tells of one dispute only")
    rows = []
    for number, case in enumerate(reconciled.reading.cases, start=1):
        mail = _own_mail(message.mail, number, case)
        rows.append(_row(replace(message, mail=mail), mail, case, reconciled, merchant))
    return rows


def _row(
    message: StoredMessage, mail: InboundMail, case: DigestCase, whole: Reconciled, merchant: Merchant
) -> DigestRow:
    reading = replace(
        whole.reading,
        # Spans were those of the whole mail's text.
        fields={name: replace(value, start=None, end=None) for name, value in case.fields.items()},
        notice_type=case.notice_type,
        cases=(),
        note=f"one of {len(whole.reading.cases)} cases of a digest",
    )
    return DigestRow(
        mail=mail,
        readings=(reading,),
        reconciled=replace(whole, reading=reading, disagreements=()),
        dispute=dispute_of(message, reading, merchant),
    )


def _own_mail(mail: InboundMail, number: int, case: DigestCase) -> InboundMail:
    """Return the mail as if it told of this case only."""
    return replace(
        mail,
        identity=hashlib.sha256(f"{mail.identity}:{number}".encode("ascii")).hexdigest(),
        text=case.text,
        new_text=case.text,
        quoted_text="",
        signature="",
        hidden_text="",
        attachments=(),
        forwarded=None,
        in_reply_to="",
        references=(),
    )
