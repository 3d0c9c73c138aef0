import pytest

from agents.facts import facts_in, unsupported

RECORD = """order_number: R-1042
placed_at: 2026-03-09T14:05:00+01:00
total: 1089.90 EUR
tracking_number: 1Z999AA10123456784
return_days: 14
https://track.example/1Z999AA10123456784"""


def missing(text: str, language: str, record: str = RECORD) -> list[str]:
    return [fact.words for fact in unsupported(facts_in(text, language), facts_in(record, "en"))]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Order R-1042 of March 9, 2026 came to €1,089.90."),
        ("en", "Order #R-1042 of 9th March 2026 came to 1,089.90 EUR."),
        ("en", "You may return it within 14 days, fourteen in words."),
        ("en", "Track 1Z999AA10123456784 at https://track.example/1Z999AA10123456784."),
        ("en", "It was placed at 14:05, or 2:05 pm."),
        ("de", "Ihre Bestellung R-1042 vom 9. März 2026 über 1.089,90 € können Sie binnen vierzehn Tagen zurückgeben."),
        ("de", "Bestellt am 09.03.2026."),
        ("fr", "Votre commande R-1042 du 9 mars 2026 (1 089,90 €) : quatorze jours."),
        ("es", "Su pedido R-1042 del 9 de marzo de 2026, 1.089,90 €, 14 días."),
        ("pt", "Seu pedido R-1042 de 9 de março de 2026."),
        ("it", "Il suo ordine R-1042 del 9 marzo 2026."),
        ("ru", "Заказ R-1042 от 9 марта 2026 г."),
        ("zh", "您的订单 R-1042 于2026年3月9日下单，十四天内可退货。"),
        ("ja", "ご注文 R-1042（2026年3月9日）"),
        ("ko", "주문 R-1042 (2026년 3월 9일)"),
        ("tr", "R-1042 numaralı sipariş, 9 Mart 2026."),
        ("en", "Placed on 9 March."),
    ],
)
def test_a_fact_in_any_usual_spelling_is_borne_out(language: str, text: str) -> None:
    assert missing(text, language) == []


@pytest.mark.parametrize(
    ("language", "text", "wrong"),
    [
        ("en", "Order R-1043 is on its way.", "R-1043"),
        ("en", "It was placed on March 10, 2026.", "March 10, 2026"),
        ("en", "It cost €1,089.00.", "€1,089.00"),
        ("en", "It cost $1,089.90.", None),
        ("en", "It cost USD 1,089.90.", "USD 1,089.90"),
        ("en", "It cost €108,990.", "€108,990"),
        ("en", "You have thirty days.", "thirty"),
        ("en", "Click https://evil.example/pay now.", "https://evil.example/pay"),
        ("en", "Write to help@evil.example.", "help@evil.example"),
        ("en", "Get 20% off.", "20"),
        ("zh", "三十天内可退货。", "三十"),
        ("zh", "将于2026年3月10日送达", "2026年3月10日"),
        ("de", "Sie erhalten 50 € zurück.", "50 €"),
        ("fr", "Livraison le 12 avril 2026.", "12 avril 2026"),
        ("en", "It arrived at 9:30.", "9:30"),
        ("en", "See evil-shop.zip now.", "evil-shop.zip"),
        ("en", "See ftp://evil/x now.", "ftp://evil/x"),
        ("en", "See 185.12.44.7 now.", "185.12.44.7"),
        ("en", "You get ５００ euros.", "500 euros"),
        ("en", "You get 5\u200b0\u200b0 euros.", "500 euros"),
        ("zh", "请访问evil.top查看", "evil.top"),
        ("zh", "赔您五十欧元。", "五十"),
    ],
)
def test_a_fact_that_the_record_does_not_hold_is_found(language: str, text: str, wrong: str | None) -> None:
    assert missing(text, language) == ([wrong] if wrong else [])


@pytest.mark.parametrize("text", ["Write e.g. on Monday.", "Am 10.Mai, z.B. um zehn.", "U.S. goods, i.e. ours."])
def test_an_abbreviation_is_no_link(text: str) -> None:
    assert [fact for fact in facts_in(text, "en") if fact.kind == "link"] == []


def test_a_date_that_could_be_two_days_is_borne_out_by_either() -> None:
    assert missing("On 09/03/2026.", "en") == []
    assert missing("On 09/04/2026.", "en") == ["09/04/2026"]


def test_the_same_digits_in_another_role_do_not_count_as_an_amount() -> None:
    assert missing("It cost €14.00.", "en") == ["€14.00"]
