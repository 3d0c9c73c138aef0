"""Invented letters and exhibits; everybody in them is made up."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import docx
import pillow_heif
import pypdf
import typst
from PIL import Image, ImageDraw

from rejoinder.domain.drafts import Draft, Sentence
from rejoinder.domain.money import Money
from rejoinder.domain.packet import (
    ExhibitFile,
    ExhibitSource,
    KeyFacts,
    RecordTable,
    ThreadMessage,
    Translation,
)

MADE_AT = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
CARD = "4111 1111 1111 1111"

FACTS = KeyFacts(
    dispute_reference="dp_1QxT7c2Fa",
    network="Visa",
    reason_code="13.1",
    reason="Merchandise or services not received",
    arn="74537606077000012345678",
    card_last4="1111",
    amount=Money(amount_minor=128990, currency="USD"),
    transaction_date=date(2026, 2, 3),
    merchant="Nordlicht Lamps Ltd",
    descriptor="NORDLICHT*LAMPS",
    order_number="NL-20417",
    order_date=date(2026, 2, 3),
    carrier="Acme Parcel",
    tracking_numbers=("AP123456789DE", "AP123456790DE"),
    delivered_on=date(2026, 2, 9),
)


def letter(count: int = 3, facts: KeyFacts = FACTS) -> Draft:
    """A letter that cites the first three of so many exhibits."""
    last = min(count, 3)
    lines = (
        "Re: Visa 13.1 dispute dp_1QxT7c2Fa, ARN 74537606077000012345678, card ending 1111, transaction of 3 February 2026, USD 1,289.90, merchant Nordlicht Lamps Ltd.",
        "## Request",
        "The merchant asks the issuer to reverse this dispute in full, USD 1,289.90.",
        "## Claim",
        "The cardholder states that the goods were not received.",
        "## Facts",
        "- 3 February 2026: Order NL-20417 was placed and paid, USD 1,289.90 for three “Aurora” lamps (Exhibit 1).",
        f"- 5 February 2026: Both parcels were handed to Acme Parcel, tracking AP123456789DE (Exhibit {last}).",
        f"- 9 February 2026, 14:05 (UTC): Acme Parcel recorded the delivery, signed for by J. Sample (Exhibit {last}).",
        "- 9 February 2026: The parcel was left at the address that the customer gave with the order (Exhibit 1).",
        f"- 12 February 2026: The customer wrote that the lamps “look lovely” (Exhibit {last}).",
        "## Response to the claim",
        "The carrier’s own record shows the parcels of this order as delivered on 9 February 2026 (Exhibit 1).",
        "## Refunds",
        "The merchant’s records show no refund for this order.",
        "## Exhibits",
        *(f"- Exhibit {number}: {exhibit_title(number)}" for number in range(1, count + 1)),
        "Nordlicht Lamps Ltd, Mara Example, Customer Care",
    )
    return Draft(
        kind="letter",
        language="en",
        subject="Response to dispute dp_1QxT7c2Fa",
        paragraphs=tuple((Sentence(text=line, citations=("e1",)),) for line in lines),
        template="representment/not_received",
        template_hash="0" * 64,
    )


def exhibit_title(number: int) -> str:
    return MAKERS[(number - 1) % len(MAKERS)](number).title


def exhibits(count: int) -> tuple[ExhibitSource, ...]:
    """So many exhibits of all kinds, in turn."""
    return tuple(MAKERS[number % len(MAKERS)](number + 1) for number in range(count))


def record(number: int, **changes: object) -> ExhibitSource:
    source = ExhibitSource(
        label=f"Exhibit {number}",
        title="Carrier record of Acme Parcel",
        kind="record",
        origin="tracking records of Acme Parcel",
        captured_at=MADE_AT,
        weight="decisive",
        evidence_ids=(f"shipment:{number}",),
        tables=(
            RecordTable(
                rows=(
                    ("Tracking number", "AP123456789DE"),
                    ("Delivered", "9 February 2026, 14:05 UTC"),
                    ("Signed for by", "J. Sample"),
                    ("Address", "12 Example Street\n10115 Sampletown\nGermany"),
                )
            ),
            RecordTable(
                title="Scans",
                columns=("Time", "Status", "Place"),
                rows=(
                    ("5 February 2026, 08:12 UTC", "Picked up", "Hamburg"),
                    ("7 February 2026, 22:40 UTC", "In transit", "Leipzig"),
                    ("9 February 2026, 14:05 UTC", "Delivered, signed", "Sampletown"),
                ),
            ),
        ),
    )
    return replace(source, **changes)


def thread(number: int) -> ExhibitSource:
    return ExhibitSource(
        label=f"Exhibit {number}",
        title="Messages between customer and merchant",
        kind="thread",
        origin="mailbox care@nordlicht.example",
        captured_at=MADE_AT,
        messages=(
            ThreadMessage(
                sender="Jana Sample <jana@sample.example>",
                to=("care@nordlicht.example",),
                subject="您好，关于订单 NL-20417",
                sent_at=datetime(2026, 2, 6, 10, 0, tzinfo=UTC),
                text="您好！\n\n我想知道订单 NL-20417 什么时候能到？包裹的状态已经两天没有更新了，请帮我查一下“预计送达时间”。\n谢谢！",
                language="zh-CN",
                translation=Translation(
                    text="Hello!\n\nWhen will order NL-20417 arrive? The status of the parcel has not changed for two "
                    "days; please look up the “expected delivery time”.\nThank you!",
                    by="machine, read by Mara Example",
                ),
            ),
            ThreadMessage(
                sender="Nordlicht Lamps <care@nordlicht.example>",
                to=("Jana Sample <jana@sample.example>",),
                subject="Re: 您好，关于订单 NL-20417",
                sent_at=datetime(2026, 2, 6, 12, 30, tzinfo=UTC),
                text="Dear Jana,\n\nyour parcel is on its way: "
                "https://track.acme-parcel.example/follow/AP123456789DE/details?lang=en&view=full&session=0123456789abcdef\n"
                "\nKind regards,\nMara",
            ),
            ThreadMessage(
                sender="Jana Sample <jana@sample.example>",
                to=("care@nordlicht.example",),
                subject="Thanks 👍",
                sent_at=datetime(2026, 2, 12, 18, 3, tzinfo=UTC),
                text="They arrived, they look lovely ❤️ 👍\n\n> your parcel is on its way",
            ),
        ),
    )


def policy(number: int) -> ExhibitSource:
    paragraph = (
        "Orders are delivered within ten working days. The customer may return goods within 30 days of delivery. "
    )
    return ExhibitSource(
        label=f"Exhibit {number}",
        title="Delivery policy in force on 3 February 2026",
        kind="policy",
        origin="delivery-policy.md, in force from 1 January 2026",
        captured_at=MADE_AT,
        weight="background",
        text="\n\n".join(f"{section}. {paragraph * 3}" for section in range(1, 13)),
    )


ARABIC = "مرحباً، لم يصل الطلب رقم NL-20417 بعد.\n\nأرجو الرد قبل يوم 12 فبراير 2026. شكراً!"
RUSSIAN = "Здравствуйте! Когда придёт мой заказ NL-20417?"
JAPANESE = "お世話になっております。注文番号 NL-20417 の商品はいつ届きますか？直接ご連絡ください。"
KOREAN = "안녕하세요. 주문번호 NL-20417 상품이 언제 도착하나요?"
GREEK = "Καλησπέρα σας, πότε θα έρθει η παραγγελία μου;"


def languages(number: int) -> ExhibitSource:
    texts = (("ar", ARABIC), ("ru", RUSSIAN), ("ja", JAPANESE), ("ko", KOREAN), ("el", GREEK))
    return ExhibitSource(
        label=f"Exhibit {number}",
        title="Messages in other languages",
        kind="thread",
        origin="mailbox care@nordlicht.example",
        captured_at=MADE_AT,
        messages=tuple(
            ThreadMessage(
                sender=f"Sam Sample <sam.{language}@sample.example>",
                to=("care@nordlicht.example",),
                subject=text.splitlines()[0][:40],
                sent_at=MADE_AT,
                text=text,
                language=language,
                translation=Translation(text="When will order NL-20417 arrive?", by="machine"),
            )
            for language, text in texts
        ),
    )


def upload(number: int, name: str, content: bytes, title: str = "", **changes: object) -> ExhibitSource:
    source = ExhibitSource(
        label=f"Exhibit {number}",
        title=title or f"Uploaded file {name}",
        kind="file",
        origin=f"uploaded by Mara Example as {name}",
        captured_at=MADE_AT,
        file=ExhibitFile(name=name, content=content),
    )
    return replace(source, **changes)


def photo(width: int = 1600, height: int = 1200, suffix: str = "JPEG") -> bytes:
    """A picture with soft areas and hard edges."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 4, height // 4, width // 2, height // 2), outline="black", width=6)
    draw.ellipse((width // 2, height // 2, width - 60, height - 60), fill="orange")
    out = BytesIO()
    if suffix == "HEIF":
        pillow_heif.from_pillow(image).save(out, quality=60)
    else:
        image.save(out, suffix)
    return out.getvalue()


def noise(width: int, height: int, seed: int = 1) -> bytes:
    """A picture that hardly compresses."""
    image = Image.effect_noise((width, height), 80 + seed).convert("RGB")
    out = BytesIO()
    image.save(out, "JPEG", quality=95)
    return out.getvalue()


def pdf(pages: int = 2, text: str = "Invoice 4711 for order NL-20417", *, wide: bool = False) -> bytes:
    source = f'#set page("a4", flipped: {str(wide).lower()})\n' + "\n#pagebreak()\n".join(
        f"= {text}\n#lorem(150)\n\nPage {number}" for number in range(1, pages + 1)
    )
    return typst.compile(source.encode(), timestamp=0)


def encrypted_pdf(password: str = "secret") -> bytes:
    writer = pypdf.PdfWriter(clone_from=BytesIO(pdf(1)))
    writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def word(extra: str = "") -> bytes:
    document = docx.Document()
    document.add_heading("Statement of the packer", level=1)
    document.add_paragraph("I packed order NL-20417 on 4 February 2026. " + extra)
    document.add_paragraph("Three lamps", style="List Bullet")
    table = document.add_table(rows=2, cols=3)
    for cell, text in zip(table._cells, ("Item", "Count", "Weight", "Aurora", "3", "4.2 kg"), strict=True):
        cell.text = text
    document.add_picture(BytesIO(photo(600, 400, "PNG")))
    document.add_paragraph("Signed: P. Packer")
    out = BytesIO()
    document.save(out)
    return out.getvalue()


EML = (
    b"From: Jana Sample <jana@sample.example>\r\nTo: care@nordlicht.example\r\nSubject: My lamps\r\n"
    b"Date: Thu, 12 Feb 2026 18:03:00 +0000\r\nMessage-ID: <m1@sample.example>\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello,</p><p>they <b>arrived</b> today. &lt;3</p>\r\n"
)


MAKERS: tuple[Callable[[int], ExhibitSource], ...] = (
    record,
    thread,
    lambda n: upload(n, "invoice.pdf", pdf(2), "Invoice 4711"),
    lambda n: upload(n, "door.jpg", photo(), "Photograph of the parcel at the door"),
    languages,
    lambda n: upload(n, "screen.png", photo(900, 500, "PNG"), "Screenshot of the customer’s account"),
    lambda n: upload(n, "packing.docx", word(), "Statement of the packer"),
    lambda n: upload(n, "lamps.eml", EML, "Mail of 12 February 2026"),
    lambda n: upload(n, "IMG_0001.heic", photo(1200, 1600, "HEIF"), "Photograph of the packed goods"),
    lambda n: upload(n, "log.txt", b"2026-02-03 10:11:12 login\n2026-02-03 10:15:00 order\n", "Log of the shop"),
    lambda n: upload(n, "list.pdf", pdf(1, "Packing list", wide=True), "Packing list"),
    policy,
)
