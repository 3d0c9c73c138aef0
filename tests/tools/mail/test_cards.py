"""Card numbers leave, other numbers stay."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.mail.cards import luhn, mask_cards

PREFIXES = [
    "4",
    "51",
    "55",
    "2221",
    "2720",
    "34",
    "37",
    "36",
    "38",
    "300",
    "305",
    "6011",
    "65",
    "644",
    "3528",
    "3589",
    "62",
    "81",
    "50",
    "56",
    "69",
]
LENGTHS = {
    "34": [15],
    "37": [15],
    "51": [16],
    "55": [16],
    "2221": [16],
    "2720": [16],
    "36": [14, 19],
    "38": [14, 19],
    "300": [14],
    "305": [14],
}


def with_check_digit(digits: str) -> str:
    return next(digits + str(last) for last in range(10) if luhn(digits + str(last)))


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(PREFIXES))
    least = 16 if prefix in ("3528", "3589", "62", "81") else 13
    size = draw(st.sampled_from(LENGTHS.get(prefix, [13, 19] if prefix == "4" else list(range(least, 20)))))
    body = draw(st.text("0123456789", min_size=size - 1 - len(prefix), max_size=size - 1 - len(prefix)))
    return with_check_digit(prefix + body)


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("4242424242424242", "424242******4242"),
        ("4242 4242 4242 4242", "424242******4242"),
        ("4242-4242-4242-4242", "424242******4242"),
        ("4242.4242.4242.4242", "424242******4242"),
        ("4242\u00a04242\u00a04242\u00a04242", "424242******4242"),
        ("4242\u20094242\u20094242\u20094242", "424242******4242"),
        ("42\u200b42\u200b4242 4242 4242", "424242******4242"),
        ("４２４２　４２４２　４２４２　４２４２", "424242******4242"),
        ("4242 4242\n4242 4242", "424242******4242"),
        ("3782 822463 10005", "378282*****0005"),
        ("30569309025904", "305693****5904"),
        ("my visa 4111111111111111 exp 12/26", "my visa 411111******1111 exp 12/26"),
        ("visa4111111111111111", "visa411111******1111"),
        ("it is4242424242424242thanks", "it is424242******4242thanks"),
        ("2 x 4242 4242 4242 4242 12 26", "2 x 424242******4242 12 26"),
        ("卡号6212345678901234560，谢谢", "卡号621234*********4560，谢谢"),
        ("order 1001 paid with 4242424242424242", "order 1001 paid with 424242******4242"),
        ("my order with card 4242424242424242", "my order with card 424242******4242"),
        ("card reference: 4242424242424242", "card reference: 424242******4242"),
        ("5555555555554444 and 378282246310005", "555555******4444 and 378282*****0005"),
    ],
)
def test_a_card_number_keeps_six_and_four_digits(written: str, masked: str) -> None:
    assert mask_cards(written).text == masked


def test_a_unionpay_number_without_check_digit_is_masked_beside_its_word() -> None:
    assert mask_cards("银行卡号：6212345678901234").count == 1
    assert mask_cards("6212345678901234").count == 0


@pytest.mark.parametrize(
    "written",
    [
        "ARN 74064498765432109876543",
        "24064498765432109876543",
        "IMEI: 357368010000001 (device)",
        "tracking no. 4111111111111111",
        "订单号：4111111111111111",
        "Bestellnummer: 4111111111111111",
        "USPS 9400 1000 0000 0000 0000 00",
        "+49 4111 1111 11111",
        "1731751234567",
        "2026-11-16 10:00:00.123456",
        "20261116100000",
        "DE89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 19",
        "ch_4242424242424242",
        "YT4242424242424242",
        "id a1b4242424242424242",
        "4242424242424242_1",
        "4111 11** **** 1111",
        "xxxx-xxxx-xxxx-1111",
        "0000000000000000",
        "30.05.2026 - 12.06.2026",
    ],
)
def test_what_is_no_card_number_stays_whole(written: str) -> None:
    assert mask_cards(written).text == written


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("CVV: 123", "CVV: ***"),
        ("cvc 1234.", "cvc ****."),
        ("security code is 123", "security code is ***"),
        ("安全码：123", "安全码：***"),
        ("安全碼123", "安全碼***"),
        ("Prüfziffer: 123", "Prüfziffer: ***"),
        ("código de seguridad 123", "código de seguridad ***"),
        ("cryptogramme : 123", "cryptogramme : ***"),
        ("código de segurança: 123", "código de segurança: ***"),
        ("codice di sicurezza 123", "codice di sicurezza ***"),
        ("код безопасности 123", "код безопасности ***"),
        ("セキュリティコード：123", "セキュリティコード：***"),
        ("보안코드 123", "보안코드 ***"),
        ("رمز الأمان: 123", "رمز الأمان: ***"),
        ("güvenlik kodu 123", "güvenlik kodu ***"),
        ("验证码 482913", "验证码 ******"),
        ("Your OTP is 482913", "Your OTP is ******"),
    ],
)
def test_a_secret_code_beside_its_word_becomes_stars(written: str, masked: str) -> None:
    assert mask_cards(written).text == masked


def test_an_amount_near_a_code_word_stays() -> None:
    assert mask_cards("The CVV check failed for 12345 EUR").text == "The CVV check failed for 12345 EUR"


@settings(max_examples=300, deadline=None)
@given(
    card_numbers(),
    st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2009", "\u200b"]),
    st.sampled_from(["", "pay ", "номер ", "付款"]),
)
def test_no_standalone_card_number_is_left(number: str, separator: str, before: str) -> None:
    written = separator.join(number[at : at + 4] for at in range(0, len(number), 4))
    masked = mask_cards(f"{before}{written} please")
    if len(set(number)) > 1:
        assert masked.count == 1
        assert "".join(char for char in masked.text if char.isdigit()) == number[:6] + number[-4:]


@settings(max_examples=300, deadline=None)
@given(
    st.text("0123456789", min_size=22, max_size=22), st.sampled_from("27"), st.sampled_from(["", "ARN ", "ARN:", "卡 "])
)
def test_an_arn_is_never_changed(body: str, first: str, before: str) -> None:
    text = f"{before}{first}{body} end"
    assert mask_cards(text).text == text


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("0123456789 -.*x\n卡CVV:"), max_size=120))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_cards(text).text
    assert mask_cards(once).text == once


@pytest.mark.parametrize(
    "text",
    [
        "4" * 400_000,
        "4 " * 200_000,
        "4242 4242 4242 4242 " * 20_000,
        "1 - " * 100_000,
        "cvv " * 100_000,
        "GB29 " * 80_000,
    ],
)
def test_hostile_digits_take_little_time(text: str) -> None:
    started = time.process_time()
    mask_cards(text)
    assert time.process_time() - started < 5
