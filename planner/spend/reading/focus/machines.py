"""Which card a charge is for, and how many: by the card's name, or by the instance type through the catalog's offers.

The first of these that says it counts: x_GpuModel; InstanceType in SkuPriceDetails; x_InstanceType; AWS's
x_UsageType; ResourceType; SkuMeter; SkuId; an instance type, then a card, that the description names. The count is
GpuCount, else x_GpuCount, else the instance's of the catalog; a description that sells a card by the hour means one.
"""

import math
import re
from typing import Final

from planner.catalog.prices.cards import card_resolver
from planner.catalog.rows import Catalog
from planner.spend.reading.focus.filling import made_table
from planner.spend.store import Store

MOST_CARDS: Final = 20_000
"""Distinct names of cards that are looked up; a bill has a hundred."""
_ADDED: Final = r"^([a-z0-9-]*(box|spot|dedicated|hostbox)usage:|[a-z0-9-]*(train|host|notebk):)?(standard_|ml\.)?|[ _]"
"""What providers write before an instance type, or inside; AWS's usage types are like EUC1-SpotUsage:p5.48xlarge."""
_PLAIN: Final = f"regexp_replace(lower({{}}), '{_ADDED}', '', 'g')"


def plain(instance: str) -> str:
    """An instance type without what providers add: Standard_ND96isr_H100_v5 and nd96isrh100v5 are one."""
    return re.sub(_ADDED, "", instance.lower())


def machines_of(catalog: Catalog) -> dict[str, tuple[str, int]]:
    """Instance type → card and count; those that mean different things at different providers are left out."""
    offers = catalog.offers
    found: dict[str, set[tuple[str, int]]] = {}
    for name, gpu, count in set(
        zip(offers.instance.tolist(), offers.gpu.tolist(), offers.gpu_count.tolist(), strict=True)
    ):
        found.setdefault(plain(name), set()).add((catalog.gpus[gpu].id, int(count)))
    return {name: next(iter(what)) for name, what in found.items() if len(what) == 1 and len(name) > 2}


def fill_machines(store: Store, catalog: Catalog) -> None:
    """The table `machined`: kind → card, cards per machine (NULL unknown), and what told it."""
    made_table(
        store, "machines", {"name": "VARCHAR", "gpu": "VARCHAR", "cards": "DOUBLE"},
        [(name, gpu, float(cards)) for name, (gpu, cards) in sorted(machines_of(catalog).items())],
    )  # fmt: skip
    store.connection.execute(
        "CREATE TABLE focus.naming AS SELECT kind, coalesce(nullif(card, ''), detail_card) AS card, "
        "[detail_instance, machine, usage_type, resource_type, meter, sku] AS names, description, "
        "CASE WHEN lower(description) LIKE '%gpu%' THEN "
        "regexp_extract(description, '((?:nvidia|amd|tesla)[^,;(]{1,60}?) gpu', 1, 'i') ELSE '' END AS card_told, "
        "coalesce(TRY_CAST(detail_gpus AS DOUBLE), TRY_CAST(card_count AS DOUBLE)) AS given FROM focus.known"
    )
    _cards(store, catalog)
    # Names of what is sold repeat from kind to kind: each is looked up once.
    store.connection.execute(
        "CREATE TABLE focus.by_name AS SELECT kind, arg_min(m.gpu, place) AS gpu, arg_min(m.cards, place) AS cards "
        "FROM (SELECT kind, unnest(names) AS name, generate_subscripts(names, 1) AS place FROM focus.naming) n "
        f"JOIN focus.machines m ON {_PLAIN.format('n.name')} = m.name WHERE n.name <> '' GROUP BY kind"
    )
    store.connection.execute(
        "CREATE TABLE focus.by_description AS SELECT description, arg_min(m.gpu, place) AS gpu, "
        "arg_min(m.cards, place) AS cards FROM (SELECT description, unnest(words) AS name, "
        "generate_subscripts(words, 1) AS place FROM (SELECT DISTINCT description, "
        "regexp_split_to_array(left(description, 500), '[^A-Za-z0-9._+-]+') AS words FROM focus.naming)) d "
        f"JOIN focus.machines m ON {_PLAIN.format('d.name')} = m.name WHERE length(d.name) > 4 GROUP BY description"
    )
    store.connection.execute(
        "CREATE TABLE focus.machined AS SELECT n.kind, coalesce(c.gpu, b.gpu, d.gpu, t.gpu, '') AS gpu, "
        "CASE WHEN n.given > 0 AND n.given <= 1024 THEN n.given WHEN n.given IS NOT NULL THEN NULL "
        "WHEN b.gpu IS NOT NULL THEN b.cards WHEN d.gpu IS NOT NULL THEN d.cards "
        "WHEN c.gpu IS NULL AND t.gpu IS NOT NULL THEN 1 END AS cards "
        "FROM focus.naming n LEFT JOIN focus.cards c ON n.card = c.name AND n.card <> '' "
        "LEFT JOIN focus.by_name b USING (kind) LEFT JOIN focus.by_description d USING (description) "
        "LEFT JOIN focus.cards t ON n.card_told = t.name AND n.card_told <> ''"
    )


def _cards(store: Store, catalog: Catalog) -> None:
    """Names of cards as they are printed → ids of the catalog."""
    resolve = card_resolver(catalog)
    names = store.rows(
        "SELECT DISTINCT name FROM (SELECT card AS name FROM focus.naming UNION ALL "
        f"SELECT card_told FROM focus.naming) WHERE name <> '' ORDER BY name LIMIT {MOST_CARDS}"
    )
    found = [(name, gpu) for (name,) in names if (gpu := resolve(name, math.nan)) is not None]
    made_table(store, "cards", {"name": "VARCHAR", "gpu": "VARCHAR"}, found)
