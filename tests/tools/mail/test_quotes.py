"""New text, quoted mails and signatures, in the languages customers write."""

import json
import re
import time
from pathlib import Path

import pytest

from tools.mail.html_text import html_to_text
from tools.mail.quotes import split_reply

ATTRIBUTIONS = {
    "en gmail": "On Mon, Nov 16, 2026 at 10:00 AM Shop Support <shop@example.com> wrote:",
    "en gmail folded": "On Mon, Nov 16, 2026 at 10:00 AM Shop Support <\nshop-support-with-a-long-name@example.com> wrote:",
    "en apple": "On Nov 16, 2026, at 10:00, Shop Support <shop@example.com> wrote:",
    "en at": 'At 2026-11-16 10:00:00, "Shop" <shop@example.com> wrote:',
    "de gmail": "Am Mo., 16. Nov. 2026 um 10:00 Uhr schrieb Shop <shop@example.com>:",
    "de thunderbird": "Am 16.11.26 um 10:00 schrieb Shop:",
    "fr gmail": "Le lun. 16 nov. 2026 à 10:00, Shop <shop@example.com> a écrit :",
    "fr folded": "Le lun. 16 nov. 2026 à 10:00, Shop Support Client International\n<shop@example.com> a écrit :",
    "es gmail": "El lun, 16 nov 2026 a las 10:00, Shop (<shop@example.com>) escribió:",
    "es apple": "El 16 nov 2026, a las 10:00, Shop <shop@example.com> escribió:",
    "pt gmail": "Em seg., 16 de nov. de 2026 às 10:00, Shop <shop@example.com> escreveu:",
    "pt apple": "No dia 16/11/2026, às 10:00, Shop <shop@example.com> escreveu:",
    "it gmail": "Il giorno lun 16 nov 2026 alle ore 10:00 Shop <shop@example.com> ha scritto:",
    "it apple": "Il 16/11/2026 10:00, Shop ha scritto:",
    "ru gmail": "пн, 16 нояб. 2026 г. в 10:00, Shop <shop@example.com>:",
    "ru mail.ru": "Понедельник, 16 ноября 2026, 10:00 +03:00 от Shop <shop@example.com>:",
    "ru apple": "16 нояб. 2026 г., в 10:00, Shop <shop@example.com> написал(а):",
    "zh gmail": "Shop <shop@example.com> 于2026年11月16日周一 10:00写道：",
    "zh-hant gmail": "Shop <shop@example.com> 於 2026年11月16日 週一 上午10:00寫道：",
    "zh 163": "在 2026-11-16 10:00:00，Shop <shop@example.com> 写道：",
    "zh apple": "在 2026年11月16日，10:00，Shop <shop@example.com> 写道：",
    "ja gmail": "2026年11月16日(月) 10:00 Shop <shop@example.com>:",
    "ja apple": "2026/11/16 10:00、Shop <shop@example.com>のメール:",
    "ko gmail": "2026년 11월 16일 (월) 오전 10:00, Shop <shop@example.com>님이 작성:",
    "ko apple": "2026. 11. 16. 오전 10:00, Shop <shop@example.com> 작성:",
    "ar gmail": "في الاثنين، 16 نوفمبر 2026 في 10:00 ص تمت كتابة ما يلي بواسطة Shop <shop@example.com>:",
    "ar apple": "في 16 نوفمبر 2026، الساعة 10:00، كتب Shop <shop@example.com>:",
    "tr gmail": "Shop <shop@example.com>, 16 Kas 2026 Pzt, 10:00 tarihinde şunu yazdı:",
    "nl gmail": "Op ma 16 nov 2026 om 10:00 schreef Shop <shop@example.com>:",
    "nl apple": "Op 16 nov. 2026, om 10:00 heeft Shop <shop@example.com> het volgende geschreven:",
    "pl gmail": "pon., 16 lis 2026 o 10:00 Shop <shop@example.com> napisał(a):",
    "pl wp": "Dnia 16 listopada 2026 10:00 Shop <shop@example.com> napisał(a):",
    "sv gmail": "Den mån 16 nov. 2026 kl 10:00 skrev Shop <shop@example.com>:",
    "da gmail": "man. 16. nov. 2026 kl. 10.00 skrev Shop <shop@example.com>:",
    "no apple": "16. nov. 2026 kl. 10:00 skrev Shop <shop@example.com>:",
    "cs gmail": "po 16. 11. 2026 v 10:00 odesílatel Shop <shop@example.com> napsal:",
    "fi gmail": "ma 16. marrask. 2026 klo 10.00 Shop <shop@example.com> kirjoitti:",
    "uk gmail": "пн, 16 лист. 2026 р. о 10:00 Shop <shop@example.com> пише:",
}

