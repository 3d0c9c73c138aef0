from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agents.dispute.harmful import ALWAYS_BLOCKING, BLOCKING, blocking, harmful
from agents.dispute.subject import Subject
from agents.evidence import mail_evidence, order_evidence
from knowledge.admissions import admissions_in, cancellation_in
from knowledge.reason_codes import categories
from prompts.findings import explain, sentences
from rejoinder.domain.cases import Dispute
from rejoinder.domain.mail import InboundMail, MailAddress
from rejoinder.domain.money import Money
from rejoinder.domain.orders import Access, Order, Payment, PostalAddress, Refund, Scan, Shipment

ORDERED = datetime(2026, 3, 2, 9, tzinfo=UTC)
OPENED = datetime(2026, 4, 10, tzinfo=UTC)
CUSTOMER = MailAddress(email="ana@example.test", name="Ana Beispiel")
SHOP = MailAddress(email="help@shop.example", name="Shop")
TOTAL = Money(amount_minor=8990, currency="EUR")


def on(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


def payment(**changes: Any) -> Payment:
    values: dict[str, Any] = {"reference": "pi_1", "processor": "stripe", "amount": TOTAL, "captured_at": ORDERED}
    return Payment(**values | changes)


def shipment(**changes: Any) -> Shipment:
    scan = Scan(at=changes.get("delivered_at") or on(6), status="delivered", text="Delivered", place="Köln, DE")
    values: dict[str, Any] = {
        "tracking_number": "1Z999AA10123456784",
        "carrier": "ups",
        "shipped_at": on(3),
        "promised_by": on(8),
        "delivered_at": on(6),
        "signed_by": "A. BEISPIEL",
        "scans": (scan,),
    }
    return Shipment(**values | changes)


def order(**changes: Any) -> Order:
    home = PostalAddress(name="Ana Beispiel", lines=("Ring 1",), city="Köln", postcode="50667", country="DE")
    values: dict[str, Any] = {
        "number": "R-1042",
        "placed_at": ORDERED,
        "status": "delivered",
        "total": TOTAL,
        "customer_name": "Ana Beispiel",
        "customer_email": "ana@example.test",
        "lines": (),
        "ship_to": home,
        "bill_to": home,
        "payments": (payment(),),
        "shipments": (shipment(),),
    }
    return Order(**values | changes)


def subject(of: Order | None = None, mails: tuple[InboundMail, ...] = (), amount: Money = TOTAL) -> Subject:
    of = of or order()
    dispute = Dispute(
        processor="stripe",
        reference="dp_1",
        status="needs_response",
        stage="first",
        sources=("api",),
        amount=amount,
        buyer_email="ana@example.test",
    )
    paid = of.payments[0] if of.payments else None
    return Subject(dispute=dispute, now=on(12, 4), opened_at=OPENED, order=of, payment=paid, mails=mails)


def mail(text: str, sender: MailAddress = SHOP, to: MailAddress = CUSTOMER, **changes: Any) -> InboundMail:
    values: dict[str, Any] = {
        "identity": "0123456789abcdef0",
        "message_id": "<m1@shop.example>",
        "sender": sender,
        "to": (to,),
        "subject": "Your order",
        "text": text,
        "new_text": text,
        "sent_at": on(20),
    }
    return InboundMail(**values | changes)


def codes(about: Subject) -> set[str]:
    return {finding.code for finding in harmful(about, [])}


def refund(status: str = "succeeded", minor: int = 8990, day: int = 22) -> Refund:
    return Refund(reference="re_1", amount=Money(amount_minor=minor, currency="EUR"), status=status, created_at=on(day))


def test_a_clean_case_holds_nothing_harmful():
    about = subject(mails=(mail("Dear Ana, your parcel was delivered on 6 March. Kind regards"),))
    evidence = [*order_evidence(order(), "orders", OPENED), mail_evidence(about.mails[0], "mailbox", OPENED)]
    assert harmful(about, evidence) == ()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"shipments": (shipment(shipped_at=on(7)),)}, "delivered_before_shipped"),
        ({"placed_at": on(5)}, "moved_before_ordered"),
        ({"shipments": (shipment(promised_by=on(5)),)}, "delivered_late"),
        ({"shipments": (shipment(delivered_at=None),)}, "not_delivered_in_time"),
        ({"shipments": (shipment(delivered_at=on(11, 4), promised_by=None),)}, "delivered_after_dispute"),
        ({"shipments": (shipment(), shipment(delivered_at=None, promised_by=None))}, "partial_delivery"),
        ({"shipments": (shipment(scans=(Scan(at=on(9), status="returned"),)),)}, "returned_not_refunded"),
        ({"cancelled_at": on(3) - timedelta(hours=3)}, "shipped_after_cancellation"),
        ({"cancelled_at": ORDERED - timedelta(days=1), "shipments": ()}, "charged_after_cancellation"),
        ({"shipments": (shipment(scans=(Scan(at=on(6), status="delivered", place="Hamburg"),)),)}, "delivered_elsewhere"),
        ({"shipments": (shipment(signed_by="FRONT DESK"),)}, "signed_by_another"),
        ({"bill_to": PostalAddress(name="Bo Muster", city="Köln", country="DE")}, "names_differ"),
        ({"bill_to": PostalAddress(name="Ana Beispiel", city="Lyon", country="FR")}, "ships_elsewhere"),
        ({"total": Money(amount_minor=7990, currency="EUR")}, "paid_above_order"),
        ({"total": Money(amount_minor=9990, currency="EUR")}, "paid_below_order"),
        ({"shipments": (shipment(scans=(Scan(at=on(3), status="label_created"),)),)}, "delivered_without_scan"),
        ({"shipments": (shipment(scans=(Scan(at=on(9), status="delivered"),)),)}, "delivery_dates_differ"),
        ({"bill_to": None, "customer_name": "Max Muster"}, "names_differ"),
        ({"goods": "digital", "accesses": (Access(at=on(1), what="login"),)}, "used_before_ordered"),
        ({"payments": (payment(), payment(reference="pi_2"))}, "charged_twice"),
        ({"payments": (payment(avs_result="N"),)}, "avs_failed"),
        ({"payments": (payment(cvv_result="fail"),)}, "cvv_failed"),
        ({"payments": (payment(fraud_reported=True),)}, "fraud_reported"),
        ({"refunds": (refund("pending"),)}, "refund_unfinished"),
    ],
)  # fmt: skip
def test_each_contradiction_is_found_alone_and_compares_records(changes: dict[str, Any], code: str):
    (found,) = harmful(subject(order(**changes)), [])
    assert (found.code, found.verdict) == (code, "holds")
    assert found.compared
    assert all(row.evidence_id for row in found.compared)
    for language in ("en", "zh"):
        assert explain(found, language)


