from dataclasses import replace

import pytest

from agents.routing import RouteInput, choose_route
from rejoinder.domain.authenticity import Authenticity
from rejoinder.domain.cases import Merchant
from rejoinder.domain.drafts import Draft, Problem, ProposedAction
from rejoinder.domain.orders import Match
from rejoinder.domain.reading import Disagreement, FieldValue, Reading, Reconciled, ScoredIntent

INTENT = "order.status_wismo"


def given(
    *,
    autonomy: str = "auto",
    kind: str = "service",
    score: float = 0.97,
    second: float = 0.01,
    flags: tuple[str, ...] = (),
    problems: tuple[Problem, ...] = (),
    splits: tuple[Disagreement, ...] = (),
    missing: tuple[str, ...] = (),
    actions: tuple[ProposedAction, ...] = (),
    order_number: str = "R-1",
    matches: tuple[Match, ...] = (),
    most: str = "auto",
    open_dispute: bool = False,
    fields: dict[str, FieldValue] | None = None,
) -> RouteInput:
    reading = Reading(
        reader="builtin",
        kind=kind,  # type: ignore[arg-type]
        score=score,
        intents=(ScoredIntent(intent=INTENT, score=score), ScoredIntent(intent="order.cancel", score=second)),
        flags=flags,
        fields=fields or {},
    )
    return RouteInput(
        kind=kind,  # type: ignore[arg-type]
        merchant=Merchant(merchant_id=1, slug="m", name="M", autonomy={"*": autonomy}),  # type: ignore[dict-item]
        reconciled=Reconciled(reading=reading, readers=("builtin",), disagreements=splits, missing_readers=missing),
        draft=Draft(
            kind="reply",
            language="en",
            subject="s",
            paragraphs=(),
            template="t",
            template_hash="h",
            proposed_actions=actions,
        ),
        problems=problems,
        matches=matches,
        order_number=order_number,
        needs_order=True,
        most=most,
        open_dispute=open_dispute,
    )


@pytest.mark.parametrize("autonomy", ["auto", "supervised"])
def test_nothing_against_it_and_the_merchant_allows_it(autonomy: str) -> None:
    assert choose_route(given(autonomy=autonomy)).target == "send"


def test_without_a_word_of_the_merchant_everything_goes_to_review() -> None:
    assert Merchant(merchant_id=1, slug="m", name="M").autonomy_for(INTENT) == "draft"
    route = choose_route(given(autonomy="draft"))
    assert (route.target, [r.code for r in route.reasons]) == ("review", ["autonomy_draft"])


SPLIT = Disagreement(field="intent", values={"builtin": "a", "model": "b"})


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"kind": "dispute"}, "dispute"),
        ({"score": 0.7}, "unsure"),
        ({"second": 0.9}, "unsure"),
        ({"flags": ("legal_threat",)}, "legal_threat"),
        ({"flags": ("instructions_to_assistant",)}, "instructions_to_assistant"),
        ({"problems": (Problem(code="unsupported_fact", detail="x"),)}, "unsupported_fact"),
        ({"splits": (SPLIT,)}, "readers_disagree"),
        ({"fields": {"arn": FieldValue(value="7", score=0.5, guessed=True)}}, "guessed"),
        ({"missing": ("model: the model did not answer",)}, "reader_missing"),
        ({"actions": (ProposedAction(kind="cancel_order", reason="x"),)}, "action_proposed"),
        ({"order_number": ""}, "order_missing"),
        ({"order_number": "", "matches": (Match(order_number="A", score=0.5, reasons=()),)}, "order_ambiguous"),
        ({"most": "draft"}, "class_needs_person"),
        ({"open_dispute": True}, "open_dispute"),
    ],
)
def test_each_of_these_needs_a_person_and_says_why(case: dict[str, object], code: str) -> None:
    route = choose_route(given(**case))  # type: ignore[arg-type]
    assert route.target == "review"
    assert code in [reason.code for reason in route.reasons]
    assert route.automatic_if


def test_shadow_sends_nothing_and_asks_nobody() -> None:
    route = choose_route(given(autonomy="shadow"))
    assert (route.target, route.reasons[0].code) == ("close", "shadow")


@pytest.mark.parametrize(
    ("kind", "verdict", "single_witness", "objects"),
    [
        ("dispute", "failed", False, True),
        ("dispute", "failed", True, True),
        ("dispute", "unverified", True, True),
        ("dispute", "unchecked", True, True),
        ("dispute", "unverified", False, False),
        ("dispute", "verified", True, False),
        ("service", "failed", True, False),
    ],
)
def test_a_notice_whose_sender_is_not_proven_is_for_a_person(
    kind: str, verdict: str, single_witness: bool, objects: bool
) -> None:
    asked = replace(
        given(kind=kind),
        authenticity=Authenticity(verdict=verdict),  # type: ignore[arg-type]
        single_witness=single_witness,
    )
    assert ("not_authentic" in [reason.code for reason in choose_route(asked).reasons]) is objects
