"""Rails: what each processor and network gives a merchant to answer a dispute: time, files, fields and words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import Any, Literal, Protocol, TypeVar

from knowledge.catalog import FOLDER, read_toml
from rejoinder.domain.lifecycle import Funds, Stage, State
from rejoinder.domain.limits import FileLimits, TextLimits, strictest

Confidence = Literal["high", "medium", "low"]
Silence = Literal[
    "unknown", "lost", "expired", "accepted", "liability_accepted", "chargeback", "staged_is_sent", "decided_for_buyer"
]
DueKind = Literal["instant", "date"]
ANY = "*"
GENERIC = "acquirer"
"""The rail of a processor that has no file of its own: the strictest limits that are common."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A page or file that entries rest on; without addresses when there is none to show."""

    title: str
    urls: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Where an entry comes from: an id of `sources()`, the month or day it was read, and when it is in force.

    `effective_to` is the last day; None on either side is without end.
    """

    source: str
    read: str
    confidence: Confidence
    effective_from: date | None = None
    effective_to: date | None = None

    def in_force(self, day: date) -> bool:
        """Tell whether the entry holds on this day."""
        return (self.effective_from or date.min) <= day <= (self.effective_to or date.max)


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The disputes an entry is for; an empty tuple is all. `countries` are the merchant's, ISO 3166 alpha-2."""

    networks: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def covers(self, of: "Circumstances") -> bool:
        """Tell whether a dispute is one of these."""
        pairs = (
            (self.networks, of.network),
            (self.stages, of.stage),
            (self.categories, of.category),
            (self.countries, of.country),
        )
        return all(not wanted or value in wanted for wanted, value in pairs)

    @property
    def narrowness(self) -> int:
        """How many of the four questions it asks."""
        return sum(map(bool, (self.networks, self.stages, self.categories, self.countries)))


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """What decides which entry of a rail holds: network, stage, category, the merchant's country and the day."""

    network: str = ""
    stage: Stage = "first"
    category: str = ""
    country: str = ""
    day: date


@dataclass(frozen=True, kw_only=True)
class AnswerTime:
    """The time to answer, in exactly one of three units; it counts from what `counted_from` says."""

    scope: Scope
    basis: Basis
    counted_from: str
    days: int | None = None
    hours: int | None = None
    business_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class SilenceRule:
    """What happens when nobody answers in time."""

    scope: Scope
    basis: Basis
    means: Silence


@dataclass(frozen=True, kw_only=True)
class LimitRule:
    """What files are taken."""

    scope: Scope
    basis: Basis
    limits: FileLimits


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a word of a processor says; None is not spoken of. The flags are explained at `lifecycle.Move`."""

    basis: Basis
    state: State | None = None
    stage: Stage = "unknown"
    funds: Funds | None = None
    refunded: bool = False
    reopens: bool = False
    reverses: bool = False
    final: bool | None = None


@dataclass(frozen=True, kw_only=True)
class NetworkRules:
    """What a network sets on every rail. `provisional_days`: how long the next stage can open after a win."""

    network: str
    title: str
    basis: Basis
    answers: tuple[AnswerTime, ...] = ()
    silences: tuple[SilenceRule, ...] = ()
    limits: tuple[LimitRule, ...] = ()
    provisional_days: int | None = None


@dataclass(frozen=True, kw_only=True)
class Rail:
    """One way to answer disputes.

    `zone` is where a deadline printed without a zone belongs: an IANA name, `merchant` for the zone of the merchant's
    account, empty when unknown. `submissions` counts answers per stage; None is unknown. `staged`: evidence can be
    kept there without being submitted; None is unknown. `fills_itself`: evidence that the processor adds by itself.
    `fields_per_dispute`: the names of the fields come with each dispute and are not kept here.
    """

    rail: str
    title: str
    due: DueKind
    basis: Basis
    zone: str = ""
    holidays_of: str = ""
    staged: bool | None = None
    submissions: int | None = None
    other_field: str = ""
    fields_per_dispute: bool = False
    fills_itself: tuple[str, ...] = ()
    text: TextLimits = field(default_factory=TextLimits)
    answers: tuple[AnswerTime, ...] = ()
    silences: tuple[SilenceRule, ...] = ()
    limits: tuple[LimitRule, ...] = ()
    words: Mapping[str, Meaning] = field(default_factory=dict)
    events: Mapping[str, Meaning] = field(default_factory=dict)
    evidence_fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def answer_time(self, of: Circumstances) -> AnswerTime | None:
        """Return the rail's own time to answer; the narrowest entry in force, of equals the newest. None: not known."""
        return _narrowest(self.answers, of)

    def silence(self, of: Circumstances) -> Silence:
        """Return what happens when nobody answers: the narrowest entry of rail and network, of equals the rail's."""
        rules = network_rules().get(of.network)
        found = _narrowest((*self.silences, *(rules.silences if rules else ())), of)
        return found.means if found else "unknown"

    def limits_for(self, network: str, stage: Stage = "first", day: date = date.max) -> FileLimits:
        """Return what files are taken for a dispute of this network: all limits of the rail and the network kept.

        Args:
            network: as in `reason_codes`, in lower case; empty for none known.
            stage: some stages take less.
            day: entries that do not hold on it are left out; by default those that have no end hold.
        """
        of = Circumstances(network=network, stage=stage, day=day)
        rules = network_rules().get(network)
        every = (*self.limits, *(rules.limits if rules else ()))
        return strictest(*(rule.limits for rule in every if _holds(rule, of)))

    def field_of(self, evidence: str) -> str:
        """Return the processor's field for this evidence; its field for anything else, or empty when it has none."""
        return next(iter(self.fields_of(evidence)), "")

    def fields_of(self, evidence: str) -> tuple[str, ...]:
        """Return all of the processor's fields for this evidence, the best first."""
        return self.evidence_fields.get(evidence) or ((self.other_field,) if self.other_field else ())

    def meaning(self, *words: str) -> Meaning | None:
        """Return what a processor's event or status says; several words (stage and status) are looked up together.

        None for a word that is not known, which a person has to see.
        """
        whole = "/".join(words)
        tries = [whole, *(f"{ANY}/{word}" for word in words[1:]), words[0]]
        return next((table[name] for name in tries for table in (self.events, self.words) if name in table), None)


