"""The finished file of a case: made of the approved letter and this case's records, kept, and refused in words."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import rejoinder.demo
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import blocking
from rejoinder.domain.evidence import Evidence
from rejoinder.domain.limits import FileLimits
from rejoinder.domain.packet import MadePacket
from rejoinder.errors import NotFound, PacketTooLarge
from rejoinder.packets import build, finished, last_made, material_of, packet_of
from rejoinder.storage.files import FileStore
from rejoinder.storage.store import Store
from rejoinder.web.desk.editing import edited_draft, text_of
from tests.clock import NOW
from tests.fixtures_program import Shop, mail
from tests.scenes_desk import EVIDENCE, LETTER, Opened, Scene
from tools.packet.manifest import verify
from tools.packet.readback import page_texts, read_key_facts

STRIPE_NOTICE = Path(rejoinder.demo.__file__).parent / "mails" / "01-stripe-not-received.eml"
ASKS = "Hello, thank you for the lamp of order LO-10401. The shade is lovely. Can I get a second one? Emily"


@pytest.fixture
def scene(store: Store, files: FileStore) -> Scene:
    return Scene(store, files)


@pytest.fixture
def merchant(scene: Scene) -> Merchant:
    return scene.merchant()


@pytest.fixture
def opened(scene: Scene, merchant: Merchant) -> Opened:
    return scene.dispute_case(merchant)


def kept(store: Store, files: FileStore, case_id: int) -> MadePacket | None:
    return last_made(store, files, store.case_page(case_id, [store.case(case_id).merchant_id]), now=NOW)


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page_texts(pdf)).split())


def given_file(files: FileStore, content: bytes, name: str, kind: str = "delivery_photo") -> Evidence:
    file_hash = files.put(content)
    return Evidence(
        evidence_id=f"upload:{file_hash[:12]}",
        kind=kind,
        fields={"file_name": name},
        text="",
        source="upload:mia",
        captured_at=NOW,
        file_hash=file_hash,
    )


def test_a_packet_holds_the_letter_the_key_facts_and_the_exhibits(opened, store, files, tmp_path):
    packet = packet_of(store, files, opened.case_id, made_at=NOW)
    assert packet.manifest.letter_hash == LETTER.body_hash
    assert read_key_facts(packet.pdf)["dispute_reference"] == store.dispute(opened.case_id).reference
    assert [one.title for one in packet.manifest.exhibits] == ["Carrier record", "Order record", "Payment record"]
    assert "Brass desk lamp" in words(packet.pdf)
    (tmp_path / "packet.zip").write_bytes(packet.archive)
    assert verify(tmp_path / "packet.zip") == []


def test_the_packet_is_that_of_the_text_which_a_reviewer_approved(opened, store, files):
    text = text_of(LETTER).replace("We contest this dispute.", "We contest this dispute in full.")
    edited = edited_draft(LETTER, LETTER.subject, text)
    decided = store.decide(opened.review_id, 1, "edit", reviewer="mia", edited=edited)
    packet = packet_of(store, files, opened.case_id, made_at=NOW)
    assert packet.manifest.letter_hash == edited.body_hash == store.draft(decided.draft_id).body_hash
    assert "We contest this dispute in full." in words(packet.pdf)


def test_an_earlier_draft_can_be_asked_for_but_only_of_the_same_case(opened, scene, merchant, store, files):
    text = text_of(LETTER).replace("We contest this dispute.", "We contest this dispute in full.")
    store.decide(opened.review_id, 1, "edit", reviewer="mia", edited=edited_draft(LETTER, LETTER.subject, text))
    packet = packet_of(store, files, opened.case_id, opened.draft_id, made_at=NOW)
    assert packet.manifest.letter_hash == LETTER.body_hash
    other = scene.dispute_case(merchant)
    with pytest.raises(NotFound):
        packet_of(store, files, other.case_id, opened.draft_id, made_at=NOW)


def test_what_was_made_is_kept_until_letter_or_evidence_change(opened, store, files):
    assert kept(store, files, opened.case_id) is None
    made = finished(store, files, opened.case_id, made_at=NOW)
    assert finished(store, files, opened.case_id, made_at=NOW + timedelta(hours=1)) == made
    assert kept(store, files, opened.case_id) == made
    assert files.get(made.pdf_hash).startswith(b"%PDF-")
    assert (made.size, made.exhibits) == (len(files.get(made.pdf_hash)), 3)
    store.add_upload(opened.case_id, given_file(files, b"Left at the door.", "note.txt"), "mia")
    assert kept(store, files, opened.case_id) is None


def test_a_file_is_made_anew_when_asked_for(opened, store, files):
    finished(store, files, opened.case_id, made_at=NOW)
    later = NOW + timedelta(hours=1)
    assert finished(store, files, opened.case_id, made_at=later, again=True).made_at == later
    assert finished(store, files, opened.case_id, made_at=NOW).made_at == later


@pytest.mark.parametrize(
    ("content", "name", "code", "word"),
    [
        (b"%PDF-1.7 but not really", "label.pdf", "exhibit_rejected", "label.pdf"),
        (b"MZ\x90\x00 a program", "label.exe", "exhibit_rejected", "is not taken"),
        ("Тест ꙮ\U00016a0a\U00016a0b".encode(), "old.txt", "exhibit_rejected", "no font here has"),
    ],
)
def test_a_file_that_cannot_be_printed_is_a_problem_in_words(opened, store, files, content, name, code, word):
    store.add_upload(opened.case_id, given_file(files, content, name), "mia")
    made = finished(store, files, opened.case_id, made_at=NOW)
    assert not made.is_made
    assert [(problem.code, problem.blocking) for problem in made.problems] == [(code, True)]
    assert word in made.problems[0].detail
    assert "Exhibit 4" in made.problems[0].detail


def test_a_file_that_is_gone_from_the_store_is_a_problem(opened, store, files):
    lost = replace(given_file(files, b"x", "x.txt"), file_hash="0" * 64)
    store.add_upload(opened.case_id, lost, "mia")
    assert [one.code for one in finished(store, files, opened.case_id, made_at=NOW).problems] == ["file_missing"]


def test_a_packet_over_the_limit_of_its_processor_is_refused_with_the_limit(opened, store, files):
    material = material_of(store, files, opened.case_id, made_at=NOW)
    with pytest.raises(PacketTooLarge, match="1 are allowed"):
        build(replace(material, limits=FileLimits(max_pages=1)), NOW)


def test_the_limits_are_those_of_the_processor(opened, store, files):
    material = material_of(store, files, opened.case_id, made_at=NOW)
    assert material.limits.max_bytes_total == 4_500_000


def test_a_case_without_a_letter_has_no_packet(scene, merchant, store, files):
    with pytest.raises(NotFound, match="has no letter"):
        packet_of(store, files, scene.service_case(merchant).case_id, made_at=NOW)


def test_uploads_are_those_of_the_case_in_the_order_given(opened, scene, merchant, store, files):
    first, second = given_file(files, b"one", "a.txt"), given_file(files, b"two", "b.txt")
    store.add_upload(opened.case_id, replace(second, captured_at=NOW + timedelta(hours=1)), "mia")
    store.add_upload(opened.case_id, first, "mia")
    store.add_upload(opened.case_id, first, "mia")
    assert [one.fields["file_name"] for one in store.uploads(opened.case_id)] == ["a.txt", "b.txt"]
    assert store.uploads(scene.dispute_case(merchant).case_id) == []
    store.remove_upload(opened.case_id, first.evidence_id, "mia")
    assert [one.fields["file_name"] for one in store.uploads(opened.case_id)] == ["b.txt"]
    with pytest.raises(NotFound):
        store.remove_upload(opened.case_id, EVIDENCE[0].evidence_id, "mia")


def test_a_secret_is_made_once(store):
    assert len(store.secret("links")) > 40
    assert store.secret("links") == store.secret("links")
    assert store.secret("other") != store.secret("links")


def test_a_notice_ends_in_a_packet_with_the_customers_own_thread_alone(shop: Shop, tmp_path):
    def received(raw: bytes) -> int:
        run_id = shop.receive(raw)
        shop.program.worker.advance(run_id)
        return shop.program.store.run(run_id).case_id

    received(mail(body=ASKS, subject="My lamp", message_id="<lamp@mailbox.example>"))
    stranger = "Where is my order LO-10405? I am waiting for the lamp. Olivia"
    received(mail(sender="olivia.grant@inbox.example", body=stranger, message_id="<other@inbox.example>"))
    case_id = received(STRIPE_NOTICE.read_bytes())
    store, files = shop.program.store, shop.program.files
    packet = packet_of(store, files, case_id, made_at=NOW)
    said = words(packet.pdf)
    assert blocking(packet.problems) == ()
    assert "The shade is lovely" in said
    assert "Olivia" not in said
    assert "olivia.grant" not in said
    assert packet.manifest.exhibits[0].title == "Carrier record"
    assert packet.manifest.size <= 4_500_000
    assert read_key_facts(packet.pdf)["order_number"] == "LO-10401"
    moved = replace(store.order(shop.merchant_id, "LO-10401"), status="returned")
    store.upsert_orders(shop.merchant_id, [moved])
    assert [one.code for one in finished(store, files, case_id, made_at=NOW).problems] == ["record_changed"]
