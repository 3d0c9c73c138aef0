from agents.deps import Store as StoreContract
from knowledge.search import TextStore
from rejoinder.delivery import Outbox
from rejoinder.intake import Inbox
from rejoinder.storage.store import Store
from rejoinder.worker import Runs


def test_the_store_is_what_its_users_ask_for(store: Store) -> None:
    """The assignments are what counts: mypy reads them."""
    for_graphs: StoreContract = store
    for_intake: Inbox = store
    for_delivery: Outbox = store
    for_worker: Runs = store
    for_search: TextStore = store
    assert all((for_graphs, for_intake, for_delivery, for_worker, for_search))
