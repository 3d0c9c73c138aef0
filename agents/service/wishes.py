"""What in the words of a mail an answer needs beside the order: a country, a product, pictures."""

import re
from functools import cache

from babel import Locale

from agents.deps import Store
from rejoinder.domain.mail import InboundMail
from rejoinder.domain.orders import Order, Product

COUNTRY_CODE = re.compile(r"^[A-Z]{2}$")


def country_in(text: str, language: str) -> str:
    """Return the ISO code of the country named in the text, or an empty string; the longest name wins."""
    folded = text.casefold()
    for name, code in _countries(language):
        # The plain test first: compiling a pattern for each of hundreds of names is what takes the time.
        if name in folded and (not name.isascii() or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded)):
            return code
    return ""


@cache
def _countries(language: str) -> tuple[tuple[str, str], ...]:
    names = {
        str(name).casefold(): code
        for locale in dict.fromkeys((language if language != "und" else "en", "en"))
        for code, name in Locale.parse(locale).territories.items()
        if COUNTRY_CODE.match(code)
    }
    names |= {
        "السعودية": "SA",
        "الإمارات": "AE",
        "uk": "GB",
        "usa": "US",
        "u.s.": "US",
        "america": "US",
        "england": "GB",
        "holland": "NL",
    }
    return tuple(sorted(names.items(), key=lambda item: -len(item[0])))


def product_in(store: Store, merchant_id: int, mail: InboundMail, order: Order | None) -> Product | None:
    """Return the product the mail speaks of: one of the order's, or the best of the catalogue by shared words."""
    words = f"{mail.subject} {mail.new_text}"
    ordered = store.products(merchant_id, [line.sku for line in order.lines]) if order else ()
    candidates = (*ordered, *store.find_products(merchant_id, words))
    return next((product for product in candidates if _shares_words(product, words)), None)


def _shares_words(product: Product, text: str) -> bool:
    """Two words of the title, its only word, or the article number must occur."""
    folded = text.casefold()
    if product.sku.casefold() in folded:
        return True
    words = [word for word in re.findall(r"\w{3,}", product.title.casefold()) if not word.isdigit()]
    hits = sum(1 for word in dict.fromkeys(words) if word in folded)
    return hits >= min(2, len(words)) > 0