def test_both_card_checks_failed_is_more_than_each():
    about = subject(order(payments=(payment(avs_result="no_match", cvv_result="N"),)))
    assert codes(about) == {"avs_failed", "cvv_failed", "card_checks_failed"}


@pytest.mark.parametrize("result", ["Y", "M", "U", "G", "S", "unavailable", "pass", "", "not_checked"])
def test_an_unavailable_check_did_not_fail(result: str):
    assert codes(subject(order(payments=(payment(avs_result=result, cvv_result=result),)))) == set()


@pytest.mark.parametrize("place", ["KOLN", "Koeln 50667", "50667", "DE", "", "Köln-Mülheim, DE"])
def test_a_place_in_other_spelling_is_the_same(place: str):
    scans = (Scan(at=on(6), status="delivered", place=place),)
    assert codes(subject(order(shipments=(shipment(scans=scans),)))) == set()


@pytest.mark.parametrize(
    ("city", "place"),
    [("New York", "New Orleans, LA"), ("San Diego", "SAN ANTONIO"), ("Saint-Denis", "Saint Malo"), ("York", "Yorkton")],
)
def test_towns_that_share_a_common_word_are_two(city: str, place: str):
    there = replace(order().ship_to, city=city)
    scans = (Scan(at=on(6), status="delivered", place=place),)
    assert codes(subject(order(ship_to=there, bill_to=there, shipments=(shipment(scans=scans),)))) == {
        "delivered_elsewhere"
    }


@pytest.mark.parametrize(
    ("recipient", "signed", "found"),
    [
        ("Jürgen Groß", "J. GROSS", set()),
        ("Anna Müller", "MUELLER ANNA", set()),
        ("Sean O'Brien", "OBRIEN", set()),
        ("Łukasz Nowak", "Lukasz Nowak", set()),
        ("Marta Iglesias", "Marta Kaczmarek", {"signed_by_namesake"}),
        ("陈晓明", "陈伟", {"signed_by_another"}),
    ],
)
def test_a_name_in_another_spelling_is_the_same_and_a_namesake_is_not(recipient: str, signed: str, found: set[str]):
    home = replace(order().ship_to, name=recipient)
    changed = order(ship_to=home, bill_to=home, customer_name=recipient, shipments=(shipment(signed_by=signed),))
    assert codes(subject(changed)) == found


