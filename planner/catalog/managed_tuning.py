"""Managed fine-tuning services: prices per token or hour, read into rows, and which of their models a name means."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from planner.catalog.models import id_of
from planner.catalog.quoted import TuningPrice
from planner.catalog.rows import Catalog, Model
from planner.catalog.tables import Directory, Table
from planner.units import earliest_day

FILE = "fine_tuning_prices.csv"
SERVICE = "tuning-api"
"""The service of a managed job in `hardware.services`, beside `vm` and the services that rent machines out."""
UNITS = ("usd_per_mtok", "usd_per_hour")
"""What a service bills by: million tokens trained, or hours."""
_TEXTS = ("provider", "offered", "as_of", "source")
_MONEY = {
    "minimum_usd": "minimum_usd_per_job",
    "storage_usd_per_month": "storage_usd_per_model_month",
    "hosting_usd_per_hour": "hosting_usd_per_hour",
    "input_usd_per_mtok": "inference_input_usd_per_mtok",
    "output_usd_per_mtok": "inference_output_usd_per_mtok",
    "cached_input_usd_per_mtok": "inference_cached_input_usd_per_mtok",
    "base_input_usd_per_mtok": "base_input_usd_per_mtok",
    "base_output_usd_per_mtok": "base_output_usd_per_mtok",
}
"""Field of a row → column of the file."""
_OTHERS = (
    "model", "open_models", "above_params", "max_params", "aim", "method", "training_price", "unit",
    "validation_billed", "retired", "confidence", "notes",
)  # fmt: skip


def read_tuning_prices(directory: Directory, models: tuple[Model, ...]) -> tuple[TuningPrice, ...]:
    """Read `fine_tuning_prices.csv`; a blank price, limit or fee is NaN."""
    table = directory.table(FILE, (*_TEXTS, *_OTHERS, *_MONEY.values()))
    texts = {name: table.required(name) for name in _TEXTS}
    above, most = table.floats("above_params"), table.floats("max_params")
    price, unit = table.floats("training_price", blank=False), table.texts("unit", UNITS)
    aim, method = table.texts("aim", ("sft", "dpo", "rft")), table.texts("method", ("lora", "full", ""))
    confidence = table.texts("confidence", ("low", "medium", "high"))
    validation, retired = table.flags("validation_billed"), table.flags("retired")
    money = {field: table.floats(column) for field, column in _MONEY.items()}
    own, notes = table.texts("model"), table.texts("notes")
    opened = _open_models(table, models)
    brackets: list[tuple[float, float]] = []
    for row in range(len(table)):
        if sum((bool(own[row]), bool(opened[row]), bool(np.isfinite(most[row])))) != 1:
            table.complain(row, "needs exactly one of model, open_models and max_params")
        low = 0.0 if np.isnan(above[row]) else float(above[row])
        if low >= most[row]:
            table.complain(row, "above_params is not below max_params")
        brackets.append((low, float(most[row])))
        try:
            earliest_day(texts["as_of"][row])
        except ValueError:
            table.complain(row, f"as_of {texts['as_of'][row]!r} is not a date: YYYY, YYYY-MM or YYYY-MM-DD")
    _refuse_doubles(table)
    columns: list[dict[str, Any]] = [
        {name: float(column[row]) for name, column in money.items()}
        | {name: column[row] for name, column in texts.items()}
        for row in range(len(table))
    ]
    return tuple(
        TuningPrice(
            model=id_of(own[row]),
            open_models=opened[row],
            above_params=float("nan") if np.isnan(most[row]) else brackets[row][0],
            max_params=brackets[row][1],
            aim=aim[row],
            method=method[row],
            usd_per_mtok=float(price[row]) if unit[row] == "usd_per_mtok" else float("nan"),
            usd_per_hour=float(price[row]) if unit[row] == "usd_per_hour" else float("nan"),
            validation_billed=bool(validation[row]),
            retired=bool(retired[row]),
            confidence=confidence[row],
            notes=notes[row],
            **columns[row],
        )
        for row in range(len(table))
    )


def _open_models(table: Table, models: tuple[Model, ...]) -> list[tuple[str, ...]]:
    """Catalog ids named in a row."""
    known = {model.id for model in models}
    found = []
    for row, cell in enumerate(table.texts("open_models")):
        names = tuple(filter(None, cell.split("|")))
        for name in names:
            if name not in known:
                table.complain(row, f"open_models {name!r} is not in models.csv")
        found.append(names)
    return found


def _refuse_doubles(table: Table) -> None:
    """Report a second price for the same model, aim and method of a provider."""
    seen: set[tuple[str, ...]] = set()
    columns = [table.columns[name] for name in ("provider", "offered", "aim", "method", "unit")]
    for row, key in enumerate(zip(*columns, strict=True)):
        if key in seen:
            table.complain(row, f"{' '.join(filter(None, key))} is given twice")
        seen.add(key)


def tuning_providers(catalog: Catalog) -> list[str]:
    """Providers of managed fine-tuning, as the file has them."""
    return list(dict.fromkeys(price.provider for price in catalog.tuning_prices))


def service_models(catalog: Catalog) -> list[str]:
    """Ids of the models that only services have."""
    return list(dict.fromkeys(price.model for price in catalog.tuning_prices if price.model))


def resolve_service_model(catalog: Catalog, name: str) -> str | None:
    """The service's model that a name means: our id, or as a provider prints it, in any case."""
    wanted = id_of(name)
    for price in catalog.tuning_prices:
        if price.model and wanted in (price.model, id_of(price.offered)):
            return price.model
    return None


def admits(price: TuningPrice, model: Model) -> bool:
    """Whether a price is for a model of the catalog: by name, or by the bracket of its total parameters."""
    return model.id in price.open_models or price.above_params < model.params_total <= price.max_params


def price_of(prices: Iterable[TuningPrice], model: Model) -> list[TuningPrice]:
    """The prices for a model; one by name counts before the bracket of the same provider, aim and method."""
    mine = [price for price in prices if admits(price, model)]
    named = {(p.provider, p.aim, p.method) for p in mine if p.open_models}
    return [p for p in mine if p.open_models or (p.provider, p.aim, p.method) not in named]
