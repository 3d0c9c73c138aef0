"""What identifies a customer across orders: made comparable, and refused where it proves nothing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from knowledge.compelling import (
    account_pattern,
    identifier_limits,
    mailbox_names,
    shared_networks,
    user_agent_beginnings,
)
from rejoinder.domain.orders import PostalAddress

Element = Literal["ip", "device", "address", "email", "account"]
State = Literal["same", "incomplete", "differs", "unusable", "absent"]

ADDRESS_PARTS = ("line", "city", "state", "postcode", "country")
FIELDS: Mapping[Element, tuple[str, ...]] = {
    "ip": ("customer_ip",),
    "device": ("device_fingerprint", "device_id"),
    "address": ("ship_to",),
    "email": ("customer_email",),
    "account": ("account_id",),
}
"""Fields of an order that may show an element; a device counts once, however often it is recorded."""

INCOMPLETE = frozenset({"device_short", "address_incomplete"})
"""Faults that the merchant can mend: the value is right as far as it goes."""

_SPACES = re.compile(r"\s+")
_BLANK = re.compile(r"[0\W_]*")


@dataclass(frozen=True, kw_only=True)
class Identifier:
    """One identifier: `raw` as captured, `parts` as compared, `fault` why it does not count (empty when it does)."""

    raw: str
    parts: tuple[str, ...]
    fault: str = ""


def identifier(field: str, raw: str) -> Identifier:
    """Return the identifier in the field of an order other than the address."""
    text = raw.strip()
    return _READERS[field](text) if text else Identifier(raw=raw, parts=("",), fault="absent")


def address_identifier(address: PostalAddress) -> Identifier:
    """Return an address as an identifier; all of its parts must be there, and nothing is spelled out or corrected."""
    lines = " ".join(address.lines)
    written = (lines, address.city, address.state, address.postcode, address.country)
    parts = tuple(_SPACES.sub(" ", part).strip().upper() for part in written)
    raw = ", ".join(part for part in written if part)
    fault = "absent" if not any(parts) else "" if all(parts) else "address_incomplete"
    return Identifier(raw=raw, parts=parts, fault=fault)


def missing_parts(found: Identifier) -> tuple[str, ...]:
    """Return the parts that an address lacks, as named in `ADDRESS_PARTS`."""
    return tuple(name for name, part in zip(ADDRESS_PARTS, found.parts, strict=True) if not part)


def compare(found: Sequence[Identifier]) -> State:
    """Tell how one field compares across purchases; what is there must agree, what is missing may be supplied."""
    faults = {one.fault for one in found}
    if faults - INCOMPLETE - {"", "absent"}:
        return "unusable"
    if not _agree(found):
        return "differs"
    if "absent" in faults:
        return "absent"
    return "incomplete" if faults & INCOMPLETE else "same"


def _agree(found: Sequence[Identifier]) -> bool:
    columns = zip(*(one.parts for one in found), strict=True)
    return all(len({part for part in column if part}) <= 1 for column in columns)


def _ip(text: str) -> Identifier:
    try:
        address = ip_address(text)
    except ValueError:
        return Identifier(raw=text, parts=(text,), fault="ip_invalid")
    address = getattr(address, "ipv4_mapped", None) or address
    fault = ""
    if not address.is_global or address.is_multicast:
        fault = "ip_private"
    elif any(address in network for network in shared_networks()):
        fault = "ip_shared"
    return Identifier(raw=text, parts=(str(address),), fault=fault)


def _device_id(text: str) -> Identifier:
    fault = "device_short" if len(text) < identifier_limits().device_id_length else ""
    return Identifier(raw=text, parts=(text.casefold(),), fault="device_blank" if _BLANK.fullmatch(text) else fault)


def _device_fingerprint(text: str) -> Identifier:
    fault = "device_short" if len(text) < identifier_limits().device_fingerprint_length else ""
    if text.casefold().startswith(user_agent_beginnings()):
        fault = "device_browser"
    return Identifier(raw=text, parts=(text,), fault="device_blank" if _BLANK.fullmatch(text) else fault)


def _email(text: str) -> Identifier:
    small = text.casefold()
    name, _, domain = small.rpartition("@")
    fault = ""
    if not name or "." not in domain:
        fault = "email_invalid"
    elif name in mailbox_names("role"):
        fault = "email_role"
    elif domain in mailbox_names("relays") or domain.startswith(mailbox_names("relay_beginnings")):
        fault = "email_relay"
    return Identifier(raw=text, parts=(small,), fault=fault)


def _account(text: str) -> Identifier:
    small = text.casefold()
    fault = ""
    if account_pattern("guest").fullmatch(small):
        fault = "account_guest"
    elif account_pattern("opaque").fullmatch(small):
        fault = "account_opaque"
    return Identifier(raw=text, parts=(text,), fault=fault)


_READERS: Mapping[str, Callable[[str], Identifier]] = {
    "customer_ip": _ip,
    "device_id": _device_id,
    "device_fingerprint": _device_fingerprint,
    "customer_email": _email,
    "account_id": _account,
}
