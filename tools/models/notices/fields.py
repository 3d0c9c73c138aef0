"""All fields of one case."""

from rejoinder.domain.notices import NoticeCatalog
from rejoinder.domain.reading import FieldValue
from tools.models.notices.days import find_days
from tools.models.notices.money import find_money
from tools.models.notices.page import Page
from tools.models.notices.people import find_people
from tools.models.notices.reasons import find_reason
from tools.models.notices.references import REFERENCES, find_references


def find_fields(page: Page, catalog: NoticeCatalog) -> dict[str, FieldValue]:
    """Return the fields that are sure."""
    found = {
        **find_references(page),
        **find_money(page),
        **find_days(page),
        **find_reason(page, catalog),
        **find_people(page),
    }
    if any(_ends_in(found.get(name), found.get("card_last4")) for name in REFERENCES):
        del found["card_last4"]
    return found


def _ends_in(number: FieldValue | None, digits: FieldValue | None) -> bool:
    """Return whether digits are no card's but the end of another number: `CB-8133`."""
    return bool(number and digits and digits.value != number.value and number.end and number.end == digits.end)
