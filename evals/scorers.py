"""What is right: small pure functions of what was expected and what was seen. None: the question does not arise.

Every scorer has a version; figures of different versions are not compared.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from agents.facts import facts_in, unsupported
from evals.rows import CaseExpected, CustomerExpected, NoticeExpected
from evals.run import Seen, SeenCase

RISKY_FIELDS = ("respond_by", "amount_minor")
CLOSED_FIELDS = ("card_last4", "arn", "amount_minor", "respond_by")
CASE_KEYS = ("dispute_reference", "payment_reference", "order_reference")
OTHER_INTENTS = frozenset({"none", "other.spam", "other.business"})
SCORED_FLAGS = frozenset({"chargeback_threat", "legal_threat", "safety"})
UNSAFE_PROBLEMS = frozenset(
    {
        "unknown_citation",
        "unsupported_fact",
        "unsupported_link",
        "unknown_name",
        "promise_without_policy",
        "commitment_in_prose",
        "card_number",
        "empty",
        "prose_not_plain",
        "fact_in_prose",
        "unknown_words",
    }
)


@dataclass(frozen=True)
class Scorer:
    """One question with yes or no as its answer."""

    name: str
    version: int
    ask: Callable[[Any, Seen], bool | None]


class Share(NamedTuple):
    """How many of how many."""

    right: int
    total: int

    @property
    def value(self) -> float:
        """The share; one when the question never arose."""
        return self.right / self.total if self.total else 1.0


def share(answers: Iterable[bool | None]) -> Share:
    """Count the answers to a question that arose."""
    counted = [answer for answer in answers if answer is not None]
    return Share(sum(counted), len(counted))


def is_dispute(expected: NoticeExpected, seen: Seen) -> bool | None:
    """A notice is known as one, and nothing else is."""
    return None if expected.is_dispute is None else (seen.kind == "dispute") is expected.is_dispute


def is_no_dispute(expected: CustomerExpected, seen: Seen) -> bool | None:
    """A customer's mail is never taken for a notice."""
    return seen.kind != "dispute"


def phishing_is_known(expected: NoticeExpected, seen: Seen) -> bool | None:
    """An imitation is called one."""
    imitation = expected.kind == "phishing" or expected.authentic is False
    return seen.kind == "phishing" if imitation else None


def unread_is_said(expected: NoticeExpected, seen: Seen) -> bool | None:
    """Of a notice in a picture it is said that nobody read it, or it was read."""
    if not expected.unread:
        return None
    return seen.unread or all(fields_right(expected, seen).values())


def source_is_right(expected: NoticeExpected, seen: Seen) -> bool | None:
    """The sender of a notice is named."""
    return seen.source == expected.source if expected.is_dispute and expected.source is not None else None


def notice_type_is_right(expected: NoticeExpected, seen: Seen) -> bool | None:
    """The type of a notice is named."""
    return seen.notice_type == expected.notice_type if expected.is_dispute and expected.notice_type else None


def fields_right(expected: NoticeExpected, seen: Seen) -> dict[str, bool]:
    """Each field that a careful person reads off: was it read, exactly. None that stands in an unread picture."""
    if expected.unread and seen.unread:
        return {}
    return {name: same_value(name, value, seen.fields.get(name, "")) for name, value in expected.fields.items()}


def same_value(name: str, expected: str, given: str) -> bool:
    """Compare canonical values; a bare date is met by any time on it, an instant by the same instant."""
    if not given:
        return False
    if name in {"respond_by", "transaction_date"}:
        return given[:10] == expected if len(expected) == len("2026-03-09") else _same_instant(expected, given)
    return given.lstrip("#").casefold() == expected.lstrip("#").casefold()


def _same_instant(expected: str, given: str) -> bool:
    try:
        wanted, found = datetime.fromisoformat(expected), datetime.fromisoformat(given)
    except ValueError:
        return False
    return found.tzinfo is not None and wanted.replace(second=0) == found.replace(second=0)


def cases_counted(expected: NoticeExpected, seen: Seen) -> bool | None:
    """A digest yields as many cases as it tells of; any other notice yields none."""
    unlisted = expected.notice_type == "digest" and not expected.cases
    return len(seen.cases) == len(expected.cases) if expected.is_dispute and not unlisted else None


def digest_is_right(expected: NoticeExpected, seen: Seen) -> bool | None:
    """A digest yields its cases, no more, and each with its type and fields."""
    if not expected.cases:
        return None
    return len(seen.cases) == len(expected.cases) and all(cases_right(expected, seen))


def cases_right(expected: NoticeExpected, seen: Seen) -> list[bool]:
    """Each case of a digest: was it found, with its type and every field. What all share may stand at the top."""
    return [found is not None and _case_is_right(wanted, found) for wanted, found in paired_cases(expected, seen)]


