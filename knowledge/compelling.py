"""Figures behind compelling evidence and invalid disputes: windows, limits, lengths and lists, each with its source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal, NamedTuple, TypeVar

from knowledge.catalog import read_toml

FILE = "compelling.toml"
Authentication = Literal["full", "attempted", "none"]


class Days(NamedTuple):
    """A span of ages in calendar days, both ends included."""

    least: int
    most: int

    def __contains__(self, age: object) -> bool:
        return isinstance(age, int) and self.least <= age <= self.most


@dataclass(frozen=True, kw_only=True)
class Sourced:
    """A table of figures: `confidence` is high, medium or low; no sources means that the list is our own."""

    confidence: str
    read: date
    sources: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HistoryRule(Sourced):
    """When earlier orders show that the cardholder knows the shop (Visa Compelling Evidence 3.0)."""

    network: str
    codes: tuple[str, ...]
    in_force_from: date
    priors: int
    elements: int
    main: tuple[str, ...]
    secondary: tuple[str, ...]
    safe_days: Days
    outer_days: Days


@dataclass(frozen=True, kw_only=True)
class FirstPartyRule(Sourced):
    """Groups of data of which one each is shown (Mastercard First-Party Trust), the preferred one first."""

    network: str
    codes: tuple[str, ...]
    in_force_from: date
    groups: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class IdentifierLimits(Sourced):
    """Lengths in characters that an identifier must have, and when a payment counts as a renewal."""

    device_id_length: int
    device_fingerprint_length: int
    renewal_after_days: int


@dataclass(frozen=True, kw_only=True)
class IssuerLimits(Sourced):
    """Days from the payment within which an issuer may raise a dispute, by network.

    `delayed_days` is the latest end where goods come later; of networks in neither it nor `never_delayed` that end is
    not known.
    """

    days: Mapping[str, int]
    delayed_days: Mapping[str, int]
    never_delayed: tuple[str, ...]
    delayed_categories: tuple[str, ...]
    slack_days: int


@dataclass(frozen=True, kw_only=True)
class AuthenticationWords(Sourced):
    """What processors say of 3-D Secure, in small letters; liability shifts in `categories` only."""

    categories: tuple[str, ...]
    full: tuple[str, ...]
    attempted: tuple[str, ...]
    none: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EciTable(Sourced):
    """What a network's indicator (ECI) says; an attempt shifts liability, or the processor must be asked."""

    full: tuple[str, ...]
    attempted: tuple[str, ...]
    none: tuple[str, ...]
    attempt: Literal["shift", "ask"]


@dataclass(frozen=True, kw_only=True)
class TellingConcepts(Sourced):
    """Concepts of the lexicon by which a customer owns to a purchase, the dispute or a receipt, or denies it."""

    owns_purchase: tuple[str, ...]
    files_dispute: tuple[str, ...]
    denies_purchase: tuple[str, ...]
    received: tuple[str, ...]
    not_received: tuple[str, ...]
    asks: tuple[str, ...]


T = TypeVar("T", bound=Sourced)


@cache
def visa_ce3() -> HistoryRule:
    """Return the rule of Visa's Compelling Evidence 3.0."""
    table = read_toml(FILE)["visa_ce3"]
    return _sourced(HistoryRule, {**table, **{name: Days(*table[name]) for name in ("safe_days", "outer_days")}})


@cache
def mastercard_first_party() -> FirstPartyRule:
    """Return the rule of Mastercard's First-Party Trust."""
    table = read_toml(FILE)["mastercard_first_party"]
    return _sourced(FirstPartyRule, {**table, "groups": tuple(tuple(group) for group in table["groups"])})


@cache
def identifier_limits() -> IdentifierLimits:
    """Return what length an identifier of a device must have."""
    return _sourced(IdentifierLimits, read_toml(FILE)["identifiers"])


@cache
def issuer_limits() -> IssuerLimits:
    """Return within how many days issuers may dispute."""
    return _sourced(IssuerLimits, read_toml(FILE)["issuer_limits"])


@cache
def authentication_words() -> AuthenticationWords:
    """Return what the words of processors about 3-D Secure mean."""
    return _sourced(AuthenticationWords, read_toml(FILE)["three_d_secure"])


@cache
def eci_tables() -> Mapping[str, EciTable]:
    """Return the electronic commerce indicators, by network."""
    return {network: _sourced(EciTable, table) for network, table in read_toml(FILE)["eci"].items()}


@cache
def duplicate_within_days() -> int:
    """Return within how many days a second payment of one order for the same amount is the same purchase."""
    return int(read_toml(FILE)["duplicates"]["within_days"])


@cache
def telling_concepts() -> TellingConcepts:
    """Return which concepts of a mail tell that its writer made the purchase."""
    return _sourced(TellingConcepts, read_toml(FILE)["wrong_code"])


@cache
def shared_networks() -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks whose addresses many customers share."""
    table = read_toml(FILE)["shared_networks"]
    return tuple(ip_network(text) for name in ("cloudflare", "fastly") for text in table[name])


@cache
def user_agent_beginnings() -> tuple[str, ...]:
    """Return how the names of browsers begin, in small letters."""
    return tuple(read_toml(FILE)["user_agents"]["beginnings"])


@cache
def account_pattern(kind: Literal["guest", "opaque"]) -> re.Pattern[str]:
    """Return the pattern of a whole account id, in small letters, that is a guest's or says nothing to the customer."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in read_toml(FILE)["accounts"][kind]))


@cache
def mailbox_names(kind: Literal["role", "relays", "relay_beginnings"]) -> tuple[str, ...]:
    """Return names of desks before the @, or domains and their beginnings that only pass mail on."""
    return tuple(read_toml(FILE)["mailboxes"][kind])


def _sourced(kind: type[T], table: Mapping[str, Any]) -> T:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return kind(**values)