def test_a_place_in_another_script_cannot_be_told():
    scans = (Scan(at=on(6), status="delivered", place="科隆"),)
    (found,) = harmful(subject(order(shipments=(shipment(scans=scans),))), [])
    assert (found.code, found.verdict) == ("delivered_elsewhere", "unknown")
    assert explain(found, "zh")


def test_a_day_without_a_time_contradicts_nothing():
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    assert codes(subject(order(shipments=(shipment(shipped_at=midnight, delivered_at=midnight),)))) == set()


def test_a_second_payment_that_was_given_back_is_no_double_charge():
    twice = order(payments=(payment(), payment(reference="pi_2")), refunds=(refund(),))
    assert "charged_twice" not in codes(subject(twice))


def test_an_amount_that_differs_is_shown_and_one_in_another_currency_is_unknown():
    (less,) = harmful(subject(amount=Money(amount_minor=5000, currency="EUR")), [])
    (other,) = harmful(subject(amount=Money(amount_minor=8990, currency="USD")), [])
    assert (less.code, less.verdict) == ("disputed_amount_differs", "holds")
    assert (other.code, other.verdict) == ("disputed_amount_differs", "unknown")


# --- words


ADMITTED = [
    ("en", "We're so sorry, we sent you the wrong size by accident.", "wrong_item"),
    ("en", "Unfortunately your package was lost by the courier.", "lost"),
    ("en", "Apologies, we haven't shipped it, the lamp is out of stock.", "not_sent"),
    ("en", "This was our mistake and I am sorry.", "our_fault"),
    ("en", "I can see that you were charged twice.", "charged_twice"),
    ("en", "We'll refund you the full 89.90 EUR tomorrow.", "refund_promise"),
    ("en", "Your subscription has been cancelled as requested.", "cancel_promise"),
    ("zh", "非常抱歉，是仓库发错了，我们马上处理。", "wrong_item"),
    ("zh", "很遗憾，您的包裹丢失了。", "lost"),
    ("zh", "不好意思，这款缺货了，还没发货。", "not_sent"),
    ("zh", "这是我们的失误，请您谅解。", "our_fault"),
    ("zh", "我们会在三个工作日内为您退款。", "refund_promise"),
    ("zh", "已经帮您取消自动续费了。", "cancel_promise"),
    ("es", "Lo sentimos, le enviamos el artículo equivocado.", "wrong_item"),
    ("es", "Su paquete se ha perdido en el transporte.", "lost"),
    ("es", "Le reembolsaremos el importe mañana.", "refund_promise"),
    ("es", "Ha sido un error nuestro.", "our_fault"),
    ("de", "Leider haben wir Ihnen den falschen Artikel geschickt.", "wrong_item"),
    ("de", "Ihr Paket ist verloren gegangen.", "lost"),
    ("de", "Wir werden Ihnen den Betrag umgehend erstatten.", "refund_promise"),
    ("de", "Das war unser Fehler.", "our_fault"),
    ("fr", "Désolés, nous vous avons envoyé le mauvais modèle.", "wrong_item"),
    ("fr", "Votre colis a été perdu.", "lost"),
    ("fr", "Nous allons vous rembourser dès lundi.", "refund_promise"),
    ("fr", "C'est une erreur de notre part.", "our_fault"),
    ("pt", "Infelizmente enviamos o produto errado.", "wrong_item"),
    ("pt", "A sua encomenda foi extraviada.", "lost"),
    ("pt", "Vamos reembolsar o valor em cinco dias.", "refund_promise"),
    ("it", "Ci scusiamo, abbiamo spedito la taglia sbagliata.", "wrong_item"),
    ("it", "Il pacco è andato smarrito.", "lost"),
    ("it", "La rimborseremo entro venerdì.", "refund_promise"),
    ("ru", "К сожалению, мы отправили не тот товар.", "wrong_item"),
    ("ru", "Ваша посылка утеряна.", "lost"),
    ("ru", "Мы вернём вам деньги на этой неделе.", "refund_promise"),
    ("ja", "誤った商品をお送りしてしまい申し訳ございません。", "wrong_item"),
    ("ja", "荷物が紛失しております。", "lost"),
    ("ja", "全額返金いたします。", "refund_promise"),
    ("ko", "죄송합니다. 다른 상품을 보내 드렸습니다.", "wrong_item"),
    ("ko", "배송 중 분실된 것으로 확인되었습니다.", "lost"),
    ("ko", "내일까지 환불해 드리겠습니다.", "refund_promise"),
    ("ar", "نعتذر، لقد ارسلنا لك المنتج الخطأ.", "wrong_item"),
    ("ar", "للأسف ضاعت الشحنة.", "lost"),
    ("ar", "سنعيد لك المبلغ خلال أسبوع.", "refund_promise"),
    ("tr", "Üzgünüz, size yanlış ürün gönderdik.", "wrong_item"),
    ("tr", "Maalesef kargonuz kayboldu.", "lost"),
    ("tr", "Ücretinizi iade edeceğiz.", "refund_promise"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "kind"), ADMITTED)
