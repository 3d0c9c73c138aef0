from datetime import date

from rejoinder.domain.documents import Document, PassageText
from rejoinder.storage.store import Store
from rejoinder.storage.words import query_of, tokens
from tests.storage.examples import merchant_of
from tests.storage.races import at_once


def a_document(key: str = "returns-2026.md", version: str = "1", **changes: object) -> Document:
    values = {"key": key, "title": "Returns", "topic": "returns", "text": "30 days", "content_hash": version}
    return Document(**values | changes)  # type: ignore[arg-type]


def pieces(*texts: str, key: str = "returns-2026.md") -> list[PassageText]:
    return [
        PassageText(passage_id=f"{key}#{n}", position=n, heading="Terms", text=text) for n, text in enumerate(texts)
    ]


def test_a_document_is_replaced_whole(store: Store) -> None:
    shop = merchant_of(store)
    for _ in range(2):
        store.replace_document(shop, a_document(), pieces("one", "two"))
    assert store.document_hash(shop, "returns-2026.md") == "1"
    store.replace_document(shop, a_document(version="2"), pieces("three"))
    assert store.document_passages(shop, "returns-2026.md") == ["returns-2026.md#0"]
    assert store.fulltext(shop, "two", None, None, 5) == []
    assert store.document_keys(shop) == ["returns-2026.md"]
    for _ in range(2):
        store.remove_document(shop, "returns-2026.md")
    assert store.document_keys(shop) == []
    assert store.passages_by_id(shop, ["returns-2026.md#0"]) == []


def test_two_who_index_the_same_document_at_once_leave_one(store: Store) -> None:
    shop = merchant_of(store)
    assert (
        at_once(4, lambda n: store.replace_document(shop, a_document(version=str(n)), pieces("one", "two")))
        == [None] * 4
    )
    assert len(store.document_passages(shop, "returns-2026.md")) == 2


def test_exact_words_find_passages_in_every_script(store: Store) -> None:
    shop = merchant_of(store)
    texts = [
        "Return within 30 days, article LAMP-1",
        "七天无理由退货，运费由买家承担",
        "返品は30日以内",
        "교환 및 환불 안내",
        "Возврат в течение 14 дней",
    ]
    store.replace_document(shop, a_document(), pieces(*texts))

    def find(words: str) -> list[str]:
        return [passage.text for passage in store.passages_by_id(shop, store.fulltext(shop, words, None, None, 5))]

    assert find("RETURN my lamp-1")[0] == texts[0]
    assert find("可以退货吗")[0] == texts[1]
    assert find("返品したい")[0] == texts[2]
    assert find("환불 해주세요")[0] == texts[3]
    assert find("возврат")[0] == texts[4]
    assert find("& | ! ( ) <-> 'x") == []
    assert find("") == []


def test_only_what_was_in_force_is_found(store: Store) -> None:
    shop = merchant_of(store)
    old = a_document("returns-2025.md", in_force_to=date(2026, 1, 1))
    new = a_document("returns-2026.md", in_force_from=date(2026, 1, 1))
    store.replace_document(shop, old, pieces("old terms", key="returns-2025.md"))
    store.replace_document(shop, new, pieces("new terms"))
    before, after = date(2025, 12, 31), date(2026, 1, 1)
    assert store.fulltext(shop, "terms", "returns", before, 5) == ["returns-2025.md#0"]
    assert store.fulltext(shop, "terms", None, after, 5) == ["returns-2026.md#0"]
    assert store.fulltext(shop, "terms", "shipping", after, 5) == []
    assert store.policy_document(shop, "returns", before) == old
    assert store.policy_document(shop, "returns", after) == new
    assert store.policy_document(shop, "shipping", after) is None


def test_another_merchants_passages_are_never_found(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    store.replace_document(other, a_document(), pieces("secret terms"))
    assert store.fulltext(shop, "secret terms", None, None, 5) == []
    assert store.passages_by_id(shop, ["returns-2026.md#0"]) == []
    assert store.policy_document(shop, "returns", date(2026, 1, 1)) is None
    assert store.document_hash(shop, "returns-2026.md") is None


def test_words_of_unspaced_scripts_are_pairs() -> None:
    assert tokens("台灯LAMP-1可以退") == ["台灯", "lamp", "1", "可以", "以退"]
    assert tokens("退") == ["退"]
    assert query_of("a 退货退货 a") == "退货 | 货退"