BLOCKS = {
    "en outlook": "From: Shop <shop@example.com>\nSent: Monday, November 16, 2026 10:00 AM\nTo: A <a@example.org>\nSubject: Order",
    "en original": "-----Original Message-----\nFrom: Shop <shop@example.com>\nSent: Monday, November 16, 2026 10:00 AM\nTo: A\nSubject: Order",
    "en rule": "________________________________\nFrom: Shop <shop@example.com>\nSent: Monday, November 16, 2026 10:00 AM\nTo: A\nSubject: Order",
    "en bold": "*From:* Shop <shop@example.com>\n*Sent:* Monday, November 16, 2026 10:00 AM\n*To:* A\n*Subject:* Order",
    "de outlook": "Von: Shop <shop@example.com>\nGesendet: Montag, 16. November 2026 10:00\nAn: A\nBetreff: AW: Order",
    "de original": "-----Ursprüngliche Nachricht-----\nVon: Shop\nGesendet: Montag, 16. November 2026 10:00\nAn: A\nBetreff: Order",
    "fr outlook": "De : Shop <shop@example.com>\nEnvoyé : lundi 16 novembre 2026 10:00\nÀ : A\nObjet : Order",
    "fr original": "-------- Message d'origine --------\nDe : Shop <shop@example.com>\nDate : 16/11/2026 10:00 (GMT+01:00)\nÀ : A",
    "es outlook": "De: Shop <shop@example.com>\nEnviado: lunes, 16 de noviembre de 2026 10:00\nPara: A\nAsunto: Order",
    "es original": "----- Mensaje original -----\nDe: Shop\nPara: A\nEnviado: lunes",
    "pt outlook": "De: Shop <shop@example.com>\nEnviada em: segunda-feira, 16 de novembro de 2026 10:00\nPara: A\nAssunto: Order",
    "it outlook": "Da: Shop <shop@example.com>\nInviato: lunedì 16 novembre 2026 10:00\nA: A\nOggetto: Order",
    "ru outlook": "От: Shop <shop@example.com>\nОтправлено: 16 ноября 2026 г. 10:00\nКому: A\nТема: Order",
    "zh qq": '------------------ 原始邮件 ------------------\n发件人: "Shop" <shop@example.com>;\n发送时间: 2026年11月16日(星期一) 上午10:00\n收件人: "A";\n主题: Order',
    "zh foxmail": "发件人： Shop\n发送时间： 2026-11-16 10:00\n收件人： a@example.org\n主题： Order",
    "zh-hant outlook": "寄件者: Shop <shop@example.com>\n寄件日期: 2026年11月16日 10:00\n收件者: A\n主旨: Order",
    "ja outlook": "差出人: Shop <shop@example.com>\n送信日時: 2026年11月16日 10:00\n宛先: A\n件名: Order",
    "ko outlook": "보낸 사람: Shop <shop@example.com>\n보낸 날짜: 2026년 11월 16일 월요일 오전 10:00\n받는 사람: A\n제목: Order",
    "ar outlook": "من: Shop <shop@example.com>\nتاريخ الإرسال: 16 نوفمبر 2026\nإلى: A\nالموضوع: Order",
    "tr outlook": "Kimden: Shop <shop@example.com>\nGönderildi: 16 Kasım 2026 Pazartesi 10:00\nKime: A\nKonu: Order",
    "nl outlook": "Van: Shop <shop@example.com>\nVerzonden: maandag 16 november 2026 10:00\nAan: A\nOnderwerp: Order",
    "pl outlook": "Od: Shop <shop@example.com>\nWysłano: poniedziałek, 16 listopada 2026 10:00\nDo: A\nTemat: Order",
    "sv outlook": "Från: Shop <shop@example.com>\nSkickat: den 16 november 2026 10:00\nTill: A\nÄmne: Order",
    "da samsung": "-------- Oprindelig besked --------\nFra: Shop <shop@example.com>\nDato: 16.11.2026 10.00 (GMT+01:00)\nTil: A\nEmne: Order",
    "cs outlook": "Od: Shop <shop@example.com>\nOdesláno: pondělí 16. listopadu 2026 10:00\nKomu: A\nPředmět: Order",
    "fi outlook": "Lähettäjä: Shop <shop@example.com>\nLähetetty: maanantai 16. marraskuuta 2026 10.00\nVastaanottaja: A\nAihe: Order",
}

