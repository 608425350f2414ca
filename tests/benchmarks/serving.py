"""Served throughput: the law against published rows, fitted on all, and with every model and every card held out.

All rows are one vendor's, so publishers cannot be held out. Rows in fp4, of an offered load, of engines with few rows
and of layouts that the law does not have are reported apart; only the constant of fp4 sees fp4 rows.
`python -m tests.benchmarks.serving` prints the tables alone.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from planner.calibrate.serving_fit import (
    ENGINE_ROWS,
    fitted_serving,
    serving_bands,
    serving_figures,
    serving_groups,
)
from planner.catalog.constants import Band, Calibration
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Bools, Catalog, Floats, Ints
from planner.measured.serving import ServingRow, predict_served, serving_row, serving_words
from planner.measured.table import Unusable, read_rows
from tests.benchmarks.dataset import FOLDER
from tests.benchmarks.scores import as_json, cover, score

NEEDED: Final = ("model", "gpu_id", "n_gpus", "precision", "input_len", "output_len", "tokens_per_s", "publisher")
PIPELINED: Final = ("rtx-pro-6000-bse", "llama-3.3-70b")
"""Card and model of rows that the source splits by layers (TP1, PP2 to PP8: perf-overview.md@00f37686); the columns do
not say so, and the law is for tensor parallelism."""
MAIN: Final = "fp8 and 16 bit"


@dataclass(frozen=True, slots=True)
class ServingData:
    """Usable rows."""

    rows: tuple[ServingRow, ...]
    records: tuple[Mapping[str, str], ...]
    measured: Floats
    """Output tokens per second of the replica."""
    unusable: Counter[str]

    @property
    def models(self) -> list[str]:
        """Printed model of every row."""
        return [record["model"] for record in self.records]

    @property
    def offered(self) -> Bools:
        """Rows of an offered load, even an endless one, which 500 requests do not saturate."""
        return np.array([record.get("concurrency", "").startswith("qps") for record in self.records], bool)

    @property
    def pipelined(self) -> Bools:
        """Rows whose layout the law does not have."""
        return np.array([(r.gpu.id, getattr(r.model, "id", "")) == PIPELINED and r.gpus > 1 for r in self.rows], bool)

    @property
    def used(self) -> Bools:
        """Rows that constants are fitted to."""
        engines = Counter(row.engine.id for row in self.rows)
        enough = np.array([engines[row.engine.id] >= ENGINE_ROWS for row in self.rows], bool)
        return enough & ~self.offered & ~self.pipelined


@dataclass(frozen=True, slots=True)
class ServingJudged:
    """The rows and what is predicted for them."""

    data: ServingData
    calibration: Calibration
    """Fitted on all rows that are used."""
    predicted: Floats
    by_model: Floats
    """By constants that rows of the model took no part in."""
    by_card: Floats
    """By constants that rows of the card took no part in."""
    band_low: Floats
    """Ends of the 90 % band about `by_model`, from the residuals of other models."""
    band_high: Floats

    def residuals(self, predicted: Floats) -> Floats:
        """ln(measured/predicted) of every row."""
        return np.asarray(np.log(self.data.measured / predicted), np.float64)

    @property
    def bands(self) -> dict[str, Band]:
        """Bands for users, whose models are in nobody's rows."""
        where = np.flatnonzero(self.data.used)
        rows = [self.data.rows[i] for i in where.tolist()]
        models = [self.data.models[i] for i in where.tolist()]
        return serving_bands(serving_groups(rows), self.residuals(self.by_model)[where], models)


def load_serving(catalog: Catalog) -> ServingData:
    """Usable rows of serving.csv, and the reasons of the rest."""
    table = read_rows(FOLDER / "serving.csv", NEEDED)
    rows, records, unusable = [], [], Counter[str]()
    for record in table.records():
        try:
            rows.append(serving_row(record, catalog))
            records.append(record)
        except Unusable as why:
            unusable[str(why)] += 1
    measured = np.array([float(record["tokens_per_s"]) for record in records], np.float64)
    return ServingData(tuple(rows), tuple(records), measured, unusable)


def judge_serving(catalog: Catalog) -> ServingJudged:
    """Fit on all rows used, then once per model and once per card without it."""
    data, prior = load_serving(catalog), catalog.calibration
    everyone = np.flatnonzero(data.used)
    whole = _fit(data, everyone, prior)
    models = np.array(data.models, np.str_)
    cards = np.array([row.gpu.id for row in data.rows], np.str_)
    by_model, by_card = (_held_out(data, names, prior) for names in (models, cards))
    residuals = np.log(data.measured / by_model)
    groups = serving_groups(data.rows)
    low, high = np.full(len(data.rows), np.nan), np.full(len(data.rows), np.nan)
    for name in sorted(set(data.models)):
        own = models == name
        others = {group: members & data.used & ~own for group, members in groups.items()}
        for group, band in serving_bands(others, residuals, data.models).items():
            low[own & groups[group]], high[own & groups[group]] = band.low, band.high
    predicted = serving_figures(data.rows, whole)
    return ServingJudged(
        data, whole, predicted, by_model, by_card, by_model * np.exp(low), by_model * np.exp(high)
    )  # fmt: skip


