"""Models that a scenario brings along join the catalog, for its plan alone; and scores it allows beside published ones.

Their parameters are counted by the formula that the catalog's own totals are checked with.
"""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from planner.catalog.counting import count_parameters
from planner.catalog.models import id_of
from planner.catalog.names import resolve_model
from planner.catalog.rows import Catalog, Model, Score
from planner.scenario import Planned
from planner.scenario.own_models import Architecture, BaseScore, ModelConfig, ModelDefinition
from planner.scenario.paths import OutsideError, below
from planner.space.hub_config import ConfigError, parse_config, read_shape

Place = tuple[str | int, ...]
Complain = Callable[[Place, str, str | None], None]
MAX_CONFIG_BYTES = 1 << 20
USER_GIVEN = "user-given"


def extend_catalog(
    scenario: Planned, catalog: Catalog, home: Callable[[Place], Path], root: Path, complain: Complain
) -> Catalog:
    """The catalog with the scenario's own models and the scores it allows; its digest covers them.

    `home` is the folder of the file that a value is written in; nothing outside `root` is read.
    """
    if scenario.quality.allow_claims:
        catalog = _with_claims(catalog)
    return with_models(scenario.models, catalog, home, root, complain)


def with_models(
    entries: Sequence[object], catalog: Catalog, home: Callable[[Place], Path], root: Path, complain: Complain,
    said: str = "described in the scenario", whose: str = "scenario",
) -> Catalog:  # fmt: skip
    """The catalog with the models that a document describes under `models`; `said` is where, if not in a file."""
    models: list[Model] = []
    scores: list[Score] = []
    for i, entry in enumerate(entries):
        if isinstance(entry, ModelDefinition):
            place: Place = ("models", i, "define", "id")
            model = build_model(entry.define, USER_GIVEN, None, said)
            score = entry.define.base_score
        elif isinstance(entry, ModelConfig):
            place = ("models", i, "config")
            try:
                model = _from_config(entry, home(place), root)
            except ConfigError as error:
                complain(place, f"{entry.config!r} {error.message}", error.hint)
                continue
            score = entry.base_score
        else:
            continue
        if resolve_model(catalog, model.id) is not None:
            complain(place, f"the catalog has a model {model.id!r} already", "choose another id")
        elif any(model.id == other.id for other in models):
            complain(place, f"two models of the {whose} are called {model.id!r}", "choose another id")
        else:
            models.append(model)
            scores += _scores(catalog, model, score)
    return _joined(catalog, models, scores)


def user_model_notes(catalog: Catalog, considered: Collection[str]) -> list[str]:
    """What a plan says about every model that it considers and the scenario, or an overlay of it, brought along."""
    return [
        f"{model.id} is user-given ({catalog.user_models[model.id]}): {model.params_total:,} parameters by the "
        "catalog's formula; nothing about it was checked"
        for model in catalog.models
        if model.id in catalog.user_models and model.id in considered
    ]


def model_id(entry: ModelDefinition | ModelConfig) -> str:
    """What a scenario's own model is called: its id, else the folder of its configuration."""
    if isinstance(entry, ModelDefinition):
        return entry.define.id
    folder = re.sub(r"[^a-z0-9._-]+", "-", id_of(Path(entry.config).parent.name)).strip("-._")
    return entry.id or folder or "my-model"