SIGNATURES = {
    "en iphone": "Sent from my iPhone",
    "en outlook": "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "en samsung": "Sent from my Samsung Galaxy smartphone.",
    "de iphone": "Von meinem iPhone gesendet",
    "de outlook": "Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>",
    "fr iphone": "Envoyé de mon iPhone",
    "es iphone": "Enviado desde mi iPhone",
    "pt iphone": "Enviado do meu iPhone",
    "it iphone": "Inviato da iPhone",
    "ru iphone": "Отправлено с iPhone",
    "zh iphone": "发自我的iPhone",
    "zh-hant iphone": "從我的 iPhone 傳送",
    "ja iphone": "iPhoneから送信",
    "ko iphone": "나의 iPhone에서 보냄",
    "ar iphone": "أرسلت من الـ iPhone",
    "tr iphone": "iPhone'umdan gönderildi",
    "nl iphone": "Verstuurd vanaf mijn iPhone",
    "pl iphone": "Wysłane z iPhone'a",
    "sv iphone": "Skickat från min iPhone",
    "en dashes": "-- \nAnna Smith\nACME Ltd",
    "en regards": "Best regards,\nAnna Smith",
    "de regards": "Mit freundlichen Grüßen\nAnna Schmidt",
    "fr regards": "Cordialement,\nAnne Dupont",
    "es regards": "Un saludo,\nAna García",
    "pt regards": "Atenciosamente,\nAna Silva",
    "it regards": "Cordiali saluti\nAnna Rossi",
    "ru regards": "С уважением,\nАнна Иванова",
    "zh regards": "此致\n敬礼\n王芳",
    "ja regards": "よろしくお願いいたします。\n山田花子",
    "ko regards": "감사합니다.\n김영희",
    "ar regards": "مع التحية،\nفاطمة",
    "tr regards": "Saygılarımla,\nAyşe Yılmaz",
    "en disclaimer": "This email and any attachments are confidential and intended solely for the addressee.",
}


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_attribution_line_starts_a_prefixed_quote(name: str) -> None:
    split = split_reply(f"Where is my parcel 1001?\n\n{ATTRIBUTIONS[name]}\n\n> Your parcel left.\n> Shop\n")
    assert split.new_text == "Where is my parcel 1001?"
    assert split.quoted_text.endswith("> Your parcel left.\n> Shop")


@pytest.mark.parametrize("name", ATTRIBUTIONS)
def test_an_attribution_line_starts_an_unprefixed_quote(name: str) -> None:
    split = split_reply(f"Where is my parcel 1001?\n\n{ATTRIBUTIONS[name]}\n\nYour parcel left.\nShop\n")
    assert split.new_text == "Where is my parcel 1001?"
    assert split.quoted_text.endswith("Your parcel left.\nShop")


@pytest.mark.parametrize("name", BLOCKS)
def test_a_header_block_starts_a_quote(name: str) -> None:
    split = split_reply(f"I want my money back.\nIt is broken.\n\n{BLOCKS[name]}\n\nYour parcel left.\n")
    assert split.new_text == "I want my money back.\nIt is broken."
    assert split.quoted_text == f"{BLOCKS[name]}\n\nYour parcel left."


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature_is_no_new_text(name: str) -> None:
    split = split_reply(f"The parcel never came.\nPlease help me, it was a gift.\n\n{SIGNATURES[name]}\n")
    assert split.new_text == "The parcel never came.\nPlease help me, it was a gift."
    assert split.signature == SIGNATURES[name].strip()


