"""The catalogue of notices as frozen types: senders, words of twelve languages, words of values."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from knowledge.catalog import FOLDER, read_toml
from knowledge.reason_codes import find, reason_codes
from rejoinder.domain.notices import CodeMeaning, DomainFacts, NoticeCatalog, NoticeSource, NoticeWords, ValueWords


@cache
def notice_catalog() -> NoticeCatalog:
    """Return the catalogue; always the same object."""
    senders = read_toml("notices/sources.toml")
    values = read_toml("notices/values.toml")
    return NoticeCatalog(
        sources={name: NoticeSource(source=name, **_frozen(table)) for name, table in senders["sources"].items()},
        words=tuple(notice_words(language) for language in languages()),
        values=ValueWords(
            accounts=tuple(values["accounts"]),
            accounts_of_cards=tuple(values["accounts_of_cards"]),
            currencies=_frozen(values["currencies"]),
            networks=_frozen(values["networks"]),
            labelled_networks=_frozen(values["labelled_networks"]),
            zones=values["zones"],
        ),
        domains={name: DomainFacts(**table) for name, table in senders["domains"].items()},
        code_meaning=code_meaning,
        networks_with_codes=tuple(dict.fromkeys(entry.network for entry in reason_codes())),
        free_mail_domains=frozenset(senders["free_mail"]),
    )


@cache
def languages() -> tuple[str, ...]:
    """Return the languages whose notices are read."""
    return tuple(sorted(path.stem for path in (FOLDER / "notices/labels").glob("*.toml")))


def notice_words(language: str) -> NoticeWords:
    """Return the words of one language."""
    return NoticeWords(language=language, **_frozen(read_toml(f"notices/labels/{language}.toml")))


def code_meaning(network: str, code: str) -> CodeMeaning | None:
    """Return what a code of this network means; None when the network has no such code."""
    found = find(network, code)
    if found is None:
        return None
    return CodeMeaning(found.category, found.refined_by_words or found.category == "general")


def _frozen(table: Mapping[str, Any]) -> dict[str, Any]:
    frozen: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, list):
            frozen[name] = tuple(value)
        elif isinstance(value, dict):
            frozen[name] = _frozen(value)
        else:
            frozen[name] = value
    return frozen
