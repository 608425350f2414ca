"""Models, their published scores, and how scores are compared."""

from planner.catalog.rows import Benchmark, Model, Score, Task
from planner.catalog.tables import Directory

_ENCODERS = ("bert",)
"""Families that are no causal decoders."""
_WHOLE = (
    "params_total", "params_active", "n_layers", "hidden_size", "n_heads", "n_kv_heads", "head_dim",
    "ffn_hidden", "n_ffn_matrices", "vocab_size", "max_context", "norm_params_per_layer",
)  # fmt: skip
_BLANK_IS_ZERO = ("moe_experts", "moe_active", "moe_ffn_hidden", "moe_shared_experts")
_TEXTS = ("hf_id", "family", "license", "released", "source")
_SWITCHES = ("tied_embeddings", "attention_bias")

FROM_MEMORY = "from memory"
"""How a source says that nobody looked the score up."""


def id_of(name: str) -> str:
    """The catalog's id of a printed name: lower-case, blanks and underscores as hyphens."""
    return "-".join(name.lower().replace("_", " ").split())


def read_models(directory: Directory) -> tuple[Model, ...]:
    """Read `models.csv`."""
    table = directory.table("models.csv", ("model", "notes", *_WHOLE, *_BLANK_IS_ZERO, *_TEXTS, *_SWITCHES))
    whole = {name: table.ints(name, least=1).tolist() for name in _WHOLE}
    whole |= {name: table.ints(name, default=0).tolist() for name in _BLANK_IS_ZERO}
    switches = {name: table.flags(name).tolist() for name in _SWITCHES}
    texts = {name: table.required(name) for name in _TEXTS}
    names, notes = table.required("model"), table.texts("notes")
    for row in range(len(table)):
        if whole["params_active"][row] > whole["params_total"][row]:
            table.complain(row, "params_active is more than params_total")
        if id_of(names[row]) in {id_of(name) for name in names[:row]}:
            table.complain(row, f"model {names[row]!r} is given twice")
    return tuple(
        Model(
            id=id_of(names[row]),
            name=names[row],
            decoder=texts["family"][row] not in _ENCODERS,
            notes=notes[row],
            **{name: column[row] for name, column in {**whole, **switches, **texts}.items()},
        )
        for row in range(len(table))
    )


def read_scores(directory: Directory, models: tuple[Model, ...]) -> tuple[Score, ...]:
    """Read `model_scores.csv`; a score of a model that the catalog lacks keeps its printed name only."""
    table = directory.table(
        "model_scores.csv", ("model", "benchmark", "score", "shots", "source", "model_id", "variant")
    )
    known = {model.name: model.id for model in models}
    points = table.floats("score", blank=False)
    printed, joined = table.required("model"), table.texts("model_id", ("", *known))
    benchmark, source = table.required("benchmark"), table.required("source")
    variant, shots = table.texts("variant", ("base", "instruct")), table.texts("shots")
    for row, value in enumerate(points):
        if value > 100:
            table.complain(row, f"score {value:g} is above 100 points")
    return tuple(
        Score(
            model=known.get(joined[row], ""),
            printed_model=printed[row],
            benchmark=benchmark[row],
            points=float(points[row]),
            shots=shots[row],
            variant=variant[row],
            source=source[row],
            standing="unconfirmed" if FROM_MEMORY in source[row] else "published",
        )
        for row in range(len(table))
    )


def read_benchmarks(directory: Directory) -> tuple[Benchmark, ...]:
    """Read `benchmarks.yaml`; chance and ceiling are in points, 0 to 100."""
    rows = []
    for entry in directory.entries("benchmarks.yaml", ("chance", "ceiling", "items", "shots", "source")):
        chance, ceiling, items = (entry.number(name) for name in ("chance", "ceiling", "items"))
        if not 0 <= chance < ceiling <= 100 or items < 1:
            entry.complain("needs 0 <= chance < ceiling <= 100 and at least one item")
            continue
        shots = entry.words("shots")
        rows.append(Benchmark(id=entry.id, chance=chance, ceiling=ceiling, items=int(items), shots=shots))
    return tuple(rows)


def read_tasks(directory: Directory, benchmarks: tuple[Benchmark, ...]) -> tuple[Task, ...]:
    """Read `tasks.yaml`."""
    known = [benchmark.id for benchmark in benchmarks]
    return tuple(
        Task(id=entry.id, benchmarks=entry.words("benchmarks", known), summary=entry.text("summary"))
        for entry in directory.entries("tasks.yaml", ("benchmarks", "summary"))
    )
