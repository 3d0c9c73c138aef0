"""Gaps and contradictions in what is known of disputes: codes, categories, windows, evidence and rails."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import get_args
from zoneinfo import available_timezones

from knowledge import rails as rails_catalog
from knowledge import reason_codes as codes_catalog
from knowledge.rails import (
    AnswerTime,
    Basis,
    Confidence,
    DueKind,
    LimitRule,
    Meaning,
    NetworkRules,
    Rail,
    Scope,
    Silence,
    SilenceRule,
    Source,
)
from knowledge.reason_codes import DisputeCategory, ReasonCode, Window
from rejoinder.domain.lifecycle import Funds, Stage, State

Rule = AnswerTime | SilenceRule | LimitRule

_READ = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-\d{2})?")
_CODE_STATES = frozenset(
    {"active", "doubtful", "inquiry_code", "merged", "message_code", "retired", "retired_but_seen", "retrieval_code"}
)
# Networks that have no codes of their own: Amex through an acquirer's contract.
_OTHER_NETWORKS = frozenset({"amex_optblue"})
_NO_WINDOW = "none"


@dataclass(frozen=True, kw_only=True)
class Catalogues:
    """All that is checked against each other; `evidence` and `code_sources` are the known ids."""

    codes: Sequence[ReasonCode]
    categories: Mapping[str, DisputeCategory]
    windows: Mapping[str, Window]
    evidence: frozenset[str]
    code_sources: frozenset[str]
    rails: Mapping[str, Rail]
    networks: Mapping[str, NetworkRules]
    rail_sources: Mapping[str, Source]

    @property
    def network_names(self) -> frozenset[str]:
        """Names that a scope may use."""
        return frozenset({code.network for code in self.codes}) | _OTHER_NETWORKS


def shipped() -> Catalogues:
    """Return the catalogues of this package."""
    return Catalogues(
        codes=codes_catalog.reason_codes(),
        categories=codes_catalog.categories(),
        windows=codes_catalog.windows(),
        evidence=frozenset(codes_catalog.evidence_titles()),
        code_sources=frozenset(codes_catalog.sources()),
        rails=rails_catalog.rails(),
        networks=rails_catalog.network_rules(),
        rail_sources=rails_catalog.sources(),
    )


def problems(known: Catalogues | None = None) -> list[str]:
    """Return what is missing or contradicts itself, one line each; by default in the catalogues of this package."""
    every = known or shipped()
    return [problem for check in CHECKS for problem in check(every)]


def _codes(known: Catalogues) -> Iterator[str]:
    for code in known.codes:
        where = f"{code.network} {code.code}"
        yield from _unknown(where, "category", [code.category], known.categories)
        yield from _unknown(where, "window", [code.window], known.windows)
        yield from _unknown(where, "source", [code.source], known.code_sources)
        yield from _unknown(where, "evidence", code.evidence_required + code.evidence_compelling, known.evidence)
        yield from _unknown(where, "status", [code.status], _CODE_STATES)
        yield from _unknown(where, "confidence", [code.confidence], get_args(Confidence))
        if both := set(code.evidence_required) & set(code.evidence_compelling):
            yield f"{where}: {_listed(both)} is both required and compelling"
        if code.representable == "yes" and not code.evidence_required:
            yield f"{where}: can be fought, but no evidence is required"


def _replaced_codes(known: Catalogues) -> Iterator[str]:
    by_name = {(code.network, code.code): code for code in known.codes}
    for code in known.codes:
        for successor in code.replaced_by:
            if (code.network, successor) not in by_name:
                yield f"{code.network} {code.code}: is replaced by the unknown code {successor!r}"
        if code.code in code.replaced_by or code.code in code.absorbs:
            yield f"{code.network} {code.code}: replaces itself"
        for absorbed in code.absorbs:
            other = by_name.get((code.network, absorbed))
            if other and other.replaced_by and code.code not in other.replaced_by:
                named = _listed(other.replaced_by)
                yield f"{code.network} {absorbed}: absorbed by {code.code}, but replaced by {named}"


def _spellings(known: Catalogues) -> Iterator[str]:
    said: dict[tuple[str, str], str] = {}
    for code in known.codes:
        for spelling in {code.code, *code.aliases}:
            first = said.setdefault((code.network, spelling.casefold()), code.code)
            if first != code.code:
                yield f"{code.network}: {spelling!r} means both {first} and {code.code}"


def _categories(known: Catalogues) -> Iterator[str]:
    used = {code.category for code in known.codes}
    for name, category in known.categories.items():
        if not category.evidence_required:
            yield f"category {name}: no evidence is required"
        yield from _unknown(
            f"category {name}", "evidence", category.evidence_required + category.evidence_compelling, known.evidence
        )
        if name not in used:
            yield f"category {name}: no code is in it"


def _windows(known: Catalogues) -> Iterator[str]:
    for name, window in known.windows.items():
        where = f"window {name}"
        yield from _unknown(where, "source", window.sources, known.code_sources)
        yield from _unknown(where, "category", window.days_by_category, known.categories)
        if name != _NO_WINDOW and window.network_days is None and not window.processor_days:
            yield f"{where}: names no deadline"
        if name != _NO_WINDOW and not window.sources:
            yield f"{where}: names no source"
        for processor, days in window.processor_days.items():
            if window.network_days is not None and days > window.network_days:
                yield f"{where}: {processor} gives {days} days, more than the network's {window.network_days}"


def _rails(known: Catalogues) -> Iterator[str]:
    zones = available_timezones() | {"", "merchant"}
    for name, rail in known.rails.items():
        where = f"rail {name}"
        yield from _basis(where, rail.basis, known)
        yield from _unknown(where, "kind of deadline", [rail.due], get_args(DueKind))
        yield from _unknown(where, "zone", [rail.zone], zones)
        yield from _unknown(where, "evidence", [*rail.evidence_fields, *rail.fills_itself], known.evidence)
        for evidence, fields in rail.evidence_fields.items():
            if not fields or not all(fields):
                yield f"{where}: {evidence} goes into no field"
        if rail.evidence_fields and rail.fields_per_dispute:
            yield f"{where}: names fields although they come with each dispute"
        if any(time.business_days for time in rail.answers) and not rail.holidays_of:
            yield f"{where}: counts working days, but of no country"


def _words(known: Catalogues) -> Iterator[str]:
    for name, rail in known.rails.items():
        for word, meaning in (*rail.words.items(), *rail.events.items()):
            where = f"rail {name}, word {word!r}"
            yield from _basis(where, meaning.basis, known)
            yield from _meaning(where, meaning)


def _meaning(where: str, meaning: Meaning) -> Iterator[str]:
    yield from _unknown(where, "state", [meaning.state] if meaning.state else [], get_args(State))
    yield from _unknown(where, "stage", [meaning.stage], get_args(Stage))
    yield from _unknown(where, "funds", [meaning.funds] if meaning.funds else [], get_args(Funds))
    named = next((stage for stage in get_args(Stage) if (meaning.state or "").startswith(f"{stage}_")), meaning.stage)
    if named != meaning.stage:
        yield f"{where}: {meaning.state} is no state of stage {meaning.stage}"


def _rules(known: Catalogues) -> Iterator[str]:
    for where, rules in _all_rules(known):
        for rule in rules:
            yield from _basis(where, rule.basis, known)
            yield from _scope(where, rule.scope, known)
            if isinstance(rule, AnswerTime):
                yield from _answer_time(where, rule)
            elif isinstance(rule, SilenceRule):
                yield from _unknown(where, "silence", [rule.means], get_args(Silence))
            else:
                yield from _sizes(where, rule)


def _overlaps(known: Catalogues) -> Iterator[str]:
    for where, rules in _all_rules(known):
        for one, other in combinations(rules, 2):
            # File limits of one scope add up; times and silences of one scope exclude each other.
            if type(one) is type(other) and not isinstance(one, LimitRule) and _meet(one, other):
                yield f"{where}: two entries for {_named(one.scope)} are in force at once"


def _longer_than_network(known: Catalogues) -> Iterator[str]:
    ceilings = _ceilings(known)
    for name, rail in known.rails.items():
        for time in rail.answers:
            for network in time.scope.networks if "first" in time.scope.stages else ():
                most = ceilings.get(network)
                if time.days and most and time.days > most:
                    yield f"rail {name}: gives {time.days} days for {network}, more than the network's {most}"


def _limits_together(known: Catalogues) -> Iterator[str]:
    for name, rail in known.rails.items():
        for network in sorted(known.network_names):
            try:
                rail.limits_for(network)
            except ValueError as exc:
                yield f"rail {name}, {network}: {exc}"


def _ceilings(known: Catalogues) -> dict[str, int]:
    """Return the most days that any code of a network allows."""
    found: dict[str, int] = {}
    for code in known.codes:
        window = known.windows.get(code.window)
        if window and window.network_days is not None:
            found[code.network] = max(found.get(code.network, 0), window.network_days)
    return found


def _all_rules(known: Catalogues) -> Iterator[tuple[str, Sequence[Rule]]]:
    for name, rail in known.rails.items():
        yield f"rail {name}", (*rail.answers, *rail.silences, *rail.limits)
    for name, network in known.networks.items():
        yield f"network {name}", (*network.answers, *network.silences, *network.limits)


def _answer_time(where: str, time: AnswerTime) -> Iterator[str]:
    units = [unit for unit in (time.days, time.hours, time.business_days) if unit is not None]
    if len(units) != 1 or units[0] <= 0:
        yield f"{where}: the time to answer for {_named(time.scope)} is not one number of days or hours"


def _sizes(where: str, rule: LimitRule) -> Iterator[str]:
    limits = rule.limits
    total = limits.max_bytes_total
    if total is not None and max(limits.max_bytes_per_file or 0, *limits.max_bytes_by_type.values(), 0) > total:
        yield f"{where}: one file may be larger than all together"
    if limits.types and (strange := set(limits.max_bytes_by_type) - set(limits.types)):
        yield f"{where}: limits {_listed(strange)}, which is not taken"
    if any(kind != kind.lower() or kind.startswith(".") for kind in limits.types):
        yield f"{where}: file types are written in lower case, without a dot"


def _scope(where: str, scope: Scope, known: Catalogues) -> Iterator[str]:
    yield from _unknown(where, "network", scope.networks, known.network_names)
    yield from _unknown(where, "stage", scope.stages, get_args(Stage))
    yield from _unknown(where, "category", scope.categories, known.categories)
    if wrong := [country for country in scope.countries if not re.fullmatch("[A-Z]{2}", country)]:
        yield f"{where}: {_listed(wrong)} is no country code"


def _basis(where: str, basis: Basis, known: Catalogues) -> Iterator[str]:
    yield from _unknown(where, "source", [basis.source], known.rail_sources)
    yield from _unknown(where, "confidence", [basis.confidence], get_args(Confidence))
    if not _READ.fullmatch(basis.read):
        yield f"{where}: {basis.read!r} is not when the source was read"
    if (basis.effective_from or date.min) > (basis.effective_to or date.max):
        yield f"{where}: ends before it begins ({basis.effective_from}, {basis.effective_to})"


def _meet(one: Rule, other: Rule) -> bool:
    """Tell whether two entries, neither narrower than the other, hold for one dispute on one day."""
    narrow = one.scope.narrowness == other.scope.narrowness
    return narrow and _share(one.scope, other.scope) and _periods_meet(one.basis, other.basis)


def _share(one: Scope, other: Scope) -> bool:
    """Tell whether some dispute is covered by both."""
    pairs: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
        (one.networks, other.networks),
        (one.stages, other.stages),
        (one.categories, other.categories),
        (one.countries, other.countries),
    )
    return all(not mine or not theirs or set(mine) & set(theirs) for mine, theirs in pairs)


def _periods_meet(one: Basis, other: Basis) -> bool:
    starts = max(one.effective_from or date.min, other.effective_from or date.min)
    return starts <= min(one.effective_to or date.max, other.effective_to or date.max)


def _unknown(where: str, what: str, named: Iterable[str], known: Container[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{where}: unknown {what} {name!r}"


def _named(scope: Scope) -> str:
    return _listed([*scope.networks, *scope.stages, *scope.categories, *scope.countries]) or "every dispute"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


CHECKS: tuple[Callable[[Catalogues], Iterator[str]], ...] = (
    _codes,
    _replaced_codes,
    _spellings,
    _categories,
    _windows,
    _rails,
    _words,
    _rules,
    _overlaps,
    _longer_than_network,
    _limits_together,
)
