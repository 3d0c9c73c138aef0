"""Orders beside their disputes, and the finished file for an order and a reason with one click."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import Response

from agents.dispute.beforehand import Asked
from knowledge.reason_words import network_name
from rejoinder.beforehand import CodeChoice, code_choices, keep, prepare
from rejoinder.domain.cases import Dispute, Merchant
from rejoinder.domain.orders import Order
from rejoinder.errors import BadInput, NotFound
from rejoinder.web.auth import AppVisitor, FormVisitor, Visitor
from rejoinder.web.context import AppDesk, Desk
from rejoinder.web.pages import download, page, see_other, visible
from rejoinder.web.words import zone_of

router = APIRouter()

LONGEST_SEARCH = 200
SHOWN = 20

Short = Annotated[str, Form(max_length=LONGEST_SEARCH)]


@dataclass(frozen=True, kw_only=True)
class OrderView:
    """An order as it was found, with the merchant it belongs to and its disputes by case."""

    merchant: Merchant
    order: Order
    disputes: tuple[tuple[int, Dispute], ...]

    @property
    def network(self) -> str:
        """The network of its newest payment."""
        newest = max(self.order.payments, key=lambda one: one.captured_at, default=None)
        return newest.network.casefold() if newest else ""


@router.get("/orders")
def find_orders(request: Request, desk: AppDesk, visitor: AppVisitor, q: str = "") -> Response:
    """Find orders by number, parcel, payment or mail address."""
    asked = visible(q)[:LONGEST_SEARCH]
    found = list(_found(desk, visitor, asked)) if asked else []
    return page(
        request,
        "orders.html",
        asked=asked,
        found=found,
        codes=codes_by_network(),
        zone_of=zone_of,
        many=len(desk.merchants(visitor.merchant_ids)) > 1,
    )


@router.post("/orders/file")
def make_file(
    request: Request,
    desk: AppDesk,
    visitor: FormVisitor,
    merchant_id: Annotated[int, Form()],
    number: Short,
    reason: Short = "",
    reference: Short = "",
    form: Short = "pdf",
) -> Response:
    """Hand out the finished file for an order and a reason, or open a case for it."""
    merchant = desk.merchants(visitor.merchant_ids).get(merchant_id)
    network, _, code = reason.partition(":")
    if merchant is None:
        raise NotFound(f"there is no merchant {merchant_id}")
    if not code:
        raise HTTPException(422, "Choose the reason of the dispute.")
    asked = Asked(order_number=number, reason_code=code, network=network, reference=visible(reference))
    try:
        return _answer(request, desk, visitor, merchant, asked, form)
    except BadInput as problem:
        raise HTTPException(422, str(problem)) from problem


def codes_by_network() -> list[tuple[str, str, list[CodeChoice]]]:
    """Return the reason codes in use: network, its name, and its codes."""
    return [
        (network, network_name(network), list(codes))
        for network, codes in groupby(code_choices(), lambda one: one.network)
    ]


def _answer(request: Request, desk: Desk, visitor: Visitor, merchant: Merchant, asked: Asked, form: str) -> Response:
    if form == "case":
        kept = keep(desk.store, merchant, asked, actor=visitor.login, now=desk.clock())
        return see_other(f"/cases/{kept.case_id}")
    made = prepare(desk.store, desk.files, desk.deps, merchant, asked)
    reason = f"{made.dispute.network} {made.dispute.reason_code}"
    desk.store.note_file_for_order(merchant.merchant_id, asked.order_number, reason, visitor.login)
    if made.packet is None:
        return page(request, "order_refused.html", status_code=422, asked=asked, problems=made.problems)
    content = made.packet.archive if form == "zip" else made.packet.pdf
    return download(content, f"packet-{asked.order_number}.{'zip' if form == 'zip' else 'pdf'}")


def _found(desk: Desk, visitor: Visitor, asked: str) -> Iterator[OrderView]:
    emails = [asked] if "@" in asked else []
    for merchant_id, merchant in desk.merchants(visitor.merchant_ids).items():
        orders = desk.store.candidate_orders(merchant_id, numbers=[asked], emails=emails, payments=[asked])
        for order in orders[:SHOWN]:
            on_it = tuple(desk.store.disputes_on(merchant_id, order.number))
            yield OrderView(merchant=merchant, order=order, disputes=on_it)