def test_inline_replies_stay_new_text() -> None:
    text = "On 1/2/26 10:00 AM, Shop wrote:\n> Which size?\n\nSize M.\n\n> Which colour?\n\nBlue.\n"
    split = split_reply(text)
    assert split.new_text == "Size M.\n\nBlue."
    assert "> Which colour?" in split.quoted_text


def test_an_answer_below_the_quote_is_new_text() -> None:
    split = split_reply("On 04/19/2026 07:10 AM, Shop wrote:\n> Which size?\n\nSize M, please.\n")
    assert split.new_text == "Size M, please."


@pytest.mark.parametrize(
    "text",
    [
        "On your site you can read:\n\nReturns are free.\n\nI want that.",
        "Sent from my desk, is much easier than my phone.\nPlease answer.",
        "I need:\n-- a refund\n-- an apology\n\nThanks!",
        "Thanks!",
        "To: whom it may concern\nThe date: unknown\nMy question: where is it?",
        "On the 3rd I ordered.\nOn the other hand, I never paid twice, as I wrote:\nonce only.",
    ],
)
def test_prose_that_looks_like_a_quote_stays_whole(text: str) -> None:
    assert split_reply(text).new_text == text


def test_every_word_ends_up_in_exactly_one_part() -> None:
    text = "one\n\nSent from my iPhone\n\nOn 1 May 2026 at 10:00, X <x@example.com> wrote:\n> two\n\nthree"
    split = split_reply(text)
    assert sorted(re.findall(r"\w+", text)) == sorted(re.findall(r"\w+", " ".join(split)))


@pytest.mark.parametrize(
    "text",
    [
        "On " * 100_000,
        ">" * 300_000,
        "> " * 100_000,
        "-" * 300_000,
        "On 1 " * 20_000 + "\n" + "wrote " * 20_000,
        "\n".join(["On 1 May 2026 a@example.com"] * 20_000),
        "\n".join(["From: a"] * 30_000),
        "\n".join(["From: a@example.com", "x" * 50] * 10_000),
        "\n".join(["Regards,"] * 5_000),
        "\n".join(["--"] * 5_000),
        " " * 300_000 + "x",
        "*" * 100_000 + ":",
        "Sent from " * 30_000,
        "\n".join([f"{i}-{i}-2026 10:00 <a@b.c" for i in range(20_000)]),
    ],
    ids=range(14),
)
def test_hostile_text_takes_little_time(text: str) -> None:
    started = time.process_time()
    split_reply(text)
    assert time.process_time() - started < 4


def test_replies_of_other_libraries_are_split_as_they_expect(shared_data: Path) -> None:
    cases = json.loads((shared_data / "replies" / "expected.json").read_text("utf-8"))
    wrong = [case["test"] for case in cases if not _as_expected(case, shared_data / "replies")]
    share = 1 - len(wrong) / len(cases)
    print(f"\nnew text of {len(cases)} replies: {share:.1%} right; wrong: {', '.join(wrong)}")
    assert share >= 0.94


def _as_expected(case: dict[str, str], folder: Path) -> bool:
    """Those libraries differ in whether a signature belongs to the reply, so both forms count."""
    if case["kind"].startswith("html"):
        page = html_to_text(case["input"])
        split = split_reply(page.marked(is_reply=True))
        wanted = re.sub(r"\s+", "", html_to_text(case["expected"]).text)
        return wanted in {
            re.sub(r"\s+", "", text) for text in (split.new_text or page.text, split.new_text + split.signature)
        }
    text = case.get("input") or (folder / case["fixture"]).read_text("utf-8", "replace")
    split = split_reply(text)
    return " ".join(case["expected"].split()) in {
        " ".join(split.new_text.split()),
        " ".join(f"{split.new_text} {split.signature}".split()),
    }
