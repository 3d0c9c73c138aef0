"""The states of a dispute, and how they follow from what was told about it, in whatever order it arrives."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from rejoinder.domain.money import Money

Stage = Literal["alert", "inquiry", "first", "prearb", "arbitration", "compliance", "unknown"]
Funds = Literal["none", "held", "withdrawn", "reinstated", "partially_reinstated"]
Witness = Literal["processor", "person", "mail"]
State = Literal[
    "unknown",
    "alert_open",
    "alert_resolved",
    "alert_expired",
    "inquiry_open",
    "inquiry_responded",
    "inquiry_closed",
    "needs_response",
    "submitted",
    "prearb_open",
    "prearb_responded",
    "arbitration_open",
    "arbitration_responded",
    "won_provisional",
    "won_final",
    "withdrawn",
    "closed",
    "prevented",
    "lost",
    "expired",
    "accepted",
]

STAGE_RANK: Mapping[Stage, int] = {
    "unknown": 0,
    "alert": 1,
    "inquiry": 2,
    "first": 3,
    "compliance": 4,
    "prearb": 5,
    "arbitration": 6,
}
_OPEN = {
    "unknown": 0,
    "alert_open": 1,
    "inquiry_open": 1,
    "needs_response": 1,
    "prearb_open": 1,
    "arbitration_open": 1,
    "inquiry_responded": 2,
    "submitted": 2,
    "prearb_responded": 2,
    "arbitration_responded": 2,
}
# A loss outranks a win, for only an explicit reversal undoes it; of the losses the one that says more stands: a case
# that we accepted, or nobody answered, is reported as lost as well.
_ENDS = (
    "alert_expired",
    "alert_resolved",
    "inquiry_closed",
    "won_provisional",
    "won_final",
    "withdrawn",
    "closed",
    "prevented",
    "lost",
    "expired",
    "accepted",
)
STATE_RANK: Mapping[str, int] = _OPEN | {state: rank for rank, state in enumerate(_ENDS, start=3)}
"""Order of the states within one stage."""

FUNDS_RANK: Mapping[Funds, int] = {
    "none": 0, "held": 1, "withdrawn": 2, "partially_reinstated": 3, "reinstated": 4,
}  # fmt: skip
NEEDS_ANSWER = frozenset({"inquiry_open", "needs_response", "prearb_open", "arbitration_open"})
ANSWERED = frozenset({"inquiry_responded", "submitted", "prearb_responded", "arbitration_responded"})
LOSSES = frozenset({"lost", "expired", "accepted"})
FINAL = LOSSES | {"won_final", "withdrawn", "closed", "prevented"}
ASKED = NEEDS_ANSWER | {"alert_open"}
"""States in which the processor waits for the merchant."""

_STAGES: tuple[Stage, ...] = ("alert", "inquiry", "prearb", "arbitration")
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Move:
    """What one event told of a dispute; a field that it did not speak of is None, empty or False.

    `state` is None for events that only move money. `submissions` are ids of answers that the event knows of.
    `reopens`: the processor says needs_response again when a dispute comes back for pre-arbitration. `reverses`: it
    undoes earlier losses. `final` overrides what the state says about being the end: an appeal is still possible.
    `takes_back` is the id of a person's word that this person takes back. `occurred_at` is None only for what was
    stored without its time.
    """

    event_id: str
    witness: Witness
    occurred_at: datetime | None = None
    stage: Stage = "unknown"
    state: State | None = None
    funds: Funds | None = None
    due_at: datetime | None = None
    submissions: tuple[str, ...] = ()
    liable_amount: Money | None = None
    refunded: bool = False
    reopens: bool = False
    reverses: bool = False
    final: bool | None = None
    takes_back: str = ""


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """Where a dispute stands. Money, deadline and submissions are told apart from the state.

    `due_at` belongs to `stage`; a deadline of an earlier stage is not kept. `submissions` are the distinct ids of all
    stages, `spent` those first told in this stage. `opened_at` is when the processor first spoke of this stage, `since`
    when the state was reached. `moves` is all that was told, oldest first: `fold(cycle.moves) == cycle`.
    """

    state: State = "unknown"
    stage: Stage = "unknown"
    funds: Funds = "none"
    due_at: datetime | None = None
    submissions: tuple[str, ...] = ()
    spent: tuple[str, ...] = ()
    outcome_final: bool = False
    liable_amount: Money | None = None
    refunded_during_case: bool = False
    opened_at: datetime | None = None
    since: datetime | None = None
    moves: tuple[Move, ...] = ()

    @property
    def submission_count(self) -> int:
        """How many distinct answers were submitted, over all stages."""
        return len(self.submissions)


def fold(moves: Iterable[Move]) -> Lifecycle:
    """Return where a dispute stands after these events.

    Depends on the set of events only: their order and repeats change nothing. A later stage outranks an earlier one,
    then the later state counts; a loss is left only by a reversal that happened after it. A person's word counts
    until it is taken back, or the processor asks again.
    """
    told = tuple(sorted(set(moves), key=_order))
    placed = _placed(told)
    head = max(_standing(placed), key=_progress, default=None)
    stage: Stage = head.stage if head else max((move.stage for move in placed), key=_stage_rank, default="unknown")
    state: State = (head.state if head else None) or "unknown"
    spent = _first_told_in(placed, stage)
    return Lifecycle(
        state=state,
        stage=stage,
        funds=_funds(told),
        due_at=_due(placed, stage),
        submissions=tuple(sorted({one for move in told for one in move.submissions})),
        spent=spent,
        outcome_final=_is_final(placed, state, stage),
        liable_amount=_latest_amount(told),
        refunded_during_case=any(move.refunded for move in told),
        opened_at=_opened(placed, stage),
        since=head.occurred_at if head else None,
        moves=told,
    )


def join(one: Lifecycle, other: Lifecycle) -> Lifecycle:
    """Return what both know together: commutative, associative, and joining twice changes nothing."""
    return fold((*one.moves, *other.moves))


def settled(cycle: Lifecycle, now: datetime, provisional_days: int | None) -> Lifecycle:
    """Return the lifecycle with a provisional win made final once the next stage can no longer open.

    `provisional_days` counts from the win; None when the network gives no limit: the win stays provisional.
    """
    if cycle.state != "won_provisional" or cycle.since is None or provisional_days is None:
        return cycle
    if now < cycle.since + timedelta(days=provisional_days):
        return cycle
    return replace(cycle, state="won_final", outcome_final=True)


def was_answered(cycle: Lifecycle) -> bool:
    """Tell whether an answer was ever submitted, as far as anybody says who is still believed."""
    told = _believed(_placed(cycle.moves))
    return bool(cycle.submissions) or any(move.state in ANSWERED for move in told)


def rests_on_a_person(cycle: Lifecycle) -> bool:
    """Tell whether nothing but a person's word says where the dispute stands."""
    heads = [one for one in _standing(_placed(cycle.moves)) if (one.stage, one.state) == (cycle.stage, cycle.state)]
    return bool(heads) and all(move.witness == "person" for move in heads)