def _fit(data: ServingData, chosen: Ints, prior: Calibration) -> Calibration:
    return fitted_serving(prior, [data.rows[i] for i in chosen.tolist()], data.measured[chosen])


def _held_out(data: ServingData, names: Any, prior: Calibration) -> Floats:
    found = np.full(len(data.rows), np.nan)
    for name in np.unique(names):
        own = np.flatnonzero(names == name)
        others = np.flatnonzero(data.used & (names != name))
        found[own] = serving_figures([data.rows[i] for i in own.tolist()], _fit(data, others, prior))
    return found


def parts_of(data: ServingData) -> dict[str, Bools]:
    """The rows that the targets are about, and those that are reported apart."""
    kind = np.array([row.kind for row in data.rows], np.str_)
    used = data.used
    return {
        f"dense, {MAIN}": used & (kind == "dense"),
        f"mixtures, {MAIN}": used & (kind == "mixture"),
        "fp4": used & (kind == "fp4"),
        "fp4, split by layers (not modelled)": data.pipelined,
        "offered load of 500 requests": data.offered,
        "engines of few rows": ~used & ~data.offered & ~data.pipelined,
    }


def labels_of(data: ServingData) -> dict[str, list[str]]:
    """Names to group the rows used in 8 and 16 bit by."""
    return {
        "engine": [row.engine.id for row in data.rows],
        "model": data.models,
        "gpu": [row.gpu.id for row in data.rows],
    }


def group_scores(judged: ServingJudged, chosen: Bools) -> dict[str, Any]:
    """Scores of some rows, all in the fit, and with their model or their card held out."""
    where = np.flatnonzero(chosen)
    names = [judged.data.models[i] for i in where.tolist()]
    ways = {"fitted": judged.predicted, "held_out": judged.by_model, "card_held_out": judged.by_card}
    found = {way: as_json(score(judged.residuals(figures)[where], names)) for way, figures in ways.items()}
    measured = judged.data.measured
    return found | {"cover": as_json(cover(measured[where], judged.band_low[where], judged.band_high[where]))}


def measure(judged: ServingJudged) -> dict[str, Any]:
    """All figures of the tables."""
    data = judged.data
    main = data.used & np.array([row.kind != "fp4" for row in data.rows], bool)
    sequences = predict_served(data.rows, judged.calibration).sequences
    return {
        "rows": len(data.rows),
        "used": int(data.used.sum()),
        "unusable": dict(data.unusable.most_common()),
        "said_not_to_fit": int((sequences < 1).sum()),
        "parts": {name: group_scores(judged, chosen) for name, chosen in parts_of(data).items()},
        "tables": {
            by: {
                name: group_scores(judged, main & (np.array(words) == name))
                for name in sorted({word for word, keep in zip(words, main, strict=True) if keep})
            }
            for by, words in labels_of(data).items()
        },
    }


def seen_serving(judged: ServingJudged) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[str, ...]]]:
    """Ranges and words of the rows used, so that a replica outside of them can be told so."""
    rows = [judged.data.rows[i] for i in np.flatnonzero(judged.data.used).tolist()]
    figures: dict[str, Sequence[float]] = {
        "parameters": [getattr(row.model, "params_total", np.nan) for row in rows],
        "length_tokens": [row.input_tokens + row.output_tokens for row in rows],
        "gpus": [row.gpus for row in rows],
    }
    words = [serving_words(row) for row in rows]
    ranges = {name: (float(np.nanmin(values)), float(np.nanmax(values))) for name, values in figures.items()}
    return ranges, {name: tuple(sorted({each[name] for each in words})) for name in words[0]}


def print_figures(found: Mapping[str, Any], write: Callable[[str], None] = print) -> None:
    """Tables for a terminal: fitted / model held out / card held out in every cell."""
    write(
        f"\nserving: {found['rows']} usable rows, {found['used']} in the fit, {found['said_not_to_fit']} of the usable "
        "said not to fit; every cell: fitted on all / model held out / card held out"
    )
    write(f"{'':40} {'n':>4} {'median':>22} {'mean':>22} {'bias':>22} {'cover':>6} {'width':>6}")
    for name, group in found["parts"].items():
        write(_line(name, group))
    for by, groups in found["tables"].items():
        write(f"\n  by {by}, {MAIN}")
        for name, group in groups.items():
            write(_line(f"  {name}", group))
    write(f"\n  {sum(found['unusable'].values())} rows not usable")
    for reason, count in found["unusable"].items():
        write(f"    {count:5} {reason}")


def _line(name: str, group: Mapping[str, Any]) -> str:
    ways, covered = [group[way] for way in ("fitted", "held_out", "card_held_out")], group["cover"]

    def three(key: str, form: str = ".1%") -> str:
        return " / ".join(format(way[key], form) if way[key] is not None else "-" for way in ways).rjust(22)

    share, width = (covered[key] for key in ("share", "width"))
    ends = "     -      -" if share is None else f"{share:6.1%} {width:6.2f}"
    return f"{name[:40]:40} {ways[0]['n']:4} {three('median_ape')} {three('mape')} {three('bias', '+.2f')} {ends}"


if __name__ == "__main__":
    print_figures(measure(judge_serving(load_catalog())))