def build_model(shape: Architecture, family: str, norms: int | None, source: str, notes: str = "") -> Model:
    """A row of the catalog from a shape; without a family's own count, two norms of the usual kind per layer."""
    experts = shape.experts
    model = Model(
        id=shape.id,
        name=shape.id,
        hf_id=shape.id,
        family=family,
        license=shape.license,
        params_total=0,
        params_active=0,
        n_layers=shape.layers,
        hidden_size=shape.hidden,
        n_heads=shape.heads,
        n_kv_heads=shape.kv_heads or shape.heads,
        head_dim=shape.head_dim or shape.hidden // shape.heads,
        ffn_hidden=shape.ffn,
        n_ffn_matrices=3 if shape.gated_mlp else 2,
        vocab_size=shape.vocab,
        tied_embeddings=shape.tied_embeddings,
        max_context=shape.context,
        attention_bias=shape.attention_bias,
        moe_experts=experts.count if experts else 0,
        moe_active=experts.active if experts else 0,
        moe_ffn_hidden=(experts.ffn or shape.ffn) if experts else 0,
        moe_shared_experts=experts.shared if experts else 0,
        norm_params_per_layer=norms or (2 if shape.gated_mlp else 4) * shape.hidden,
        released=(shape.released or "")[:7],
        decoder=True,
        source=f"{USER_GIVEN}: {source}",
        notes=notes,
    )
    total, active = count_parameters(model)
    return replace(model, params_total=total, params_active=active)


def _from_config(entry: ModelConfig, folder: Path, root: Path) -> Model:
    """The model of a config.json; raises ConfigError."""
    try:
        path = below(root, folder, entry.config)
    except OutsideError as error:
        said = str(error).removeprefix(f"{entry.config!r} ")
        raise ConfigError(said, "only files below it are read, and links are followed first") from None
    try:
        if not path.is_file():
            hint = "paths start at the folder of the file that names them"
            raise ConfigError("is no file" if path.exists() else "does not exist", hint)
        with path.open("rb") as file:
            content = file.read(MAX_CONFIG_BYTES + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise ConfigError(message) from None
    if len(content) > MAX_CONFIG_BYTES:
        message = "is larger than 1 MiB"
        raise ConfigError(message, "name the small config.json beside the weights")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = "is not UTF-8 text"
        raise ConfigError(message) from None
    shape, family, norms = read_shape(parse_config(text), model_id(entry))
    shape = shape.model_copy(update={"license": entry.license, "released": entry.released})
    shown = path.relative_to(root).as_posix()
    return build_model(shape, family.family, norms, shown, hashlib.sha256(content).hexdigest())


def _scores(catalog: Catalog, model: Model, score: BaseScore | None) -> list[Score]:
    shots = {benchmark.id: benchmark.shots[0] for benchmark in catalog.benchmarks}
    if score is None or score.benchmark not in shots:
        return []
    return [
        Score(
            model=model.id, printed_model=model.id, benchmark=score.benchmark, points=score.points,
            shots=shots[score.benchmark], variant="base", source=USER_GIVEN, standing=USER_GIVEN,
        )
    ]  # fmt: skip


def _with_claims(catalog: Catalog) -> Catalog:
    """Claims where a model has no comparable score of that benchmark."""
    shots = {benchmark.id: benchmark.shots for benchmark in catalog.benchmarks}
    have = {
        (s.model, s.benchmark) for s in catalog.scores if s.variant == "base" and s.shots in shots.get(s.benchmark, ())
    }
    new = [s for s in catalog.claims if s.benchmark in shots and s.model and (s.model, s.benchmark) not in have]
    return _joined(catalog, [], new)


def _joined(catalog: Catalog, models: list[Model], scores: list[Score]) -> Catalog:
    if not models and not scores:
        return catalog
    added = json.dumps([[asdict(row) for row in rows] for rows in (models, scores)], sort_keys=True)
    digest = hashlib.sha256(f"{catalog.digest}\0{added}".encode()).hexdigest()
    where = {model.id: model.source.removeprefix(f"{USER_GIVEN}: ") for model in models}
    sources = [(f"model {name}", f"{USER_GIVEN}: {text}", "with the scenario") for name, text in where.items()]
    if any(score.standing == "claim" for score in scores):
        sources.append(("model scores, claims", "; ".join(sorted({s.source for s in scores})), "2024"))
    return replace(
        catalog,
        digest=digest,
        models=(*catalog.models, *models),
        scores=(*catalog.scores, *scores),
        sources=(*catalog.sources, *sources),
        user_models={**catalog.user_models, **where},
    )