def state_of(word: str) -> State:
    """Return the state a stored or told status word means; unknown for a word that is none of ours."""
    meant = {"won": "won_provisional", "dispute_open": "needs_response", "under_review": "submitted"}.get(word, word)
    found: State = meant if meant in STATE_RANK else "unknown"  # type: ignore[assignment]
    return found


def _order(move: Move) -> tuple[object, ...]:
    """Sort by time; what happened at one instant by its progress, then by everything else."""
    amount = move.liable_amount
    return (
        move.occurred_at or _LONG_AGO,
        STAGE_RANK[move.stage],
        STATE_RANK.get(move.state or "", -1),
        move.event_id,
        move.witness,
        FUNDS_RANK.get(move.funds or "none", 0) if move.funds else -1,
        move.due_at or _LONG_AGO,
        move.submissions,
        (amount.currency, amount.amount_minor) if amount else ("", 0),
        (move.refunded, move.reopens, move.reverses, str(move.final), move.takes_back),
    )


def _placed(told: Sequence[Move]) -> list[Move]:
    """Give each event, oldest first, the stage it belongs to and the state's name in that stage.

    An event without a stage belongs to the latest stage told before it. Where a processor reuses its word, the
    dispute is in pre-arbitration from the moment it asks again after it had our answer.
    """
    placed: list[Move] = []
    reached: Stage = "unknown"
    answered_at: datetime | None = None
    reopened_at: datetime | None = None
    for move in told:
        stage = _own_stage(move)
        if move.reopens and answered_at and move.occurred_at and move.occurred_at > answered_at:
            reopened_at = reopened_at or move.occurred_at
        if stage == "first" and move.witness == "processor" and reopened_at:
            stage = "prearb"
        stage = reached if stage == "unknown" else stage
        reached = max(reached, stage, key=_stage_rank)
        if move.state in {"submitted", "won_provisional"} and move.witness == "processor":
            answered_at = answered_at or move.occurred_at
        placed.append(replace(move, stage=stage, state=_named(move.state, stage)))
    return placed


def _own_stage(move: Move) -> Stage:
    """Return the stage that the state's name says, else the one told."""
    name = move.state or ""
    return next((stage for stage in _STAGES if name.startswith(f"{stage}_")), move.stage)


