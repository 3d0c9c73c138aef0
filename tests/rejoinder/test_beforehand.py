"""The finished file for an order and a reason, with no notice; and the commands that write and check files."""

import json
import zipfile
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from agents.dispute.beforehand import Asked, dispute_asked_for
from evals.shop import sample_orders
from rejoinder.beforehand import code_choices, keep, prepare
from rejoinder.cli import app
from rejoinder.domain.cases import Merchant
from rejoinder.draft import show_order_draft, write_packet
from rejoinder.errors import BadInput, Conflict, NotFound
from tests.clock import NOW
from tests.fixtures_program import Shop
from tests.rejoinder.test_packets import STRIPE_NOTICE, words
from tools.packet.manifest import verify
from tools.packet.readback import read_key_facts

ASKED = Asked(order_number="LO-10401", reason_code="13.1")
ORDER = next(order for order in sample_orders().orders if order.number == "LO-10401")


@pytest.fixture
def merchant(shop: Shop) -> Merchant:
    return shop.program.store.merchant(shop.merchant_id)


@pytest.fixture
def console() -> Console:
    return Console(file=StringIO(), width=200)


def printed(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_order_tells_what_was_paid_and_with_which_card():
    dispute = dispute_asked_for(ASKED, ORDER)
    assert (dispute.network, dispute.reason_code, dispute.category) == ("visa", "13.1", "not_received")
    assert (dispute.processor, dispute.payment_reference) == ("stripe", "ch_3Q00012345LumenOakX")
    assert (str(dispute.amount), dispute.card_last4) == ("208.90 EUR", "1000")


def test_an_unknown_code_or_network_is_refused_in_words():
    with pytest.raises(BadInput, match=r"visa has no reason code '99.9'"):
        dispute_asked_for(replace(ASKED, reason_code="99.9"), ORDER)
    bare = replace(ORDER, payments=tuple(replace(one, network="") for one in ORDER.payments))
    with pytest.raises(BadInput, match="name it"):
        dispute_asked_for(ASKED, bare)
    assert dispute_asked_for(replace(ASKED, reason_code="4853", network="Mastercard"), bare).network == "mastercard"


def test_every_choice_of_a_code_makes_a_dispute():
    choices = code_choices()
    assert len(choices) > 300
    for one in choices:
        order = replace(ORDER, payments=())
        asked = Asked(order_number=order.number, reason_code=one.code, network=one.network)
        assert dispute_asked_for(asked, order).category


def test_an_order_and_a_reason_make_a_file_without_a_case(shop, merchant, tmp_path):
    program = shop.program
    found = prepare(program.store, program.files, program.deps, merchant, ASKED, language="zh")
    assert found.packet is not None
    facts = read_key_facts(found.packet.pdf)
    assert (facts["dispute_reference"], facts["order_number"]) == ("ch_3Q00012345LumenOakX", "LO-10401")
    assert "UPS recorded the delivery" in words(found.packet.pdf)
    assert "mail:asked" not in words(found.packet.pdf)
    assert "没有收到" in "".join(one.text for paragraph in found.explanation.paragraphs for one in paragraph)
    assert program.store.list_cases([shop.merchant_id]) == []
    with pytest.raises(NotFound):
        prepare(program.store, program.files, program.deps, merchant, replace(ASKED, order_number="LO-1"))


def test_a_dispute_that_was_asked_for_becomes_a_case_that_its_notice_finds(shop, merchant):
    program = shop.program
    kept = keep(program.store, merchant, ASKED, actor="mia", now=NOW)
    program.worker.advance(kept.run_id)
    page = shop.page(kept.case_id)
    assert (page.case.status, page.case.order_number) == ("in_review", "LO-10401")
    assert page.draft is not None
    assert "mail:asked" not in page.draft.subject
    with pytest.raises(Conflict, match=f"case {kept.case_id}"):
        keep(program.store, merchant, ASKED, actor="mia", now=NOW)
    run_id = shop.receive(STRIPE_NOTICE.read_bytes())
    program.worker.advance(run_id)
    assert program.store.run(run_id).case_id == kept.case_id
    assert program.store.dispute(kept.case_id).reference.startswith("du_")


def test_the_command_writes_pdf_and_zip_and_says_what_is_missing(shop, merchant, console, tmp_path):
    out = tmp_path / "answer.pdf"
    done = show_order_draft(console, shop.program, merchant, ASKED, language="en", out=out, keep_case=True)
    assert done
    assert out.read_bytes().startswith(b"%PDF-")
    assert verify(tmp_path / "answer.zip") == []
    assert "LO-10401" in printed(console)
    case_id = shop.program.store.list_cases([shop.merchant_id])[0].case_id
    assert f"case {case_id} waits" in printed(console)
    assert write_packet(console, shop.program, case_id, tmp_path / "packets")
    assert verify(tmp_path / "packets" / "packet.zip") == []


def test_a_file_that_cannot_be_made_is_not_written_and_said(shop, merchant, console, tmp_path):
    odd = replace(ORDER, lines=(replace(ORDER.lines[0], title="Lamp \U00016a0a\U00016a0b"),))
    shop.program.store.upsert_orders(shop.merchant_id, [odd])
    out = tmp_path / "answer.pdf"
    assert not show_order_draft(console, shop.program, merchant, ASKED, language="", out=out, keep_case=False)
    assert "exhibit_rejected" in printed(console)
    assert not out.exists()


@pytest.mark.parametrize("arguments", [[], ["--order", "LO-10401"], ["a.eml", "--order", "LO-1", "--reason", "13.1"]])
def test_a_draft_is_of_a_mail_or_of_an_order_with_a_reason(arguments):
    answer = CliRunner().invoke(app, ["draft", *arguments])
    assert answer.exit_code == 2
    assert "name a mail" in answer.output


def test_the_command_line_verifies_a_packet_offline(shop, merchant, tmp_path):
    program = shop.program
    packet = prepare(program.store, program.files, program.deps, merchant, ASKED).packet
    path = tmp_path / "packet.zip"
    path.write_bytes(packet.archive)
    assert CliRunner().invoke(app, ["verify", str(path)]).exit_code == 0
    _change_total(path)
    answer = CliRunner().invoke(app, ["verify", str(path)])
    assert answer.exit_code == 1
    assert "exhibits/02.json was changed" in answer.output


def test_the_command_line_lints_what_is_known():
    answer = CliRunner().invoke(app, ["lint"])
    assert (answer.exit_code, "no gap" in answer.output) == (0, True)


def _change_total(path: Path) -> None:
    with zipfile.ZipFile(path) as parts:
        kept = {name: parts.read(name) for name in parts.namelist()}
    record = json.loads(kept["exhibits/02.json"])
    record["title"] = "Another order"
    kept["exhibits/02.json"] = json.dumps(record).encode()
    with zipfile.ZipFile(path, "w") as parts:
        for name, content in kept.items():
            parts.writestr(name, content)
