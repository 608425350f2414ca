"""An overlay in a plan: it changes what it says and nothing else, and the plan says so."""

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml

import planner
from planner.calibrate.laying import overlaid
from planner.calibrate.overlay import Overlay, overlay_text
from planner.calibrate.reading import overlay_schema, read_overlay
from planner.catalog.constants import STACK_SPEED
from planner.outcome import Configuration, Plan
from planner.report.gather import report_data
from planner.report.sections.markdown import markdown
from planner.report.sections.text import text
from planner.source import InvalidInput
from tests.calibrate.known_truth import CATALOG

SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "small"},
    "models": ["qwen2.5-7b"],
    "methods": ["lora"],
    "stacks": ["hf-trainer", "unsloth"],
    "dataset": {"samples": "20k", "tokens_per_sample": {"mean": 400, "p95": 1200}},
    "hardware": {"gpus": ["l40s"], "counts": [1], "providers": ["gcp", "runpod", "aws"], "tiers": ["on_demand", "spot"],
                 "allow": ["marketplace", "low_confidence", "derived_spot"]},
    "quality": {"task": "general"},
}  # fmt: skip
HEAD = {
    "api_version": "planner/v1",
    "kind": "CalibrationOverlay",
    "runs": {"used": 12, "left_out": 0, "first": "2026-01-02", "last": "2026-03-04", "digest": "1" * 64},
    "catalog": {"as_of": CATALOG.as_of, "digest": CATALOG.digest},
}
ONE = {"runs": 12, "before": 1.0, "error": 0.03}
SPEED = {"speed": {"hf-trainer": ONE | {"value": 0.8 * CATALOG.calibration[STACK_SPEED + "hf-trainer"]}}}
MEMORY = {"memory": {"hf-trainer": ONE | {"value": 1.1}}}
PRICE = {"price": {"aws/on_demand": ONE | {"value": 0.9}}}
RATE = {
    "preemption": {
        "aws/spot": {"runs": 4, "before": 0.25, "value": 0.5, "shape": 16.0, "hours": 32.0, "preemptions": 14,
                     "running_hours": 24.0},
    }
}  # fmt: skip
QUALITY = {"quality": {"general": {"runs": 3, "mean": 0.3, "sd": 0.16}}}
BAND = {"low": -0.08, "high": 0.08, "runs": 12, "way": "conformal"}
BANDS = {"bands": {"throughput": {"hf-trainer/l40s": BAND}, "memory": {"hf-trainer": BAND}}}


def write(folder: Path, *parts: dict[str, Any]) -> Path:
    """An overlay with these parts."""
    data = HEAD.copy()
    for part in parts:
        data |= part
    path = folder / "overlay.yaml"
    path.write_text(overlay_text(Overlay.model_validate(data)), "utf-8")
    return path


