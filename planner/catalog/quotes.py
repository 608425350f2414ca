"""What other tools print: prices, benchmark figures and scores, read as claims of their date."""

from typing import Any

from planner.catalog.models import id_of
from planner.catalog.quoted import Discount, Quote, QuotedRun
from planner.catalog.rows import Benchmark, Gpu, Model, Score
from planner.catalog.tables import Directory

_CONFIDENCE = ("low", "medium", "high")
_TERMS = ("1y", "3y")
_KINDS = ("reserved", "savings")


def read_quotes(directory: Directory, gpus: tuple[Gpu, ...]) -> tuple[Quote, ...]:
    """Read `reference_prices.csv`; a row without a card is a CPU class."""
    columns = (
        "provider", "service", "instance_type", "gpu", "gpu_count", "vcpus", "memory_gib", "price_usd_per_hour",
        "availability_pct", "max_run_hours", "as_of", "source", "notes",
    )  # fmt: skip
    table = directory.table("reference_prices.csv", columns)
    numbers = {name: table.floats(name) for name in ("vcpus", "memory_gib", "availability_pct", "max_run_hours")}
    price = table.floats("price_usd_per_hour", least=1e-6, blank=False)
    count = table.ints("gpu_count")
    card = {gpu.name: gpu.id for gpu in gpus}
    named = table.texts("gpu", ("", *card))
    texts = {name: table.required(name) for name in ("provider", "service", "instance_type", "as_of", "source")}
    for row, share in enumerate(numbers["availability_pct"]):
        if share > 100:
            table.complain(row, f"availability_pct {share:g} is above 100")
        if bool(named[row]) != bool(count[row]):
            table.complain(row, "gpu and gpu_count must be given together")
    return tuple(
        Quote(
            provider=texts["provider"][row],
            service=texts["service"][row],
            instance=texts["instance_type"][row],
            gpu=card.get(named[row], ""),
            gpu_count=int(count[row]),
            vcpus=float(numbers["vcpus"][row]),
            memory_gib=float(numbers["memory_gib"][row]),
            price_usd_per_hour=float(price[row]),
            availability=float(numbers["availability_pct"][row]) / 100.0,
            max_run_hours=float(numbers["max_run_hours"][row]),
            as_of=texts["as_of"][row],
            source=texts["source"][row],
            notes=table.columns["notes"][row],
        )
        for row in range(len(table))
    )


def read_quoted_runs(directory: Directory) -> tuple[QuotedRun, ...]:
    """Read `reference_benchmarks.csv`."""
    numbers = ("hours", "cost_usd", "samples_per_s", "memory_gb", "power_w", "quality_retention_pct")
    texts = ("table", "model_size", "method", "provider", "gpu_config", "dataset", "as_of", "source")
    table = directory.table("reference_benchmarks.csv", (*texts, *numbers))
    table.texts("table", ("train_time", "scaling", "quality"))
    columns: dict[str, Any] = {name: table.floats(name).tolist() for name in numbers}
    columns |= {name: table.columns[name] for name in texts}
    return tuple(QuotedRun(**{name: column[row] for name, column in columns.items()}) for row in range(len(table)))


def read_claims(
    directory: Directory, models: tuple[Model, ...], benchmarks: tuple[Benchmark, ...]
) -> tuple[Score, ...]:
    """Read `reference_scores.csv`: HumanEval points, and an index of its author's own that is comparable to nothing."""
    table = directory.table("reference_scores.csv", ("model", "index_0_10", "humaneval_pct", "as_of", "source"))
    known = {model.name: model.id for model in models}
    names, sources = table.required("model"), table.required("source")
    dates = table.required("as_of")
    printed = {"HumanEval": table.floats("humaneval_pct"), "index 0-10": table.floats("index_0_10")}
    shots = {benchmark.id: benchmark.shots[0] for benchmark in benchmarks}
    for row, name in enumerate(names):
        if name not in known:
            table.complain(row, f"model {name!r} is not in models.csv")
    return tuple(
        Score(
            model=known.get(name, ""),
            printed_model=name,
            benchmark=benchmark,
            points=float(points[row]),
            shots=shots.get(benchmark, ""),
            variant="base",
            source=f"{sources[row]}, {dates[row]}",
            standing="claim",
        )
        for row, name in enumerate(names)
        for benchmark, points in printed.items()
        if points[row] == points[row]  # a blank is NaN
    )


def read_discounts(directory: Directory, gpus: tuple[Gpu, ...]) -> tuple[Discount, ...]:
    """Read `discounts.csv`."""
    texts = ("provider", "gpus", "term", "kind", "plan", "confidence", "as_of", "source")
    table = directory.table("discounts.csv", (*texts, "discount_low", "discount_high"))
    low, high = table.floats("discount_low"), table.floats("discount_high", blank=False)
    table.texts("confidence", _CONFIDENCE)
    table.texts("term", _TERMS)
    table.texts("kind", _KINDS)
    families = [() if cell == "any" else tuple(cell.split("|")) for cell in table.required("gpus")]
    for row, names in enumerate(families):
        if not (low[row] <= high[row] or low[row] != low[row]) or high[row] >= 1:
            table.complain(row, "discount_low and discount_high must be shares in order, below 1")
        for name in names:
            if not any(gpu.id.startswith(id_of(name)) for gpu in gpus):
                table.complain(row, f"no card is called {name!r}")
    return tuple(
        Discount(
            gpus=families[row],
            low=float(low[row]),
            high=float(high[row]),
            **{name: table.required(name)[row] for name in texts if name != "gpus"},
        )
        for row in range(len(table))
    )