def rail(processor: str) -> Rail:
    """Return the rail of a processor, by its name in `notices` and `processors`; the generic one for any other."""
    known = rails()
    return known.get(processor) or known[GENERIC]


@cache
def rails() -> Mapping[str, Rail]:
    """Return the rails by name."""
    paths = sorted((FOLDER / "rails").glob("[a-z]*.toml"))
    return {path.stem: _rail(path.stem, read_toml(f"rails/{path.name}")) for path in paths}


@cache
def network_rules() -> Mapping[str, NetworkRules]:
    """Return what the networks set, by network."""
    found = {}
    for name, table in read_toml("rails/_networks.toml").items():
        default = table.pop("basis")
        found[name] = NetworkRules(network=name, basis=Basis(**default), **_rules(table, default))
    return found


@cache
def sources() -> Mapping[str, Source]:
    """Return the sources that the rails name, by id."""
    tables = read_toml("rails/_sources.toml")
    return {name: Source(title=table["title"], urls=tuple(table["urls"])) for name, table in tables.items()}


class _Scoped(Protocol):
    @property
    def scope(self) -> Scope: ...
    @property
    def basis(self) -> Basis: ...


Rule = TypeVar("Rule", bound=_Scoped)
Built = TypeVar("Built")


def _holds(rule: _Scoped, of: Circumstances) -> bool:
    return rule.scope.covers(of) and rule.basis.in_force(of.day)


def _narrowest(rules: Iterable[Rule], of: Circumstances) -> Rule | None:
    return max(
        (rule for rule in rules if _holds(rule, of)),
        key=lambda rule: (rule.scope.narrowness, rule.basis.effective_from or date.min),
        default=None,
    )


def _rail(name: str, table: dict[str, Any]) -> Rail:
    default = table.pop("basis")
    words, events = (_meanings(table.pop(kind, {}), default) for kind in ("words", "events"))
    evidence = {key: tuple(names) for key, names in table.pop("fields", {}).items()}
    text = TextLimits(**table.pop("text", {}))
    return Rail(
        rail=name,
        basis=Basis(**default),
        text=text,
        evidence_fields=evidence,
        words=words,
        events=events,
        **_rules(table, default),
    )


def _rules(table: dict[str, Any], default: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table with its rules as types, and everything else as it stands."""
    built: dict[str, Callable[[dict[str, Any], Mapping[str, Any]], object]] = {
        "answers": lambda entry, base: _scoped(AnswerTime, entry, base),
        "silences": lambda entry, base: _scoped(SilenceRule, entry, base),
        "limits": _limit_rule,
    }
    rules = {kind: tuple(build(entry, default) for entry in table.pop(kind, ())) for kind, build in built.items()}
    return rules | {name: _frozen(value) for name, value in table.items()}


def _scoped(kind: Callable[..., Built], entry: dict[str, Any], default: Mapping[str, Any]) -> Built:
    basis = Basis(**_taken(Basis, entry, default))
    return kind(scope=Scope(**_taken(Scope, entry)), basis=basis, **entry)


def _limit_rule(entry: dict[str, Any], default: Mapping[str, Any]) -> LimitRule:
    limits = FileLimits(**_taken(FileLimits, entry))
    basis = Basis(**_taken(Basis, entry, default))
    return LimitRule(scope=Scope(**_taken(Scope, entry)), basis=basis, limits=limits, **entry)


def _meanings(table: Mapping[str, dict[str, Any]], default: Mapping[str, Any]) -> dict[str, Meaning]:
    return {
        word: Meaning(basis=Basis(**_taken(Basis, entry, default)), **_given(entry)) for word, entry in table.items()
    }


def _given(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the entry with the stage that its state names, unless it says another."""
    state = str(entry.get("state", ""))
    named = next((stage for stage in ("alert", "inquiry", "prearb", "arbitration") if state.startswith(stage)), None)
    return ({"stage": named} if named else {}) | entry


def _taken(kind: type, entry: dict[str, Any], default: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Take what belongs to this type out of the entry, with defaults for what it does not say."""
    mine = {one.name: entry.pop(one.name) for one in fields(kind) if one.name in entry}
    return {**(default or {}), **{name: _frozen(value) for name, value in mine.items()}}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
