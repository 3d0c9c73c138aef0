"""Notices as bytes: a signed webhook of Stripe, and mails of four sources in two languages."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

import stripe
from babel.dates import format_date

from tests.planted.world import STRIPE_REASONS, Letter, Notice, Way
from tools.processors.base import WebhookRequest

SECRET = "whsec_planted"
SHOP = "support@lumenoak.example"
DOMAINS: dict[Way, str] = {
    "adyen": "adyen.com",
    "paypal": "paypal.com",
    "shopify": "shopify.com",
    "pingpong": "pingpongx.com",
}
WORDS = {
    "not_received": ("Item not received", "未收到货"),
    "fraud_card_absent": ("Fraudulent, the cardholder did not authorise the payment", "欺诈，持卡人未授权"),
    "not_as_described": ("Product not as described", "商品与描述不符"),
    "credit_not_processed": ("Credit not processed", "未收到退款"),
    "cancelled_recurring": ("Cancelled recurring billing", "已取消的订阅"),
    "cancelled_merchandise": ("Cancelled merchandise", "商品已取消"),
    "duplicate": ("Duplicate processing", "重复扣款"),
    "incorrect_amount": ("Incorrect amount", "金额错误"),
    "misrepresentation": ("Misrepresentation", "虚假陈述"),
}


def webhook(notice: Notice, event_id: str = "") -> WebhookRequest:
    """Return the notice as Stripe would send it, signed now."""
    dispute = {
        "id": notice.reference,
        "object": "dispute",
        "amount": notice.amount.amount_minor,
        "currency": notice.amount.currency.lower(),
        "charge": notice.payment_reference,
        "status": notice.status,
        "reason": STRIPE_REASONS.get(notice.category, "general"),
        "evidence": {"customer_email_address": notice.buyer_email or None},
        "evidence_details": {"due_by": int(notice.due_at.timestamp()), "submission_count": notice.submissions},
        "payment_method_details": {
            "card": {"brand": notice.network, "network_reason_code": notice.code, "case_type": notice.case_type}
        },
        "metadata": {"order_id": notice.order_reference, "note": notice.note},
    }
    event = {
        "id": event_id or f"evt_{notice.reference}",
        "type": "charge.dispute.created",
        "created": int(notice.raised_at.timestamp()),
        "data": {"object": dispute},
    }
    body = json.dumps(event)
    now = int(datetime.now(UTC).timestamp())
    signed = stripe.WebhookSignature._compute_signature(f"{now}.{body}", SECRET)
    return WebhookRequest(
        account="main",
        headers={"stripe-signature": f"t={now},v1={signed}"},
        body=body.encode(),
        received_at=notice.raised_at,
    )


def notice_mail(notice: Notice) -> bytes:
    """Return the notice as its source would mail it."""
    domain = notice.domain or DOMAINS[notice.way]
    subject, lines = _WRITERS[notice.way](notice)
    mail = EmailMessage()
    mail["Authentication-Results"] = f"mx.lumenoak.example; {notice.proof} header.from={domain}"
    mail["Received"] = f"from out.{domain} by mx.lumenoak.example; {format_datetime(notice.raised_at)}"
    mail["From"] = f"{_NAMES[notice.way]} <notifications@{domain}>"
    mail["To"] = SHOP
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{notice.reference or notice.payment_reference}.{notice.raised_at:%d%H%M}@{domain}>"
    mail["Date"] = format_datetime(notice.raised_at)
    mail.set_content("\n".join(line for line in lines if line is not None) + "\n")
    return mail.as_bytes()


def letter_mail(letter: Letter, customer: str, message_id: str, subject: str) -> bytes:
    """Return a customer's mail as a server would hand it over."""
    sender = letter.sender or customer
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, SHOP
    if letter.cc:
        mail["Cc"] = letter.cc
    mail["Subject"] = letter.subject or subject
    mail["Message-ID"], mail["Date"] = message_id, format_datetime(letter.at)
    quoted = "".join(f"> {line}\n" for line in letter.quoted.splitlines())
    head = f"\nOn Mon, 2 Nov 2026 at 10:00, Lumen & Oak <{SHOP}> wrote:\n{quoted}" if quoted else ""
    mail.set_content(f"{letter.text}\n{head}")
    for name, media, content in letter.files:
        main, _, sub = media.partition("/")
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def _line(label: str, value: str, joint: str = ": ") -> str | None:
    return f"{label}{joint}{value}" if value else None


