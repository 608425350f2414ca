"""Sums do not depend on the order of rows."""

import numpy as np

from planner.spend.sums import total
from tests.spend.made import made


def test_the_order_of_rows_changes_no_bit() -> None:
    values = [0.1 * n for n in range(1, 400)]
    orders = [values, values[::-1], np.random.default_rng(1).permutation(values).tolist()]
    with made() as store:
        sums = f"{total('unnest')}, {total('unnest', 'unnest > 20')}"
        found = {store.rows(f"SELECT {sums} FROM unnest(?::DOUBLE[])", [order])[0] for order in orders}
        doubles = {store.rows("SELECT sum(unnest) FROM unnest(?::DOUBLE[])", [order])[0] for order in orders}
    # Tenths of 1 to 399, and of 201 to 399.
    assert found == {(7980.0, 5970.0)}
    assert len(doubles) > 1


def test_what_no_bill_can_say_is_unknown() -> None:
    with made() as store:
        assert store.rows(f"SELECT {total('unnest')} FROM unnest([1e18, 2.0])") == [(2.0,)]
        assert store.rows(f"SELECT {total('unnest')} FROM unnest([1.0, 2.0]) WHERE false") == [(None,)]
