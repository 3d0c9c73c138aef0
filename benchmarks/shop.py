"""A merchant with orders and customers' mails, as many as are wanted; the same number gives the same mail."""

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any

import rejoinder
from rejoinder.domain.orders import Order
from tools.orders.files import Loaded, load

SHOP = Path(rejoinder.__file__).parent / "demo/shop"
PHOTO_BYTES = 30_000
NAMES = ("Emily Carter", "Markus Vogel", "Camille Moreau", "Lucía Herrera", "陈晓雨", "Daniel Novak", "Anna Schreiber")


@cache
def sample() -> Loaded:
    """Return the sample shop's orders and products."""
    return load(SHOP)


@cache
def texts() -> Sequence[dict[str, str]]:
    """Return the wordings of customers' mails."""
    table = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
    found: list[dict[str, str]] = table["mails"]
    return found


def order_number(number: int) -> str:
    """Return the number of an order."""
    return f"LO-{200_000 + number}"


def customer(number: int) -> Address:
    """Return who placed the order."""
    return Address(NAMES[number % len(NAMES)], addr_spec=f"customer{number}@mail{number % 9}.example")


def orders(numbers: range) -> Iterator[Order]:
    """Yield an order, its payment and its parcel for each number; each has a customer of its own."""
    known = sample().orders
    for number in numbers:
        base, name = known[number % len(known)], order_number(number)
        yield replace(
            base,
            number=name,
            customer_email=customer(number).addr_spec,
            customer_name=customer(number).display_name,
            payments=tuple(replace(p, reference=f"ch_{number}_{i}", arn="") for i, p in enumerate(base.payments)),
            shipments=tuple(replace(s, tracking_number=f"LX{number:09}{i}") for i, s in enumerate(base.shipments)),
        )


def mail(number: int, edition: int = 0) -> bytes:
    """Return a customer's mail about order `number`; another edition is another mail."""
    text = texts()[number % len(texts())]
    values = {"order": order_number(number), "name": customer(number).display_name}
    message = EmailMessage()
    message["From"] = customer(number)
    message["To"] = "support@lumenoak.example"
    message["Subject"] = text["subject"].format(**values)
    message["Message-ID"] = f"<{number}.{edition}@mail{number % 9}.example>"
    message["Date"] = format_datetime(datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(seconds=number))
    body = text["body"].format(**values).lstrip()
    _FORMS[number % len(_FORMS)](message, body, number)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def mails(count: int, first: int = 0, edition: int = 0) -> list[bytes]:
    """Return mails about consecutive orders."""
    return [mail(number, edition) for number in range(first, first + count)]


def _plain(message: EmailMessage, body: str, number: int) -> None:
    message.set_content(body, cte="8bit")


def _answer(message: EmailMessage, body: str, number: int) -> None:
    quoted = "\n".join(f"> {line}" for line in body.splitlines() * 6)
    message.set_content(f"{body}\nOn Thu, 19 Nov 2026 at 09:12, Lumen & Oak wrote:\n{quoted}\n", cte="base64")


def _table(message: EmailMessage, body: str, number: int) -> None:
    rows = "".join(
        f"<tr><td style='padding:8px;border:1px solid #ddd'>{line.title}</td><td>{line.quantity}</td>"
        f"<td align=right>{line.price}</td></tr>"
        for order in sample().orders[:12]
        for line in order.lines
    )
    paragraphs = "".join(f"<p>{part}</p>" for part in body.split("\n\n"))
    message.set_content(body, cte="quoted-printable")
    page = f"<html><body><div>{paragraphs}</div><table width=600 cellpadding=0>{rows}</table></body></html>"
    message.add_alternative(page, subtype="html", cte="quoted-printable")


def _html_only(message: EmailMessage, body: str, number: int) -> None:
    paragraphs = "".join(f"<p><span style='font-family:Arial'>{part}</span></p>" for part in body.split("\n\n"))
    message.set_content(f"<html><body>{paragraphs}</body></html>", subtype="html", cte="base64")


def _photo(message: EmailMessage, body: str, number: int) -> None:
    message.set_content(body, cte="quoted-printable")
    pixels = random.Random(number).randbytes(PHOTO_BYTES)
    message.add_attachment(b"\xff\xd8\xff\xe0" + pixels, maintype="image", subtype="jpeg", filename="photo.jpg")


_FORMS: tuple[Any, ...] = (_plain, _table, _answer, _html_only, _plain, _table, _photo)
