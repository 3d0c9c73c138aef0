"""Reason codes of the card networks and payment methods: what a code means and what it asks for."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from knowledge.catalog import FOLDER, read_toml

_LOOK_ALIKES = str.maketrans("АВСЕНКМОРТХУ", "ABCEHKMOPTXY")
_SPACES = re.compile(r"[\s_-]+")
_DIGITS_4853 = re.compile(r"\d{4}(?=-)")


@dataclass(frozen=True, kw_only=True)
class DisputeCategory:
    """What a dispute can be about, and the evidence such a case usually needs."""

    category: str
    title: str
    evidence_required: tuple[str, ...]
    evidence_compelling: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReasonCode:
    """One code of one network; the same digits mean different things in different networks.

    `window` names an entry of `windows()`. `representable` is yes, no, rarely, hard, pay_fee_first,
    not_a_dispute or a condition. `refined_by_words`: the words of the notice tell more than the code.
    """

    network: str
    code: str
    title: str
    category: str
    window: str
    representable: str
    status: str
    evidence_required: tuple[str, ...]
    evidence_compelling: tuple[str, ...]
    confidence: str
    source: str
    aliases: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    absorbs: tuple[str, ...] = ()
    workflow: str = ""
    compelling_evidence_3: bool = False
    refined_by_words: bool = False


@dataclass(frozen=True, kw_only=True)
class Window:
    """How long an answer may take when the notice itself names no date; days are calendar days.

    `network_days` is None when the network sets none. `processor_days` are shorter windows that
    processors are known to set.
    """

    window: str
    confidence: str
    sources: tuple[str, ...]
    network_days: int | None = None
    counted_from: str = ""
    processor_days: Mapping[str, int]
    days_by_category: Mapping[str, int]
    appeal_days: int | None = None
    issuer_limit_days: int | None = None


def find(network: str, code: str) -> ReasonCode | None:
    """Return the code of this network, however it is written: `10.4`, `104`, `Visa 10.4`, `4853-Cardholder Dispute`."""
    known = _spellings().get(network.strip().casefold(), {})
    return next((known[spelling] for spelling in _candidates(network, code) if spelling in known), None)


def required_evidence(network: str, code: str, category: str) -> tuple[str, ...]:
    """Return the ids of the evidence that a dispute asks for; of its category when the code does not say more."""
    found = find(network, code)
    baseline = categories().get(category)
    if found and not (baseline and (found.refined_by_words or found.category == "general")):
        return found.evidence_required
    return baseline.evidence_required if baseline else ()


def evidence_titles() -> Mapping[str, str]:
    """Return the titles of everything that can be shown in a dispute, by id."""
    return {name: str(table["title"]) for name, table in read_toml("evidence.toml").items()}


@cache
def categories() -> Mapping[str, DisputeCategory]:
    """Return what a dispute can be about, by id."""
    tables = read_toml("reason_codes/_categories.toml")
    return {name: DisputeCategory(category=name, **_frozen(table)) for name, table in tables.items()}


@cache
def windows() -> Mapping[str, Window]:
    """Return the times to answer, by id."""
    empty: dict[str, Any] = {"processor_days": {}, "days_by_category": {}}
    tables = read_toml("reason_codes/_windows.toml")
    return {name: Window(window=name, **{**empty, **_frozen(table)}) for name, table in tables.items()}


@cache
def sources() -> Mapping[str, tuple[str, ...]]:
    """Return the addresses behind each source that codes and windows name; empty for what has none."""
    return {name: tuple(table["urls"]) for name, table in read_toml("reason_codes/_sources.toml").items()}


@cache
def reason_codes() -> tuple[ReasonCode, ...]:
    """Return every code, by network and in the order of its file."""
    found = []
    for path in sorted((FOLDER / "reason_codes").glob("[a-z]*.toml")):
        for code, table in read_toml(f"reason_codes/{path.name}").items():
            found.append(_reason_code(path.stem, code, table))
    return tuple(found)


def _reason_code(network: str, code: str, table: Mapping[str, Any]) -> ReasonCode:
    usual = categories()[table["category"]]
    evidence = {"evidence_required": usual.evidence_required, "evidence_compelling": usual.evidence_compelling}
    return ReasonCode(network=network, code=code, **{**evidence, **_frozen(table)})


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}


@cache
def _spellings() -> Mapping[str, Mapping[str, ReasonCode]]:
    found: dict[str, dict[str, ReasonCode]] = {}
    for entry in reason_codes():
        found.setdefault(entry.network, {})[_plain(entry.code)] = entry
    for entry in reason_codes():
        known = found[entry.network]
        for alias in entry.aliases:
            known.setdefault(_plain(alias), entry)
        for spelling in _without_dots(entry):
            known.setdefault(spelling, entry)
    return found


def _without_dots(entry: ReasonCode) -> list[str]:
    # Visa's 10.4 is printed as 104 and, with a filled field, as 1040.
    bare = entry.code.replace(".", "")
    return [bare, f"{bare}0"] if entry.network == "visa" and "." in entry.code else []


def _candidates(network: str, code: str) -> list[str]:
    plain = _plain(code)
    bare = plain.removeprefix(_plain(network))
    found = [plain, bare, bare.removeprefix("v")]
    leading = _DIGITS_4853.match(code.strip())
    if leading:
        found.append(leading[0])
    if network.casefold() == "visa":
        found.append(bare.lstrip("0"))
    if network.casefold() == "mastercard" and len(bare) == 2:
        found.append(f"48{bare}")
    return [candidate for candidate in found if candidate]


def _plain(code: str) -> str:
    folded = unicodedata.normalize("NFKC", code).upper().translate(_LOOK_ALIKES)
    return _SPACES.sub("", folded).casefold().strip(".:#()")