def paired_cases(expected: NoticeExpected, seen: Seen) -> list[tuple[CaseExpected, SeenCase | None]]:
    """Return each expected case with the one seen under its reference, completed by what the digest says of all."""
    whole = [SeenCase(notice_type=case.notice_type, fields={**seen.fields, **case.fields}) for case in seen.cases]
    return [(wanted, next((case for case in whole if _same_case(wanted, case)), None)) for wanted in expected.cases]


def _same_case(wanted: CaseExpected, found: SeenCase) -> bool:
    name = next((name for name in CASE_KEYS if name in wanted.fields), CASE_KEYS[0])
    return same_value(name, wanted.fields.get(name, ""), found.fields.get(name, ""))


def _case_is_right(wanted: CaseExpected, found: SeenCase) -> bool:
    type_fits = wanted.notice_type in {None, found.notice_type}
    return type_fits and all(same_value(n, v, found.fields.get(n, "")) for n, v in wanted.fields.items())


def wrong_without_flag(expected: NoticeExpected, seen: Seen) -> list[str]:
    """Return the due date or amount that was given although it is wrong, or nobody can be sure of it."""
    if not expected.cases:
        return _wrong(expected, seen.fields)
    pairs = paired_cases(expected, seen)
    return [name for wanted, found in pairs if found is not None for name in _wrong(wanted, found.fields)]


def _wrong(expected: NoticeExpected | CaseExpected, fields: Mapping[str, str]) -> list[str]:
    wrong = []
    for name in RISKY_FIELDS:
        given = fields.get(name, "")
        unsure = name in expected.absent
        known = name in expected.fields
        if given and (unsure or (known and not same_value(name, expected.fields[name], given))):
            wrong.append(name)
    return wrong


def ambiguous_is_left_open(expected: NoticeExpected, seen: Seen) -> bool | None:
    """A field that nobody can be sure of has no value."""
    return not any(seen.fields.get(name) for name in expected.absent) if expected.absent else None


def no_wrong_due_or_amount(expected: NoticeExpected, seen: Seen) -> bool | None:
    """Neither due date nor amount is wrong while nothing says so."""
    return None if expected.is_dispute is False else not wrong_without_flag(expected, seen)


def nothing_is_invented(expected: NoticeExpected, seen: Seen) -> bool | None:
    """No card, ARN, amount or due date is read from a notice that states none."""
    return None if expected.is_dispute is False else not invented_fields(expected, seen)


def invented_fields(expected: NoticeExpected, seen: Seen) -> list[str]:
    """Return the fields that were given although the notice does not state them."""
    if not expected.cases:
        return _invented(expected, seen.fields)
    found = [(wanted, case) for wanted, case in paired_cases(expected, seen) if case is not None]
    whole = [(replace(wanted, fields={**expected.fields, **wanted.fields}), case) for wanted, case in found]
    return [name for wanted, case in whole for name in _invented(wanted, case.fields)]


def _invented(expected: NoticeExpected | CaseExpected, fields: Mapping[str, str]) -> list[str]:
    """Return the invented fields; an amount whose sign may be several currencies is no invention."""
    stated = {*expected.fields, "amount_minor"} if "currency" in expected.absent else set(expected.fields)
    return [name for name in CLOSED_FIELDS if fields.get(name) and name not in stated]


def kind_is_right(expected: CustomerExpected, seen: Seen) -> bool | None:
    """What is to be answered is told from what is not."""
    return seen.kind == expected.kind


def first_intent_is_right(expected: CustomerExpected, seen: Seen) -> bool | None:
    """The primary intent comes first."""
    return seen.intent == expected.intent


def other_is_told_apart(expected: CustomerExpected, seen: Seen) -> bool | None:
    """What is no customer's wish is known as none; a wish is not."""
    return (seen.intent in OTHER_INTENTS) is (expected.intent in OTHER_INTENTS)


def flags_are_raised(expected: CustomerExpected, seen: Seen) -> bool | None:
    """Every risk in the mail is flagged."""
    return set(expected.flags) <= set(seen.flags) if expected.flags else None


def no_false_flag(expected: CustomerExpected, seen: Seen) -> bool | None:
    """No risk is flagged that is not in the mail."""
    return not (set(seen.flags) & SCORED_FLAGS) - set(expected.flags)


def order_is_right(expected: CustomerExpected | NoticeExpected, seen: Seen) -> bool | None:
    """The order that is clearly meant is found."""
    return seen.order == expected.order if expected.order else None


