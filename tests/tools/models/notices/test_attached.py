"""A notice that stands in an attached file."""

from tests.tools.models.notices.mails import file, mail, read

BANK = "disputes@harbor-acquiring.example"
LETTER = (
    "Harbor Bank\nDate of this letter: 17 November 2026\nOur reference: HB/CB/30771\n\nChargeback received\n\n"
    "Card scheme: Mastercard\nCard number: 520082******4470\nDate of sale: 21 October 2026\n"
    "Amount of chargeback: GBP 318.60\nReason: 4853 Goods or services not provided\n"
    "Your documents must reach us by 4 December 2026."
)


def test_the_fields_of_an_attached_letter_name_the_file() -> None:
    reading = read(BANK, "Chargeback advice", "Please find our letter attached.", file("letter.pdf", LETTER))
    assert reading is not None
    assert (reading.notice_type, reading.value("dispute_reference")) == ("first_dispute", "HB/CB/30771")
    assert (reading.value("amount_minor"), reading.value("currency")) == ("31860", "GBP")
    assert reading.value("respond_by") == "2026-12-04"
    amount = reading.fields["amount_minor"]
    assert (amount.start, amount.end, amount.where) == (None, None, "letter.pdf")


def test_the_mail_itself_counts_where_it_says_as_much() -> None:
    text = "Case number: CB-9\nDisputed amount: GBP 20.00\nReason code: 4853\nRespond by: 2026-12-01"
    reading = read(BANK, "Chargeback CB-9", text, file("terms.pdf", "Terms of our service. Fees: GBP 15.00."))
    assert reading is not None
    assert reading.value("dispute_reference") == "CB-9"
    assert reading.fields["dispute_reference"].start is not None


def test_amounts_that_contradict_each_other_are_left_open() -> None:
    text = "Case number: HB/CB/30771\nAmount of chargeback: GBP 99.00"
    reading = read(BANK, "Chargeback", text, file("letter.pdf", LETTER))
    assert reading is not None
    assert "amount_minor" not in reading.fields


def test_what_a_customer_attaches_makes_no_notice() -> None:
    text = "I opened a dispute because my order never arrived. My bank sent me this."
    reading = read("ana@mailbox.example", "Dispute", text, file("bank.pdf", LETTER))
    assert reading is None


def test_a_notice_that_nobody_could_read_is_for_a_person() -> None:
    scan = file("letter.pdf", unread="a scanned picture; no text recognition is installed")
    reading = read(BANK, "Chargeback notification", "Please see the attached letter.", scan)
    assert reading is not None
    assert (reading.kind, reading.score) == ("dispute", 0.5)
    assert "'letter.pdf' was not read: a scanned picture" in reading.note
    assert read("ana@mailbox.example", "My parcel", "See the photo, my parcel is broken.", scan) is None


def test_files_of_a_forward_are_those_of_the_mail_inside() -> None:
    inner = mail(BANK, "Chargeback advice", "Please find our letter attached.", file("letter.pdf", LETTER))
    reading = read(
        "jo@lumenoak.example",
        "FW: Chargeback advice",
        "Please handle.",
        forwarded=inner,
    )
    assert reading is not None
    assert reading.value("dispute_reference") == "HB/CB/30771"