def everything(tmp_path: Path, overlay: Path | None, name: str) -> dict[str, dict[str, str]]:
    """Every combination, by what identifies it."""
    import csv

    from planner.planning import read_scenario, write_candidates

    ready = read_scenario(SCENARIO, calibration=overlay)
    with write_candidates(ready, tmp_path / f"{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = ("stack", "provider", "instance", "region", "tier")
    return {"/".join(row[key] for key in keys): row for row in rows}


@pytest.mark.parametrize(
    ("part", "moves", "of"),
    [
        (SPEED, {"hours", "cost_usd"}, "hf-trainer/"),
        (MEMORY, {"memory_gib"}, "hf-trainer/"),
        (PRICE, {"cost_usd"}, "/aws/"),
        (RATE, {"hours", "cost_usd"}, "/aws/"),
        (QUALITY, {"quality"}, ""),
    ],
    ids=["speed", "memory", "price", "preemption", "quality"],
)
def test_it_moves_what_it_says_and_only_there(part: dict[str, Any], moves: set[str], of: str, tmp_path: Path) -> None:
    before, after = everything(tmp_path, None, "a"), everything(tmp_path, write(tmp_path, part), "b")
    assert before.keys() == after.keys()
    figures = ("hours", "cost_usd", "memory_gib", "quality", "carbon_kg")
    touched = 0
    for key, row in before.items():
        different = {name for name in figures if row[name] != after[key][name]} - {"carbon_kg"}
        if of not in key or (part is PRICE and "/spot" in key) or (part is RATE and "/on_demand" in key):
            assert not different, key
        elif row["hours"] not in ("", "nan"):
            assert different >= moves, (key, different)
            touched += 1
    assert touched > 1


def the_estimate(overlay: Path | None, **picks: Any) -> Configuration:
    where: dict[str, Any] = {"stack": "hf-trainer", "provider": "aws", "tier": "on_demand", "region": "us-east-1"}
    where |= picks
    from planner.planning import estimate_scenario

    scenario = SCENARIO | {"stacks": [where.pop("stack")]}
    return estimate_scenario(scenario, calibration=overlay, instance="g6e.xlarge", **where).configuration


def test_figures_follow_the_factors(tmp_path: Path) -> None:
    a = the_estimate(None)
    b = the_estimate(write(tmp_path, SPEED, MEMORY, PRICE, QUALITY, BANDS))
    assert b.memory_gib.total == pytest.approx(1.1 * a.memory_gib.total)
    assert b.memory_gib.weights == pytest.approx(1.1 * a.memory_gib.weights)
    assert 1.2 < b.work.step_s / a.work.step_s < 1.26
    assert b.offer.price_usd_per_hour == pytest.approx(0.9 * (a.offer.price_usd_per_hour or 0))
    assert b.quality_parts["yours"] == pytest.approx(0.3)
    assert b.hours_label == "speed calibrated with 12 runs of yours"
    assert b.memory_gib.label.startswith("calibrated with 12 runs of yours")
    assert b.quality_label.startswith("calibrated with 3 evaluations of yours")
    assert (b.hours_hi or 0) / (b.hours or 1) < (a.hours_hi or 0) / (a.hours or 1)
    assert (b.quality_hi or 0) - (b.quality_lo or 0) < (a.quality_hi or 0) - (a.quality_lo or 0)


def test_a_card_without_runs_keeps_its_label(tmp_path: Path) -> None:
    path = write(tmp_path, SPEED, {"bands": {"throughput": {"hf-trainer/l4": BAND}}})
    a, b = the_estimate(None), the_estimate(path)
    assert b.hours_label == a.hours_label
    assert "of yours" not in b.hours_label


def test_a_method_that_runs_were_not_of_is_extrapolated_with_a_wider_band(tmp_path: Path) -> None:
    of_full = BAND | {"methods": ["full"], "least_parameters": 1e9, "most_parameters": 1e11}
    parts = {"throughput": {"hf-trainer/l40s": BAND}}, {"throughput": {"hf-trainer/l40s": of_full}}
    like, unlike = (the_estimate(write(tmp_path, SPEED, {"bands": part})) for part in parts)
    assert like.hours_label == "speed calibrated with 12 runs of yours"
    assert unlike.hours_label == "speed extrapolated from 12 runs of yours: no run of yours by lora"
    assert unlike.hours == like.hours
    assert (unlike.hours_hi or 0) > (like.hours_hi or 0)


def test_a_known_rate_narrows_the_band_of_a_spot_run(tmp_path: Path) -> None:
    history = RATE["preemption"]["aws/spot"] | {"value": 0.25, "shape": 100.0, "hours": 400.0}
    offers = overlaid(
        CATALOG, Overlay.model_validate(HEAD | {"preemption": {"aws/spot": history}}), "o", "0" * 64
    ).offers
    mine = np.array(offers.providers)[offers.provider] == "aws"
    narrow = np.array([not rate.whole_provider for rate in CATALOG.spot_rates])[offers.spot_rate] & mine
    assert (offers.preemption_cv[mine & ~narrow] == 0.1).all()
    assert np.isnan(offers.preemption_cv[~mine]).all()
    assert (offers.preemption_per_hour[mine & ~narrow] == 0.25).all()


def test_a_history_updates_what_is_known_of_each_machine() -> None:
    """14 preemptions in 24 hours, on the Gamma of the row that is true of it."""
    offers = overlaid(CATALOG, Overlay.model_validate(HEAD | RATE), "o", "0" * 64).offers
    index = next(i for i, rate in enumerate(CATALOG.spot_rates) if rate.gpu == "h100-sxm")
    shape, hours = CATALOG.spot_rates[index].gamma
    mine = offers.spot_rate == index
    assert mine.any()
    assert offers.preemption_per_hour[mine] == pytest.approx((shape + 14) / (hours + 24))
    assert offers.preemption_cv[mine] == pytest.approx((shape + 14) ** -0.5)


def test_the_plan_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, SPEED, MEMORY, PRICE, RATE, QUALITY, BANDS)
    plan = planner.plan(SCENARIO, calibration=path)
    assert plan.calibration is not None
    assert (plan.calibration.file, plan.calibration.runs) == ("overlay.yaml", 12)
    assert plan.catalog.digest == CATALOG.digest
    told = {a.key: a for a in plan.assumptions if a.key.startswith("calibration ")}
    assert set(told) == {
        "calibration speed.stack.hf-trainer",
        "calibration peak.stack.hf-trainer",
        "calibration price aws/on_demand",
        "calibration preemption aws/spot",
        "calibration quality general",
        "calibration band throughput/hf-trainer/l40s",
        "calibration band memory/hf-trainer",
    }
    assert told["calibration price aws/on_demand"].value == "1.00 → 0.900"
    assert {a.tag for a in told.values()} == {"U"}
    assert "12 runs of yours" in told["calibration speed.stack.hf-trainer"].note
    assert any(s.what == "calibration with 12 runs of yours" for s in plan.sources)
    line = "Calibrated with 12 runs of yours from 2026-01-02 to 2026-03-04 (overlay.yaml)."
    assert line in text(report_data(plan), 200)
    assert line in markdown(report_data(plan))
    assert line in page(plan)


