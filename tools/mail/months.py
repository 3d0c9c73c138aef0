"""Names of months in the languages of our mails."""

from functools import lru_cache

from babel.dates import get_month_names

_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "ru",
    "uk",
    "tr",
    "nl",
    "pl",
    "sv",
    "da",
    "nb",
    "cs",
    "fi",
    "ar",
    "hu",
    "ro",
)


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for language in _LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, language).items():
                    names.setdefault(name.lower().rstrip("."), number)
    return names


def month_number(name: str) -> int:
    """Return 1 to 12 for a month's name or its first letters, 0 when no language has it or several disagree."""
    months = _months()
    name = name.lower().rstrip(".")
    if name in months:
        return months[name]
    found = {number for known, number in months.items() if len(name) >= 3 and known.startswith(name)}
    return found.pop() if len(found) == 1 else 0
