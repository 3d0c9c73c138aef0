"""What the commands share: a first configuration, orders and documents in, users made."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from knowledge.documents import documents_in, read_document
from rejoinder.domain.cases import Merchant
from rejoinder.domain.orders import Order
from rejoinder.errors import Conflict, ImportRejected
from rejoinder.storage.merchants import MerchantRows
from rejoinder.storage.orders import Counts
from rejoinder.storage.store import Store
from rejoinder.web.auth import hash_password
from rejoinder.wiring import Program
from tools.orders.files import BadRow, load

PASSWORD_BYTES = 12


def write_configuration(path: Path, **values: str) -> None:
    """Write a commented `rejoinder.toml` to start from.

    Raises:
        ImportRejected: there is a file already; it is not touched.
    """
    if path.exists():
        raise ImportRejected(f"{str(path)!r} exists already and was left as it is")
    environment = Environment(
        loader=PackageLoader("rejoinder", "templates"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 # TOML
    )
    path.write_text(environment.get_template("rejoinder.toml.j2").render(values), encoding="utf-8")


def make_user(store: MerchantRows, login: str, password: str = "") -> str:
    """Create a user, or set the password anew; returns the password, made up when none is given."""
    chosen = password or secrets.token_urlsafe(PASSWORD_BYTES)
    store.save_user(login, hash_password(chosen))
    return chosen


def import_orders(
    program: Program,
    merchant: Merchant,
    path: Path,
    track: Callable[[Sequence[Order]], Iterable[Order]] = iter,
) -> tuple[Counts, Counts, tuple[BadRow, ...]]:
    """Store the orders and products of a file or folder; returns what changed, and the rows left out.

    A dispute whose letter waits for a person is judged and drafted again when its order says more now: a new scan may
    decide it. What a reviewer began to edit is left alone.

    `track` is given the orders and yields them on, to show how far it has come.
    """
    loaded = load(path)
    waiting = program.store.letters_in_review(merchant.merchant_id)
    orders = program.store.upsert_orders(merchant.merchant_id, track(loaded.orders))
    _draft_again(program.store, merchant, waiting)
    products = program.store.upsert_products(merchant.merchant_id, loaded.products)
    return orders, products, loaded.bad_rows


def _draft_again(store: Store, merchant: Merchant, waiting: Mapping[int, Order]) -> None:
    for run_id, before in waiting.items():
        if store.order(merchant.merchant_id, before.number) != before:
            with suppress(Conflict):  # somebody decided meanwhile
                store.redraft(run_id, "import")


def index_documents(
    program: Program, merchant: Merchant, folder: Path, on_file: Callable[[Path, str], None]
) -> dict[str, int]:
    """Index a folder's documents, forgetting those that are gone; `on_file` hears of each file and what became of it.

    A file that cannot be read is named and passed over.
    """
    counts = {"indexed": 0, "same": 0, "removed": 0, "rejected": 0}
    keys = set()
    for path in documents_in(folder):
        keys.add(path.relative_to(folder).as_posix())
        try:
            changed = program.library.index(merchant.merchant_id, read_document(path, folder))
        except ImportRejected as problem:
            counts["rejected"] += 1
            on_file(path, str(problem))
            continue
        counts["indexed" if changed else "same"] += 1
        on_file(path, "indexed" if changed else "as before")
    for key in set(program.store.document_keys(merchant.merchant_id)) - keys:
        program.library.remove(merchant.merchant_id, key)
        counts["removed"] += 1
    return counts