def _named(state: State | None, stage: Stage) -> State | None:
    suffix = {"needs_response": "open", "submitted": "responded"}.get(state or "")
    name = f"{stage}_{suffix}"
    return state_of(name) if suffix and name in STATE_RANK else state


def _standing(placed: Sequence[Move]) -> list[Move]:
    """Return the events that can decide the state.

    Once the processor has spoken, a mail can raise the alarm for a later stage, but never silence it. A loss that was
    reversed later does not count, nor does a person's word that is not believed any more.
    """
    processor = [move for move in placed if move.witness == "processor" and move.state]
    reached = max((STAGE_RANK[move.stage] for move in processor), default=None)
    mails = [
        move
        for move in placed
        if move.witness == "mail"
        and move.state
        and (reached is None or (move.state in NEEDS_ANSWER and STAGE_RANK[move.stage] > reached))
    ]
    persons = [move for move in _believed(placed) if move.witness == "person" and move.state]
    reversals = [move for move in processor if move.reverses]
    return [move for move in (*processor, *persons, *mails) if not _is_reversed(move, reversals)]


def _believed(placed: Sequence[Move]) -> list[Move]:
    """Leave out the words of persons that were taken back, or after which the processor asked again in their stage."""
    taken_back = {move.takes_back for move in placed if move.witness == "person"}
    asks = [move for move in placed if move.witness == "processor" and move.state in ASKED]
    return [
        move
        for move in placed
        if move.witness != "person"
        or not (move.event_id in taken_back or any(_is_overtaken(move, ask) for ask in asks))
    ]


def _is_overtaken(word: Move, ask: Move) -> bool:
    return ask.stage == word.stage and (ask.occurred_at or _LONG_AGO) > (word.occurred_at or _LONG_AGO)


def _is_reversed(move: Move, reversals: Sequence[Move]) -> bool:
    when = move.occurred_at or _LONG_AGO
    return move.state in LOSSES and any(
        STAGE_RANK[move.stage] <= STAGE_RANK[other.stage] and when < (other.occurred_at or _LONG_AGO)
        for other in reversals
    )


def _progress(move: Move) -> tuple[object, ...]:
    when = move.occurred_at or _LONG_AGO
    # The first event that told the state dates it: a win is not renewed by a reminder of it.
    return STAGE_RANK[move.stage], STATE_RANK[move.state or "unknown"], _LONG_AGO - when, move.event_id


def _stage_rank(stage: Stage) -> int:
    return STAGE_RANK[stage]


def _due(placed: Sequence[Move], stage: Stage) -> datetime | None:
    """Return the earliest deadline told of this stage, by the processor if it told one.

    While only a mail speaks of the stage, the processor's own last deadline counts beside it.
    """
    here = [move for move in placed if move.due_at and move.stage == stage]
    spoken = [move for move in placed if move.witness == "processor"]
    trusted = [move for move in here if move.witness == "processor"]
    if not trusted and spoken and all(move.stage != stage for move in spoken):
        last = max((move.stage for move in spoken), key=_stage_rank)
        here += [move for move in spoken if move.due_at and move.stage == last]
    return min((move.due_at for move in trusted or here if move.due_at), default=None)


def _opened(placed: Sequence[Move], stage: Stage) -> datetime | None:
    spoken = (m.occurred_at for m in placed if m.witness == "processor" and m.stage == stage and m.state)
    return min((when for when in spoken if when), default=None)


def _funds(told: Sequence[Move]) -> Funds:
    spoken = [move for move in told if move.funds]
    trusted = [move for move in spoken if move.witness == "processor"] or spoken
    latest = max(
        trusted,
        key=lambda move: (move.occurred_at or _LONG_AGO, FUNDS_RANK[move.funds or "none"]),
        default=None,
    )
    return (latest.funds if latest else None) or "none"


def _latest_amount(told: Sequence[Move]) -> Money | None:
    spoken = [move for move in told if move.liable_amount]
    trusted = [move for move in spoken if move.witness == "processor"] or spoken
    return trusted[-1].liable_amount if trusted else None


def _first_told_in(placed: Sequence[Move], stage: Stage) -> tuple[str, ...]:
    """Return the submissions that no earlier stage knew of."""
    earlier = {one for move in placed if STAGE_RANK[move.stage] < STAGE_RANK[stage] for one in move.submissions}
    here = {one for move in placed if move.stage == stage for one in move.submissions}
    return tuple(sorted(here - earlier))


def _is_final(placed: Sequence[Move], state: State, stage: Stage) -> bool:
    """Tell whether nothing can follow; the latest event that says so about this state is believed."""
    said = [move.final for move in placed if (move.state, move.stage) == (state, stage) and move.final is not None]
    return said[-1] if said else state in FINAL