def _adyen(notice: Notice) -> tuple[str, list[str | None]]:
    return f"Chargeback notification – LumenOakECOM – {notice.order_reference}", [
        "A chargeback was received for the payment below. The amount has been debited from your account.",
        "",
        _line("Dispute PSP reference", notice.reference),
        _line("Payment PSP reference", notice.payment_reference),
        _line("Merchant reference", notice.order_reference),
        _line("Payment method", notice.network.title()),
        _line("Card", f"**** **** **** {notice.card_last4}" if notice.card_last4 else ""),
        _line("ARN", notice.arn),
        f"Disputed amount: {notice.amount.currency} {notice.amount.decimal}",
        f"Reason: {notice.code} {WORDS[notice.category][0]}",
        _line("Payment date", notice.paid_on),
        f"Defense period ends: {notice.due_at:%Y-%m-%d}",
        _line("Note", notice.note),
        "",
        "Upload your defense documents in the Customer Area before the defense period ends.",
    ]


def _paypal(notice: Notice) -> tuple[str, list[str | None]]:
    return f"A buyer opened a case: {notice.reference}", [
        "Hello, Lumen & Oak,",
        "",
        "A buyer has opened a case. Please reply in the Resolution Center.",
        "",
        _line("Case ID", notice.reference),
        _line("Transaction ID", notice.payment_reference),
        _line("Transaction date", _english(notice.paid_on)),
        _line("Invoice ID", notice.order_reference),
        _line("Buyer's email", notice.buyer_email),
        f"Disputed amount: {notice.amount.decimal} {notice.amount.currency}",
        f"Reason: {WORDS[notice.category][0]}",
        f"Respond by: {_english(notice.due_at.date().isoformat())}",
        _line("Note", notice.note),
    ]


def _shopify(notice: Notice) -> tuple[str, list[str | None]]:
    return f"Chargeback opened for order #{notice.order_reference} ({notice.amount})", [
        f"A customer filed a chargeback on order #{notice.order_reference}.",
        "",
        _line("Order", f"#{notice.order_reference}"),
        f"Chargeback amount: {notice.amount.decimal} {notice.amount.currency}",
        f"Reason: {WORDS[notice.category][0]}",
        _line("Card network", notice.network.title()),
        _line("Reason code", notice.code),
        _line("Payment reference", notice.payment_reference),
        _line("Card ending in", notice.card_last4),
        _line("Order date", _english(notice.paid_on)),
        f"Evidence due: {_english(notice.due_at.date().isoformat())}",
        _line("Note", notice.note),
        "",
        "Add your evidence in the Shopify admin.",
    ]


def _pingpong(notice: Notice) -> tuple[str, list[str | None]]:
    return f"【拒付通知】商户订单号 {notice.order_reference} 收到拒付，请在截止时间前处理", [
        "尊敬的商户：",
        "您的一笔交易被持卡人发起拒付，款项已暂时冻结。请在处理截止时间前提交申诉材料，逾期视为放弃申诉。",
        "",
        _line("拒付编号", notice.reference, "："),
        _line("交易流水号", notice.payment_reference, "："),
        _line("商户订单号", notice.order_reference, "："),
        _line("卡组织", notice.network.upper(), "："),
        _line("卡号后四位", notice.card_last4, "："),
        _line("收单参考号", notice.arn, "："),
        f"拒付原因码：{notice.code}",
        f"拒付原因：{WORDS[notice.category][1]}",
        f"拒付金额：{notice.amount.decimal} {notice.amount.currency}",
        _line("交易日期", _chinese(notice.paid_on), "："),
        f"处理截止时间：{_chinese(notice.due_at.date().isoformat())}",
        _line("备注", notice.note, "："),
    ]


def _english(day: str) -> str:
    return format_date(datetime.fromisoformat(day), "MMMM d, y", "en") if day else ""


def _chinese(day: str) -> str:
    return format_date(datetime.fromisoformat(day), "y年M月d日", "zh") if day else ""


_NAMES = {"adyen": "Adyen Disputes", "paypal": "PayPal", "shopify": "Shopify", "pingpong": "PingPong 风控中心"}
_WRITERS = {"adyen": _adyen, "paypal": _paypal, "shopify": _shopify, "pingpong": _pingpong}