def test_an_admission_is_heard_in_each_language(language: str, text: str, kind: str):
    assert kind in {admitted.kind for admitted in admissions_in(text)}


@pytest.mark.parametrize(
    "text",
    [
        "We will not refund this order, as it was delivered.",
        "We never said that we would refund you.",
        "This is not our mistake.",
        "If we lost it, the carrier will say so.",
        "您好，订单已于3月6日送达，我们不会退款。",
        "这不是我们的责任。",
        "Wir erstatten den Betrag nicht.",
        "Nous ne vous rembourserons pas.",
        "Non la rimborseremo.",
        "No le reembolsaremos el importe.",
        "Мы не вернём деньги.",
        "返金いたしかねます。",
        "환불해 드릴 수 없습니다.",
        "İade edemiyoruz.",
        "لن سنعيد المبلغ",
        "Please send us the tracking number of your return.",
        "Your parcel was handed to the carrier on 3 March.",
    ],
)
def test_what_admits_nothing_is_not_heard(text: str):
    assert admissions_in(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Hi, please cancel my order.", "麻烦帮我取消订单，谢谢。", "Quiero cancelar mi pedido.", "Ich möchte meine Bestellung stornieren.",
        "Je souhaite annuler ma commande.", "Gostaria de cancelar a encomenda.", "Vorrei annullare il mio ordine.",
        "Прошу отменить заказ.", "注文をキャンセルしたいです。", "주문 취소해 주세요.", "أريد إلغاء طلبي.", "Siparişimi iptal etmek istiyorum.",
    ],
)  # fmt: skip
def test_a_cancellation_is_heard_in_each_language(text: str):
    assert cancellation_in(text)


def test_an_admission_in_ones_own_mail_holds_and_blocks():
    found = harmful(subject(mails=(mail("We shipped the wrong item, sorry."),)), [])
    assert [(f.code, f.verdict) for f in found] == [("admission_wrong_item", "holds")]
    assert found[0].compared[0].evidence_id == "mail:0123456789abcdef"
    assert blocking(found, "not_received") == found


def test_not_sent_yet_is_news_while_it_is_true_and_an_admission_afterwards():
    early = mail("Your order has not been shipped yet, so it can still be cancelled.", sent_at=on(2))
    assert codes(subject(mails=(early,))) == set()
    assert codes(subject(mails=(replace(early, sent_at=on(20)),))) == {"admission_not_sent"}


def test_an_address_that_a_mail_quotes_or_sends_to_is_in_what_is_printed():
    quoting = replace(mail("When?", sender=CUSTOMER, to=SHOP), text="When?\n> From: eve@other.example")
    copied = replace(quoting, text="When?", cc=(MailAddress(email="eve@other.example"),))
    for one in (quoting, copied):
        about = subject(mails=(one,))
        found = harmful(about, [mail_evidence(one, "mailbox", OPENED)])
        assert [finding.code for finding in found] == ["exhibit_names_other_person"]


def test_a_customers_claim_is_no_admission():
    assert codes(subject(mails=(mail("You sent me the wrong item. We lost it?", CUSTOMER, SHOP),))) == set()


def test_what_a_customer_quotes_may_be_ours():
    quoting = mail("See below.", CUSTOMER, SHOP, quoted_text="> Sorry, we lost it.\n> Shop")
    (found,) = harmful(subject(mails=(quoting,)), [])
    assert (found.code, found.verdict) == ("admission_lost", "unknown")
    assert blocking([found], "not_received") == ()


def test_an_admission_we_hold_ourselves_is_not_told_twice():
    ours = mail("Sorry, we lost it.")
    quoting = mail("See below.", CUSTOMER, SHOP, quoted_text="Sorry, we lost it.", identity="f" * 20)
    assert [f.verdict for f in harmful(subject(mails=(ours, quoting)), [])] == ["holds"]


