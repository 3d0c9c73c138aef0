from dataclasses import replace
from datetime import date, timedelta

from rejoinder.domain.money import Money
from rejoinder.storage.store import Store
from tests.storage.examples import NOW, a_product, an_order, merchant_of


def numbers(found):
    return [order.number for order in found]


def test_the_same_orders_twice_change_nothing(store: Store) -> None:
    shop = merchant_of(store)
    given = [an_order("1001"), an_order("1002")]
    assert store.upsert_orders(shop, given) == (2, 0, 0)
    assert store.upsert_orders(shop, given) == (0, 0, 2)
    assert store.upsert_orders(shop, [replace(given[0], status="delivered"), given[1]]) == (0, 1, 1)
    assert store.order(shop, "1001") == replace(given[0], status="delivered")


def test_an_order_given_twice_in_one_file_counts_once_and_the_last_wins(store: Store) -> None:
    shop = merchant_of(store)
    assert store.upsert_orders(shop, [an_order("1001"), an_order("1001", status="delivered")]) == (1, 0, 0)
    found = store.order(shop, "1001")
    assert found is not None
    assert found.status == "delivered"


def test_one_payment_for_two_orders_finds_both(store: Store) -> None:
    shop = merchant_of(store)
    payment = an_order("1001").payments[0]
    store.upsert_orders(shop, [an_order("1001"), an_order("1002", payments=(payment, payment))])
    found = store.candidate_orders(shop, numbers=[], emails=[], payments=[payment.reference])
    assert sorted(numbers(found)) == ["1001", "1002"]


def test_candidates_are_found_by_number_address_payment_arn_and_parcel(store: Store) -> None:
    shop = merchant_of(store)
    order = an_order("AB-1001")
    store.upsert_orders(shop, [order, an_order("1002", customer_email="bo@example.com")])

    def find(numbers=(), emails=(), payments=()):
        return [o.number for o in store.candidate_orders(shop, numbers=numbers, emails=emails, payments=payments)]

    assert find(numbers=["ab-1001"]) == ["AB-1001"]
    assert find(emails=["ANA@example.com"]) == ["AB-1001"]
    assert find(payments=["pi_AB-1001"]) == ["AB-1001"]
    assert find(payments=[order.payments[0].arn]) == ["AB-1001"]
    assert find(numbers=["1Z999AA1AB-1001"]) == ["AB-1001"]
    assert find() == []
    assert find(payments=[""]) == []


def test_the_named_order_is_found_among_many_of_the_customer(store: Store) -> None:
    shop = merchant_of(store)
    store.upsert_orders(shop, [an_order(str(n), placed_at=NOW + timedelta(days=n)) for n in range(100)])
    found = store.candidate_orders(shop, numbers=["0"], emails=["ana@example.com"], payments=[])
    assert numbers(found)[0] == "99"
    assert numbers(found)[-1] == "0"


def test_orders_are_found_by_amount_card_and_day(store: Store) -> None:
    shop = merchant_of(store)
    store.upsert_orders(shop, [an_order("1001")])

    def find(amount=8990, currency="EUR", last4="", around=None):
        return numbers(
            store.orders_by_payment(shop, amount_minor=amount, currency=currency, card_last4=last4, around=around)
        )

    assert find() == ["1001"]
    assert find(last4="4242", around=date(2026, 3, 12)) == ["1001"]
    assert find(around=date(2026, 3, 6)) == ["1001"]
    assert find(around=date(2026, 3, 13)) == []
    assert find(last4="1111") == []
    assert find(currency="USD") == []
    assert find(amount=10**30) == []
    assert find(around=date.max) == []


def test_another_merchants_orders_and_products_are_never_found(store: Store) -> None:
    shop, other = merchant_of(store), merchant_of(store, "other")
    store.upsert_orders(other, [an_order("1001")])
    store.upsert_products(other, [a_product()])
    found = store.candidate_orders(
        shop, numbers=["1001", "1Z999AA11001"], emails=["ana@example.com"], payments=["pi_1001"]
    )
    assert list(found) == []
    assert list(store.orders_by_payment(shop, amount_minor=8990, currency="EUR", card_last4="", around=None)) == []
    assert store.order(shop, "1001") is None
    assert list(store.products(shop, ["LAMP-1"])) == []
    assert list(store.find_products(shop, "lamp")) == []


def test_products_are_found_by_words_in_spaced_and_unspaced_languages(store: Store) -> None:
    shop = merchant_of(store)
    given = [a_product(), a_product("CHAIR-1", "Office chair", "Black")]
    assert store.upsert_products(shop, given) == (2, 0, 0)
    assert store.upsert_products(shop, given) == (0, 0, 2)
    assert [p.sku for p in store.find_products(shop, "Is the LAMP dimmable?")] == ["LAMP-1"]
    assert [p.sku for p in store.find_products(shop, "这个台灯可以调光吗")] == ["LAMP-1"]
    assert list(store.find_products(shop, "' & ! | <-> :* ()")) == []
    assert [p.sku for p in store.products(shop, ["CHAIR-1", "nothing"])] == ["CHAIR-1"]


def test_an_order_whose_payment_went_away_is_no_longer_found_by_it(store: Store) -> None:
    shop = merchant_of(store)
    store.upsert_orders(shop, [an_order("1001")])
    store.upsert_orders(shop, [an_order("1001", payments=())])
    assert list(store.candidate_orders(shop, numbers=[], emails=[], payments=["pi_1001"])) == []


def test_money_and_times_come_back_as_they_were(store: Store) -> None:
    shop = merchant_of(store)
    order = an_order("1001", total=Money(amount_minor=-1, currency="JPY"))
    store.upsert_orders(shop, [order])
    assert store.order(shop, "1001") == order
