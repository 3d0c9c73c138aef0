"""All fields of one case."""

from rejoinder.domain.notices import NoticeCatalog
from rejoinder.domain.reading import FieldValue
from tools.models.notices.days import find_days
from tools.models.notices.money import find_money
from tools.models.notices.page import Page
from tools.models.notices.people import find_people
from tools.models.notices.reasons import find_reason
from tools.models.notices.references import find_references


def find_fields(page: Page, catalog: NoticeCatalog) -> dict[str, FieldValue]:
    """Return the fields that are sure."""
    return {
        **find_references(page),
        **find_money(page),
        **find_days(page),
        **find_reason(page, catalog),
        **find_people(page),
    }