@pytest.mark.parametrize(
    ("refunds", "kept"),
    [
        ((), False),
        ((refund("pending"),), False),
        ((refund(minor=4000),), False),
        ((refund(day=1),), False),
        ((refund(),), True),
        ((refund(minor=5000), refund(minor=3990)), True),
    ],
)
def test_a_promised_refund_is_kept_by_a_later_refund_of_that_amount(refunds: tuple[Refund, ...], kept: bool):
    about = subject(order(refunds=refunds), mails=(mail("We will refund you 89.90 EUR."),))
    assert ("promise_not_kept" not in codes(about)) is kept


def test_a_cancellation_before_shipping_is_shown_and_one_after_is_not():
    early = mail("Please cancel my order.", CUSTOMER, SHOP, sent_at=on(2))
    late = replace(early, sent_at=on(4))
    assert codes(subject(mails=(early,))) == {"customer_cancelled_first"}
    assert codes(subject(mails=(late,))) == set()


def test_a_subscription_cancelled_before_the_charge():
    monthly = order(goods="subscription", shipments=(), payments=(payment(captured_at=on(25)),))
    cancelled = mail("I want to cancel my subscription.", CUSTOMER, SHOP)
    found = harmful(subject(monthly, mails=(cancelled,)), [])
    assert [f.code for f in blocking(found, "cancelled_recurring")] == ["customer_cancelled_first"]


# --- exhibits


def test_an_exhibit_of_another_order_is_found():
    strange = order_evidence(order(number="R-2000", customer_email="bo@example.test"), "orders", OPENED)
    found = {f.code for f in harmful(subject(), strange)}
    assert found == {"exhibit_of_other_order", "exhibit_of_other_customer"}


def test_an_exhibit_of_an_earlier_order_of_the_customer_is_fine():
    earlier = order(number="R-0900")
    about = replace(subject(), earlier_orders=(earlier,))
    assert harmful(about, order_evidence(earlier, "orders", OPENED)) == ()


def test_a_mail_of_another_customer_is_found():
    strange = mail("Where is my parcel?", MailAddress(email="bo@other.test"), SHOP)
    (found,) = harmful(subject(), [mail_evidence(strange, "mailbox", OPENED)])
    assert found.code == "exhibit_of_other_customer"


def test_a_mail_of_the_shop_itself_is_fine():
    about = subject(mails=(mail("Thank you for your order."),))
    other_desk = mail("Hello again.", MailAddress(email="returns@shop.example"))
    assert harmful(about, [mail_evidence(other_desk, "mailbox", OPENED)]) == ()


@pytest.mark.parametrize(
    ("number", "text", "found"),
    [
        ("R-1042", "Your orders R-1042 and R-1043 are on their way.", True),
        ("R-1042", "Your order R-1042 is on its way.", False),
        ("1042", "Order no. 1043 is on its way.", True),
        ("1042", "您的订单号 1043 已发货。", True),
        ("1042", "Your code is 1043.", False),
        ("1042", "Order #1042 of 2026", False),
    ],
)
def test_a_mail_that_names_another_order(number: str, text: str, found: bool):
    about = subject(order(number=number))
    exhibit = mail_evidence(mail(text, CUSTOMER, SHOP), "mailbox", OPENED)
    assert ("exhibit_names_other_order" in {f.code for f in harmful(about, [exhibit])}) is found


def test_a_mail_that_names_another_person():
    exhibit = mail_evidence(mail("Forward it to bo@other.test please.", CUSTOMER, SHOP), "mailbox", OPENED)
    (found,) = harmful(subject(), [exhibit])
    assert found.code == "exhibit_names_other_person"
    assert "bo@other.test" in explain(found, "en")


# --- what blocks


def test_every_blocking_code_has_a_sentence_and_a_known_category():
    known = {key.split(".")[0] for key in sentences("en")}
    assert set(categories()) >= set(BLOCKING)
    assert ALWAYS_BLOCKING | {code for codes in BLOCKING.values() for code in codes} <= known


def test_what_blocks_depends_on_the_reason():
    late = harmful(subject(order(shipments=(shipment(promised_by=on(5)),))), [])
    assert blocking(late, "not_received") == late
    assert blocking(late, "fraud_card_absent") == ()


def test_a_case_without_an_order_is_judged_by_its_mails():
    about = replace(subject(mails=(mail("Our mistake!"),)), order=None, payment=None)
    assert codes(about) == {"admission_our_fault"}