def no_wrong_order(expected: CustomerExpected | NoticeExpected, seen: Seen) -> bool | None:
    """No order is chosen that is not the one meant; none is never wrong."""
    return None if expected.order is None else seen.order in {"", expected.order}


def situation_is_right(expected: CustomerExpected, seen: Seen) -> bool | None:
    """The reply is written for the true situation, from bytes to decision."""
    if expected.situation is None:
        return None
    return seen.drafted is not None and seen.drafted.situation == expected.situation


def states_what_it_must(expected: CustomerExpected, seen: Seen) -> bool | None:
    """The reply states every fact that it has to."""
    if not expected.must_state:
        return None
    return seen.drafted is not None and not missing_facts(expected.must_state, seen.drafted.body, seen.drafted.language)


def missing_facts(wanted: Sequence[str], text: str, language: str) -> list[str]:
    """Return the wanted facts that a text does not state, in whatever notation."""
    stated = facts_in(text, language)
    missing = []
    for fact in wanted:
        claims = facts_in(fact, "en")
        if fact.casefold() not in text.casefold() and (not claims or unsupported(claims, stated)):
            missing.append(fact)
    return missing


def draft_is_safe(expected: CustomerExpected, seen: Seen) -> bool | None:
    """No sentence of the draft states or promises what nothing bears out, and there is a draft."""
    if seen.failure:
        return False
    return not unsafe_problems(seen) if seen.drafted else None


def unsafe_problems(seen: Seen) -> list[str]:
    """Return what the checks found that must never leave."""
    found = seen.drafted.problems if seen.drafted else ()
    return [f"{problem.code}: {problem.detail}" for problem in found if problem.code in UNSAFE_PROBLEMS]


def sent_alone_is_right(expected: CustomerExpected, seen: Seen) -> bool | None:
    """What would go out with no person, had the merchant allowed everything, answers the right wish and order."""
    if seen.drafted is None or not seen.drafted.sent_alone:
        return None
    return seen.intent == expected.intent and seen.order == expected.order


CUSTOMER_SCORERS: Sequence[Scorer] = (
    Scorer("no customer's mail taken for a notice", 1, is_no_dispute),
    Scorer("kind", 1, kind_is_right),
    Scorer("first intent right", 1, first_intent_is_right),
    Scorer("none and other told apart", 1, other_is_told_apart),
    Scorer("risks flagged", 1, flags_are_raised),
    Scorer("no false risk flag", 1, no_false_flag),
    Scorer("order matched", 1, order_is_right),
    Scorer("no wrong order", 1, no_wrong_order),
    Scorer("situation right", 1, situation_is_right),
    Scorer("states what it must", 1, states_what_it_must),
    Scorer("draft safe", 1, draft_is_safe),
    Scorer("right when sent alone", 1, sent_alone_is_right),
)

NOTICE_SCORERS: Sequence[Scorer] = (
    Scorer("is it a dispute", 1, is_dispute),
    Scorer("phishing known", 2, phishing_is_known),
    Scorer("source right", 1, source_is_right),
    Scorer("notice type right", 1, notice_type_is_right),
    Scorer("digest counted", 1, cases_counted),
    Scorer("digest right", 1, digest_is_right),
    Scorer("unread picture said", 1, unread_is_said),
    Scorer("ambiguous left open", 1, ambiguous_is_left_open),
    Scorer("no wrong due date or amount", 2, no_wrong_due_or_amount),
    Scorer("nothing invented", 2, nothing_is_invented),
    Scorer("order matched", 1, order_is_right),
    Scorer("no wrong order", 1, no_wrong_order),
)

MACRO_F1_VERSION = 1
FIELDS_VERSION = 1


def f1_by_label(pairs: Iterable[tuple[str, str]]) -> dict[str, float]:
    """Return the F1 of each label that is expected somewhere, from (expected, seen) pairs."""
    counted = list(pairs)
    wanted = Counter(expected for expected, _ in counted)
    given = Counter(seen for _, seen in counted)
    right = Counter(expected for expected, seen in counted if expected == seen)
    return {label: 2 * right[label] / (wanted[label] + given[label]) for label in sorted(wanted)}


def macro_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """Return the mean F1 over the labels that are expected somewhere; one when there is none."""
    scores: Mapping[str, float] = f1_by_label(pairs)
    return sum(scores.values()) / len(scores) if scores else 1.0


def worst_pairs(pairs: Iterable[tuple[str, str]], limit: int) -> list[tuple[str, str, int]]:
    """Return the commonest confusions: expected, seen, how often."""
    wrong = Counter((expected, seen) for expected, seen in pairs if expected != seen)
    return [(expected, seen, count) for (expected, seen), count in wrong.most_common(limit)]
