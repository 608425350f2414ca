"""What a serving plan assumed where the scenario was silent, and where its facts come from (DESIGN rule 9)."""

import math

from planner.catalog.constants import ENGINE_SPEED
from planner.estimate.serving.latency import FLOOR_S
from planner.kinds.serving.handing_on import FIRST_SHARE
from planner.kinds.serving.problem import Problem
from planner.kinds.serving.quality import KEPT
from planner.kinds.serving.replicas import STEP_TOKENS
from planner.outcome import Assumption, Source
from planner.outcome.serving_configuration import ServingConfiguration
from planner.space.serving.levers import named
from planner.units import HOURS_PER_MONTH, share_text

Row = tuple[str, str, str, str]
Z90 = 1.645
"""Standard deviations on either side that hold nine of ten."""


def assumptions(problem: Problem, listed: list[ServingConfiguration]) -> list[Assumption]:
    """Every default that moves a figure of this plan."""
    rows = [
        *_traffic(problem),
        *_replicas(problem),
        *_engines(problem, listed),
        *_quality(problem, listed),
        *_levers(problem),
    ]
    return [Assumption(key=key, value=value, tag=tag, note=note) for key, value, tag, note in rows]


def _traffic(problem: Problem) -> list[Row]:
    traffic = problem.space.traffic
    rows: list[Row] = [("traffic", text, "E", "") for text in traffic.assumptions]
    rows.append(("month", f"{HOURS_PER_MONTH:g} hours", "C", "a billing month (FOCUS); every week is like the other"))
    return rows


def _replicas(problem: Problem) -> list[Row]:
    block = problem.scenario.replicas
    written = block.model_fields_set
    rows: list[Row] = []
    if "headroom" not in written:
        rows.append(
            ("replicas.headroom", share_text(block.headroom), "E", "0.6 to 0.75 of what the targets allow (DOMAIN 9.3)")
        )
    if "min" not in written:
        rows.append(("replicas.min", str(block.min), "E", "two, so that one may fail"))
    if block.cold_start is None:
        rows.append(
            (
                "replicas.cold_start",
                "queue, start, image and weights of the provider",
                "E",
                "billed from when a machine is asked for",
            )
        )
    if problem.space.market.offers.spot.any() and "spot_share" not in written:
        rows.append(
            ("replicas.spot_share", share_text(block.spot_share), "E", "of a spot offer; the rest runs on demand")
        )
    return rows


def _engines(problem: Problem, listed: list[ServingConfiguration]) -> list[Row]:
    used = {c.engine for c in listed if c.engine}
    rows: list[Row] = [
        (
            f"engine {engine.id}",
            _speed(problem, engine.id),
            engine.tag,
            "fitted to published throughput where rows exist",
        )
        for engine in problem.space.engines
        if engine.id in used
    ]
    if used:
        rows.append(("context of a model", "99 % of the requests fit with a mean answer", "E", "longer ones are cut"))
        rows += _cards(problem, listed)
        rows.append(("step budget", f"{STEP_TOKENS:,.0f} tokens", "C", "prompt tokens that one step takes in at most"))
        rows.append(
            (
                "before the first token",
                f"{FLOOR_S * 1000:g} ms",
                "R",
                "network, tokenizer and HTTP; fitted to online rows",
            )
        )
        rows.append(
            (
                "latency in the busiest minute",
                "of requests that reach the model",
                "E",
                "answers from a cache are faster and left out",
            )
        )
    return rows


def _cards(problem: Problem, listed: list[ServingConfiguration]) -> list[Row]:
    """How models are laid on cards that need more than one, or cannot compute in the precision."""
    machines = [(c.machine, c.precision) for c in listed if c.machine is not None]
    eight = {gpu.id for gpu in problem.catalog.gpus if math.isfinite(gpu.fp8_tflops)}
    rows: list[Row] = []
    if any(machine.tensor_parallel > 1 for machine, _ in machines):
        note = "cards that outnumber the heads of keys and values hold copies of them"
        rows.append(("tensor parallelism", "inside one machine, over 2, 4 or 8 GPUs", "E", note))
    if any(precision == "fp8" and machine.gpu not in eight for machine, precision in machines):
        note = "keys, values and products stay in 16 bit"
        rows.append(("fp8 on cards that do not compute in it", "of the weights alone", "M", note))
    return rows


def _speed(problem: Problem, engine: str) -> str:
    """Its speed beside that of the law, with the factor that covers nine of ten."""
    found = problem.catalog.calibration.constants[f"{ENGINE_SPEED}{engine}"]
    return (
        f"{found.value:.2f} times the law's tokens per second, known to a factor of {math.exp(Z90 * found.spread):.2f}"
    )


def _quality(problem: Problem, listed: list[ServingConfiguration]) -> list[Row]:
    benchmark = problem.quality.baseline.benchmark
    rows: list[Row] = [
        ("quality", f"{benchmark.id} of the base models, as q", "E", "a ranking, not a measurement (DOMAIN 4.3)")
    ]
    for precision in sorted({c.precision for c in listed if c.precision and c.precision != "bf16"}):
        kept, sd = KEPT[precision]
        note = "Kurtic and others, arXiv 2411.02355 (Llama 3.1); other models may lose more"
        rows.append((f"precision {precision}", f"keeps {100 * kept:.1f} ± {164 * sd:.1f} % of the score", "C", note))
    return rows


def _levers(problem: Problem) -> list[Row]:
    rows: list[Row] = []
    if problem.scenario.levers.cascade is not None:
        note = "no token of a first answer is shown before it is judged; p95 of both is a bound, not an estimate"
        rows.append(("cascade: the smaller model's part of a latency target", share_text(FIRST_SHARE), "E", note))
    for name, lever in named(problem.scenario.levers).items():
        told = {
            key: value for key, value in lever.model_dump().items() if key not in ("upfront", "per_month", "always")
        }
        words = ", ".join(
            f"{key} {value:g}" if isinstance(value, float) else f"{key} {value}"
            for key, value in told.items()
            if value is not None
        )
        tag = "U" if lever.model_fields_set else "E"
        rows.append(
            (f"lever {name}", words, tag, "its figures are as the scenario says, or defaults; none is measured here")
        )
    exact, traffic = problem.scenario.levers.exact_cache, problem.space.traffic
    if exact is not None and exact.hit_rate is None and not math.isnan(traffic.repeat_share):
        rows.append(
            (
                "lever exact_cache hit_rate",
                share_text(traffic.repeat_share_within(exact.ttl)),
                "R",
                "repeats in the log",
            )
        )
    return rows


def sources(problem: Problem, listed: list[ServingConfiguration]) -> list[Source]:
    """Where facts of the listed configurations come from."""
    catalog = problem.catalog
    found = [Source(what=what, source=source, as_of=as_of) for what, source, as_of in catalog.sources]
    apis = [choice.api for choice in problem.space.apis] if any(c.way == "api" for c in listed) else []
    if apis:
        found.append(Source(what="API prices", source=apis[0].source, as_of=apis[0].as_of))
    if (log := problem.space.traffic.log) is not None:
        found.append(Source(what="traffic", source=log.file, as_of=log.last.date().isoformat()))
    return found
