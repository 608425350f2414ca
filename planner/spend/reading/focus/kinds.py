"""Kinds of charges, cleaned: what their texts mean, which are refused, and when two are the same."""

from collections.abc import Iterable, Mapping
from typing import Final

from planner.spend.reading.context import Reading
from planner.spend.reading.focus.columns import CATEGORIES, OBJECTS, TEXTS
from planner.spend.reading.focus.dimensions import detail_columns, fill_values, is_object
from planner.spend.reading.focus.expressions import CONTROL
from planner.spend.reading.focus.filling import made_table
from planner.spend.store import Store

LONGEST: Final = 500
"""Signs of a text that are kept."""
_SPELLED: Final[Mapping[str, tuple[str, ...]]] = {
    "category": CATEGORIES,
    "class": ("Correction",),
    "pricing_category": ("Standard", "Dynamic", "Committed", "Other"),
    "commitment_status": ("Used", "Unused"),
    "frequency": ("One-Time", "Recurring", "Usage-Based"),
}
"""Texts with values that FOCUS lists; upper and lower case are the same."""
_PROVIDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "aws": ("aws", "amazon", "amazon web services", "amazon web services, inc.", "amazon aws"),
    "azure": ("azure", "microsoft", "microsoft azure", "microsoft corporation"),
    "gcp": ("gcp", "google", "google cloud", "google cloud platform", "google llc"),
    "oci": ("oci", "oracle", "oracle cloud", "oracle cloud infrastructure"),
    "lambda": ("lambda", "lambda labs", "lambda cloud"),
    "digitalocean": ("digitalocean", "digital ocean"),
    "huggingface": ("huggingface", "hugging face"),
}
"""Id of the catalog → how bills write the provider, in small letters."""


def fill_known(store: Store, told: int, reading: Reading) -> None:
    """The tables `known`, a row for each kind, and `refused`, kinds that cannot be used, with the reason.

    A provider that the catalog has is called as there; others are in their own words.
    """
    fill_values(store)
    detail_columns(store)
    # A dollar is a dollar, whatever rates say.
    rates = {code.upper(): rate for code, rate in reading.usd_per_unit.items()} | {"USD": 1.0}
    made_table(store, "rates", {"currency": "VARCHAR", "rate": "DOUBLE"}, sorted(rates.items()))
    texts = {name: _text(name) for name in TEXTS if name not in OBJECTS}
    texts["provider"] = _provider(_clean("k.provider"), [provider.id for provider in reading.catalog.providers])
    texts |= {f"told{place}": _clean(f"k.told{place}") for place in range(told)}
    columns = ", ".join(f'{sql} AS "{name}"' for name, sql in texts.items())
    same = ", ".join(f'"{name}"' for name in texts)
    joins = " ".join(
        f"LEFT JOIN (SELECT object, string_agg(key || chr(31) || value, chr(30) ORDER BY key, value) AS canonical "
        f"FROM focus.{name}_values GROUP BY object) {name}_canonical ON t.{name} = {name}_canonical.object"
        for name in OBJECTS
    )
    store.connection.execute(
        f"CREATE TABLE focus.known AS WITH t AS (SELECT k.kind, k.billing_start, coalesce(k.details, '') AS details, "
        f"coalesce(k.tags, '') AS tags, {columns} FROM focus_rows.kinds k) "
        f"SELECT t.*, r.rate, coalesce(d.detail_instance, '') AS detail_instance, "
        "coalesce(d.detail_gpus, '') AS detail_gpus, coalesce(d.detail_card, '') AS detail_card, "
        "coalesce(d.detail_model, '') AS detail_model, "
        f"tags <> '' AND NOT {is_object('tags')} AS tags_broken, "
        f"hash({same}, billing_start, coalesce(tags_canonical.canonical, nullif(tags, '{{}}'), ''), "
        "coalesce(details_canonical.canonical, nullif(t.details, '{}'), '')) AS same "
        f"FROM t LEFT JOIN focus.rates r USING (currency) LEFT JOIN focus.detailed d ON t.details = d.details {joins}"
    )
    store.connection.execute(f"CREATE TABLE focus.refused AS {_refused()}")


def _refused() -> str:
    categories = ", ".join(f"'{name}'" for name in CATEGORIES)
    reasons = (
        ("ChargeCategory", "category", f"category NOT IN ({categories})",
         f"is none of {', '.join(CATEGORIES[:-1])}"),
        ("BillingCurrency", "currency", "currency = ''", "is empty"),
        ("BillingCurrency", "currency", "currency <> '' AND rate IS NULL",
         "has no known rate; say under `rates:` how many USD one of it is"),
        ("x_RecordType", "record", "lower(record) IN ('forecast', 'plan', 'planned')", "is a plan, not a charge"),
    )  # fmt: skip
    return " UNION ALL ".join(
        f"SELECT kind, '{column}' AS \"column\", '{reason}' AS reason, \"{value}\" AS value "
        f"FROM focus.known WHERE {bad}"
        for column, value, bad, reason in reasons
    )


def _text(name: str) -> str:
    text = _clean(f'k."{name}"')
    if name == "currency":
        return f"upper({text})"
    if name in _SPELLED:
        cases = " ".join(f"WHEN '{value.lower()}' THEN '{value}'" for value in _SPELLED[name])
        return f"CASE lower({text}) {cases} ELSE {text} END"
    return text


def _provider(text: str, known: Iterable[str]) -> str:
    names = {id_: {id_} for id_ in known}
    for id_, written in _PROVIDERS.items():
        names[id_] = {*names.get(id_, ()), *written}
    cases = " ".join(
        f"WHEN lower({text}) IN ({', '.join(_literal(each) for each in sorted(written))}) THEN {_literal(id_)}"
        for id_, written in names.items()
    )
    return f"CASE {cases} ELSE {text} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _clean(column: str) -> str:
    return f"left(trim(regexp_replace(coalesce({column}, ''), {CONTROL}, ' ', 'g')), {LONGEST})"
