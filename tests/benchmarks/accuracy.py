"""`make bench-accuracy`: how well estimates agree with published measurements, fitted on all and held out by publisher.

    python -m tests.benchmarks.accuracy [--json FILE] [--page FOLDER] [--by source,method,gpu,size,sharing]

Prints for every group both figures side by side; never asserts any. Serving, loss curves and spot traces belong to it.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from planner.calibrate.published import PREFIX
from planner.calibrate.serving_fit import PREFIX as SERVING_PREFIX
from planner.catalog.constants import Calibration
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Bools, Catalog
from tests.benchmarks import curves, serving, spot_traces
from tests.benchmarks.calibrate import calibrated_on
from tests.benchmarks.dataset import Dataset, load
from tests.benchmarks.holdout import Judged, judge
from tests.benchmarks.scores import as_json, cover, score, verdicts

TUNING: Final = ("full", "lora", "qlora")
_HEAD = (
    f"{'':44} {'n':>5} {'median':>15} {'of publishers':>15} {'mean':>15} {'bias':>15} {'P90 |ln|':>13} "
    f"{'in 15 %':>11} {'in 25 %':>11} {'under':>11} {'cover':>6} {'width':>6}"
)
_SIZES = ((0, "under 2B"), (2e9, "2B to 6B"), (6e9, "6B to 10B"), (10e9, "10B to 30B"), (30e9, "30B and more"))


def parts_of(data: Dataset) -> dict[str, Bools]:
    """The rows that the targets are about."""
    method = np.array(data.texts("method"), np.str_)
    tuning, complete = np.isin(method, TUNING), np.array(data.complete, bool)
    if data.quantity == "memory":
        return {"fine-tuning, complete rows": tuning & complete, "fine-tuning, partial rows": tuning & ~complete}
    precision = np.array(data.texts("precision"), np.str_)
    low = np.char.find(precision, "fp8") >= 0
    low = low | (np.char.find(precision, "fp4") >= 0)
    stacked = data.rows["named_stack"]
    return {
        "fine-tuning, stack given": tuning & stacked,
        "fine-tuning, no stack": tuning & ~stacked,
        "pre-training, bf16": (method == "pretrain") & ~low,
        "pre-training, bf16, stack given": (method == "pretrain") & ~low & stacked,
        "pre-training, fp8 and fp4": (method == "pretrain") & low,
    }


def labels_of(data: Dataset) -> dict[str, list[str]]:
    """Names to group rows by."""
    catalog, rows = data.rows.catalog, data.rows
    size = [next(name for least, name in reversed(_SIZES) if p >= least) for p in rows["p_total"]]
    return {
        "source": data.texts("source_id"),
        "method": data.texts("method"),
        "gpu": [catalog.gpus[g].id if g >= 0 else "not stated" for g in rows["gpu"]],
        "size": size,
        "sharing": [sharing_of(data, i) for i in range(len(rows))],
    }


def sharing_of(data: Dataset, row: int) -> str:
    """Kind of parallelism of a row, in a few words."""
    s = data.rows.conditions[row].sharing
    if s.in_turn:
        return "device map"
    if s.tensor > 1 or s.pipeline > 1 or s.expert > 1 or s.context > 1:
        return "tensor, pipeline, expert or context"
    if s.data == 1:
        return "one GPU"
    return ("replicas", "states sharded", "gradients sharded", "weights sharded")[s.stage]


def group_scores(judged: Judged, chosen: Bools) -> dict[str, Any]:
    """Both scores and the cover of some rows."""
    where = np.flatnonzero(chosen)
    names = [judged.data.publishers[i] for i in where]
    measured = judged.data.values()
    return {
        "fitted": as_json(score(judged.residuals(judged.predicted)[where], names)),
        "held_out": as_json(score(judged.residuals(judged.held_out)[where], names)),
        "cover": as_json(cover(measured[where], judged.band_low[where], judged.band_high[where])),
    }


def fits_scores(judged: Judged, catalog: Catalog) -> dict[str, Any]:
    """Confusion of fits and out of memory, held out."""
    data = judged.data
    usable = np.array([catalog.gpus[g].usable_gib if g >= 0 else np.nan for g in data.rows["gpu"]])
    fits = [outcome.fits for outcome in data.observed]
    keys = [condition_key(record) for record in data.records]
    return as_json(verdicts(fits, judged.needed_held_out, usable, keys))


def condition_key(record: Any) -> str:
    """The stated conditions of a row as one word."""
    names = (
        "source_id", "model", "gpu_id", "n_gpus", "method", "lora_rank", "lora_targets", "weight_precision",
        "optimizer", "parallelism", "grad_checkpointing", "flash_attention", "loss_kernel", "micro_batch_size",
        "seq_len", "stack",
    )  # fmt: skip
    return "|".join(record.get(name, "") for name in names)


def points(judged: Judged) -> list[dict[str, Any]]:
    """Every row with a figure, for plots."""
    data, labels, measured = judged.data, labels_of(judged.data), judged.data.values()
    where = np.flatnonzero(np.isfinite(measured) & np.isfinite(judged.held_out)).tolist()
    return [
        {
            "place": Path(data.places[i]).name,
            "publisher": data.publishers[i],
            "model": data.records[i]["model"],
            "tier": "complete" if data.complete[i] else "partial",
            "metric": data.records[i].get("metric", ""),
            **{name: words[i] for name, words in labels.items()},
            "measured": round(float(measured[i]), 4),
            "fitted": round(float(judged.predicted[i]), 4),
            "held_out": round(float(judged.held_out[i]), 4),
        }
        for i in where
    ]


def measure(catalog: Catalog) -> dict[str, Any]:
    """Everything the page and the tables show."""
    found: dict[str, Any] = {"catalog": catalog.as_of, "calibrated": calibrated_on(), "quantities": {}}
    for quantity in ("memory", "throughput"):
        data = load(quantity, catalog)
        judged = judge(data, catalog)
        parts = {name: group_scores(judged, chosen) for name, chosen in parts_of(data).items()}
        tables = {
            by: {name: group_scores(judged, np.array(words) == name) for name in sorted(set(words))}
            for by, words in labels_of(data).items()
        }
        found["quantities"][quantity] = {
            "rows": len(data.rows),
            "with_figure": int(np.isfinite(data.values()).sum()),
            "unusable": dict(data.unusable.most_common()),
            "faults": [fault.rpartition("/")[2] for fault in data.faults],
            "parts": parts,
            "tables": tables,
            "constants": _constants(judged.calibration, PREFIX[quantity]),
            "points": points(judged),
        }
        if quantity == "memory":
            found["quantities"][quantity]["fits"] = fits_scores(judged, catalog)
    served = serving.judge_serving(catalog)
    found["serving"] = serving.measure(served) | {"constants": _constants(served.calibration, SERVING_PREFIX)}
    found["loss_curves"] = curves.measure()
    found["spot_traces"] = spot_traces.measure()
    return found


def _constants(calibration: Calibration, prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    explained = ""
    for name, c in calibration.constants.items():  # as the catalog lists them: "the same" looks back
        if not c.means.startswith("the same"):
            explained = name
        if name.startswith(prefix) and c.rows:
            found[name] = {"value": c.value, "error": c.spread, "prior": c.prior, "rows": c.rows, "unit": c.unit}
            found[name] |= {"means": c.means, "as": "" if explained == name else explained}
    return dict(sorted(found.items()))


def print_tables(found: dict[str, Any], by: list[str], write: Callable[[str], None] = print) -> None:
    """Tables for a terminal: fitted / held out in every cell."""
    for quantity, q in found["quantities"].items():
        write(
            f"\n{quantity}: {q['rows']} usable rows, {q['with_figure']} with a figure; "
            "every cell: fitted on all / publisher held out"
        )
        write(_HEAD)
        for name, group in q["parts"].items():
            write(_line(name, group))
        for title in by:
            write(f"\n  by {title}")
            for name, group in q["tables"][title].items():
                if group["held_out"]["n"]:
                    write(_line(f"  {name}", group))
        if "fits" in q:
            f = q["fits"]
            write(
                f"\n  fits or out of memory, held out: {f['caught']} of {f['out_of_memory']} out-of-memory rows caught "
                f"({f['caught_share']:.1%}), {f['passed']} of {f['fitting']} fitting rows passed "
                f"({f['passed_share']:.1%}); "
                f"{f['contradictory']} out-of-memory rows state the conditions of a row that fits; "
                f"{f['clear_caught']} of the others caught ({f['clear_caught_share']:.1%})"
            )
        write(f"\n  {sum(q['unusable'].values())} rows not usable")
        for reason, count in q["unusable"].items():
            write(f"    {count:5} {reason}")
        for fault in q["faults"]:
            write(f"    {fault}")


def _line(name: str, group: dict[str, Any]) -> str:
    a, b, c = group["fitted"], group["held_out"], group["cover"]

    def pair(key: str, width: int, form: str = ".1%") -> str:
        both = [format(x[key], form) if x[key] is not None else "-" for x in (a, b)]
        return f"{both[0]} / {both[1]}".rjust(width)

    cells = [pair("median_ape", 15), pair("of_publishers", 15), pair("mape", 15), pair("bias", 15, "+.3f")]
    cells += [
        pair("p90", 13, ".2f"),
        pair("within_15", 11, ".0%"),
        pair("within_25", 11, ".0%"),
        pair("under", 11, ".0%"),
    ]
    covered = "     -" if c["share"] is None else f"{c['share']:6.1%}"
    width = "     -" if c["width"] is None else f"{c['width']:6.2f}"
    return f"{name[:44]:44} {b['n']:5} {' '.join(cells)} {covered} {width}"


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", type=Path, help="write all figures there")
    parser.add_argument("--page", type=Path, help="write the page with scatter plots into this folder")
    parser.add_argument("--by", default="source,method,gpu,size,sharing")
    given = parser.parse_args()
    found = measure(load_catalog())
    print_tables(found, [word for word in given.by.split(",") if word])
    serving.print_figures(found["serving"])
    curves.print_figures(found["loss_curves"])
    spot_traces.print_figures(found["spot_traces"])
    if given.json:
        given.json.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if given.page:
        from tests.benchmarks.accuracy_page import write_page

        write_page(found, given.page)


if __name__ == "__main__":
    main()