def page(plan: Plan) -> str:
    from planner.report.printing.html import html
    from planner.report.printing.template import find_template

    return html(report_data(plan), find_template("technical"), (), {})


def test_a_plan_without_one_says_nothing_of_it() -> None:
    plan = planner.plan(SCENARIO)
    assert plan.calibration is None
    assert "alibrated with" not in text(report_data(plan))
    assert "alibrated with" not in page(plan)


def test_same_overlay_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path, SPEED, RATE)
    one, two = (planner.plan(SCENARIO, calibration=path).model_dump_json() for _ in range(2))
    assert one == two


def repository(tmp_path: Path, written: str) -> Path:
    """A repository with a scenario in a folder of its own that names an overlay."""
    (tmp_path / "here" / ".git").mkdir(parents=True)
    folder = tmp_path / "here" / "scenarios"
    folder.mkdir()
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(SCENARIO | {"calibration": written}), "utf-8")
    return path


def test_a_scenario_names_it_by_its_path_from_there(tmp_path: Path) -> None:
    scenario = repository(tmp_path, "../overlay.yaml")
    write(tmp_path / "here", SPEED)
    plan = planner.plan(scenario)
    assert plan.calibration is not None
    assert plan.calibration.file == "overlay.yaml"


def test_the_command_line_counts_more(tmp_path: Path) -> None:
    scenario = repository(tmp_path, "overlay.yaml")
    write(scenario.parent, SPEED)
    other = write(tmp_path, MEMORY)
    plan = planner.plan(scenario, calibration=other)
    assert [a.key for a in plan.assumptions if a.key.startswith("calibration ")] == [
        "calibration peak.stack.hf-trainer"
    ]


@pytest.mark.parametrize("written", ["../../overlay.yaml", "/etc/passwd", "link.yaml", "../../../../../../etc/passwd"])
def test_nothing_outside_the_repository_is_read(written: str, tmp_path: Path) -> None:
    scenario = repository(tmp_path, written)
    outside = write(tmp_path, SPEED)
    (scenario.parent / "link.yaml").symlink_to(os.path.relpath(outside, scenario.parent))
    with pytest.raises(InvalidInput, match="lies outside the repository"):
        planner.plan(scenario)


def test_an_overlay_for_another_catalog_is_used_with_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path, SPEED, {"catalog": {"as_of": "2026-01-01", "digest": "2" * 64}})
    assert any(
        "made with another catalog, as of 2026-01-01" in told
        for told in planner.plan(SCENARIO, calibration=path).warnings
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "FineTune"}, "is no CalibrationOverlay"),
        ({"speed": {"hf-trainr": ONE | {"value": 1.0}}}, "no stack 'hf-trainr'"),
        ({"speed": {"hf-trainer": ONE | {"value": -1.0}}}, "at speed.hf-trainer.value"),
        ({"price": {"aws": ONE | {"value": 1.0}}}, "no provider and tier 'aws'"),
        ({"quality": {"chatter": {"runs": 1, "mean": 0.1, "sd": 0.1}}}, "no task 'chatter'"),
        ({"bands": {"throughput": {"hf-trainer/l41": BAND}}}, "did you mean 'hf-trainer/l4"),
        ({"bands": {"throughput": {"hf-trainer/l4": BAND | {"low": 5.0}}}}, "low 5 is above high"),
        ({"color": 1}, "unknown key 'color'"),
    ],
    ids=["kind", "stack", "negative", "tier", "task", "card", "band", "key"],
)
def test_a_broken_overlay_is_told_with_its_place(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text(yaml.safe_dump(HEAD | change), "utf-8")
    with pytest.raises(InvalidInput) as caught:
        read_overlay(path, "overlay.yaml", CATALOG)
    assert told in str(caught.value)
    assert "overlay.yaml:" in str(caught.value)
    with pytest.raises(InvalidInput, match="overlay"):
        planner.plan(SCENARIO, calibration=path)


def test_what_is_written_keeps_its_schema_and_comes_back(tmp_path: Path) -> None:
    path = write(tmp_path, SPEED, MEMORY, PRICE, RATE, QUALITY, BANDS)
    data = yaml.safe_load(path.read_text("utf-8"))
    jsonschema.validate(data, overlay_schema())
    overlay, digest = read_overlay(path, "overlay.yaml", CATALOG)
    assert overlay_text(overlay) == path.read_text("utf-8")
    assert len(digest) == 64


def test_laying_leaves_the_catalog_itself_alone(tmp_path: Path) -> None:
    before = json.dumps(CATALOG.offers.price_usd_per_hour.tolist())
    overlay, digest = read_overlay(write(tmp_path, SPEED, PRICE, RATE), "o", CATALOG)
    changed = overlaid(CATALOG, overlay, "o", digest)
    assert json.dumps(CATALOG.offers.price_usd_per_hour.tolist()) == before
    assert not CATALOG.calibration.overlays
    same = {f.name for f in dataclasses.fields(CATALOG)} - {"calibration", "offers"}
    assert all(getattr(changed, name) is getattr(CATALOG, name) for name in same)
