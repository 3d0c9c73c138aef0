"""The two hundred faulty cases by kind, and the clean ones beside them."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from tests.planted import dealings, records, spoken
from tests.planted.faults import Planted, planted
from tests.planted.world import LATIN, Case, clean

SEED = 20261120
KINDS = {
    "dates": (13, records.DATES),
    "places": (12, records.PLACES),
    "people": (12, records.PEOPLE),
    "amounts": (12, records.AMOUNTS),
    "wrong order": (13, spoken.WRONG_ORDERS),
    "missing scan": (12, dealings.SCANS),
    "another customer": (13, spoken.OTHERS),
    "card number": (13, spoken.CARDS),
    "refund": (12, dealings.REFUNDS),
    "admission": (13, spoken.ADMISSIONS),
    "duplicate": (12, dealings.DUPLICATES),
    "time": (12, dealings.TIMES),
    "3-D Secure": (12, dealings.PAYMENTS),
    "source": (13, dealings.SOURCES),
    "policy": (12, spoken.POLICIES),
    "sentence": (14, spoken.SENTENCES),
}
FAULTY = 200
CLEAN = 24


def faulty_cases() -> tuple[Planted, ...]:
    """Return the two hundred, always the same."""
    return planted(KINDS, first=1, seed=SEED)


def clean_cases() -> Iterator[Case]:
    """Yield cases in which nothing is wrong, though some of it looks so at first sight."""
    for number in range(1001, 1001 + CLEAN - len(_LOOKS_WRONG)):
        case = clean(number, Random(f"{SEED} {number}"))
        yield replace(case, letters=spoken.clean_letters(case, answered=number < 1001 + len(spoken.LANGUAGES)))
    for turn, (city, place, country) in enumerate(_LOOKS_WRONG):
        number = 1101 + turn
        case = clean(
            number,
            Random(f"{SEED} {number}"),
            place=LATIN[turn % len(LATIN)],
            categories=("not_received",),
            goods="physical",
        )
        home = replace(case.order.ship_to, city=city, country=country)
        parcel = case.order.shipments[0]
        signed = _SIGNED.get(turn, parcel.signed_by)
        scans = (*parcel.scans[:-1], replace(parcel.scans[-1], place=place))
        named = replace(home, name=_NAMED.get(turn, home.name))
        there = case.ordered(ship_to=named, bill_to=named, customer_name=named.name)
        yield there.shipped(scans=scans, signed_by=signed)


_LOOKS_WRONG = (
    ("München", "MUENCHEN, DE", "DE"),
    ("São Paulo", "Sao Paulo SP", "BR"),
    ("St. Gallen", "SANKT GALLEN", "CH"),
    ("Frankfurt am Main", "Frankfurt", "DE"),
)
_NAMED = {0: "Jürgen Groß", 1: "João da Silva", 2: "Anna-Lena Meier", 3: "Sean O'Brien"}
_SIGNED = {0: "J. GROSS", 1: "J SILVA", 2: "MEIER A", 3: "OBRIEN"}
