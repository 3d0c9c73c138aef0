"""Bytes to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.mail.charsets import codec_for, decode_text

SAMPLES = {
    "zh": "您好，我的订单还没有收到，请问什么时候发货？谢谢。",
    "zh-hant": "您好，我的訂單還沒有收到，請問什麼時候出貨？謝謝。",
    "ja": "注文した商品がまだ届いていません。確認をお願いします。",
    "ko": "안녕하세요, 주문한 상품이 아직 도착하지 않았습니다. 확인 부탁드립니다.",
    "ru": "Здравствуйте, мой заказ до сих пор не пришёл. Верните деньги.",
    "fr": "Bonjour, je n'ai pas reçu ma commande, où est-elle passée ? Ça m'inquiète.",
    "de": "Guten Tag, mein Päckchen ist für Köln bestimmt und größer als gedacht.",
    "el": "Καλημέρα, η παραγγελία μου δεν έχει φτάσει ακόμα.",
}


@pytest.mark.parametrize(
    ("sample", "codec"),
    [
        ("zh", "gbk"), ("zh", "gb18030"), ("zh-hant", "big5"), ("ja", "cp932"), ("ja", "euc_jp"), ("ja", "iso2022_jp"), ("ko", "cp949"),
        ("ru", "koi8-r"), ("ru", "cp1251"), ("ru", "cp866"), ("ru", "iso8859_5"), ("fr", "cp1252"), ("de", "cp1252"), ("el", "cp1253"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("label", ["", "utf-8", "us-ascii", "x-unknown"])
def test_a_missing_or_wrong_label_is_seen_through(sample: str, codec: str, label: str) -> None:
    if label == "us-ascii" and codec not in ("cp1252", "iso2022_jp"):
        pytest.skip("us-ascii with 8-bit bytes is read as the western superset")
    assert decode_text(SAMPLES[sample].encode(codec), label).text == SAMPLES[sample]


@pytest.mark.parametrize("label", ["gb2312", "iso-8859-1", "us-ascii", "big5", "unknown-8bit", ""])
def test_utf8_wins_over_a_wrong_label(label: str) -> None:
    assert decode_text(SAMPLES["zh"].encode(), label).text == SAMPLES["zh"]


@pytest.mark.parametrize(
    "label",
    ["rot13", "hex", "zlib", "idna", "punycode", "unicode_escape", "undefined", "base64", "x" * 500, "a\0b", "../etc"],
)
def test_what_is_no_charset_is_not_used(label: str) -> None:
    assert codec_for(label) == ""


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "utf-7", "utf-16", "gbk", "iso-2022-jp", "iso-2022-kr", "hz", "big5", "cp1252", "x"]),
)
def test_any_bytes_become_text(raw: bytes, label: str) -> None:
    assert isinstance(decode_text(raw, label).text, str)
