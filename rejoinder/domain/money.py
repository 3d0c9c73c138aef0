"""Amounts of money in minor units."""

from dataclasses import dataclass
from decimal import Decimal

# ISO 4217 currencies whose minor unit is not a hundredth.
MINOR_DIGITS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Money:
    """An amount in minor units (cents) of an ISO 4217 currency."""

    amount_minor: int
    currency: str

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.amount_minor).scaleb(-minor_digits(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal:.{minor_digits(self.currency)}f} {self.currency}"


def minor_digits(currency: str) -> int:
    """Return how many decimal places the currency has (ISO 4217)."""
    return MINOR_DIGITS.get(currency.upper(), 2)


def from_decimal(amount: Decimal, currency: str) -> Money:
    """Turn major units into `Money`.

    Raises:
        ValueError: the amount has more decimal places than the currency.
    """
    minor = amount.scaleb(minor_digits(currency))
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has more decimal places than {currency} knows")
    return Money(amount_minor=int(minor), currency=currency.upper())
