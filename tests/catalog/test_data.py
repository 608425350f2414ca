"""Integrity of the shipped data, row by row."""

import csv
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from planner.catalog.ages import earliest_day
from planner.catalog.loader import load_catalog
from planner.catalog.rows import Gpu
from planner.resources import CATALOG_DATA

CATALOG = load_catalog()
TABLES = sorted(CATALOG_DATA.glob("*.csv"))
DATED = re.compile(r"as of (release available )?\d{4}-\d{2}-\d{2}")
SCORED_BUT_NOT_IN_THE_CATALOG = {
    "Phi-3-mini-4k-instruct",
    "Phi-3.5-mini-instruct",
    "Qwen1.5-32B",
    "Qwen2-0.5B",
    "Qwen2-1.5B",
    "Qwen2-72B",
    "Qwen2-7B",
    "Qwen2-7B-Instruct",
    "Yi-1.5-34B",
}


def rows(file: str) -> list[dict[str, str]]:
    lines = (CATALOG_DATA / file).read_text("utf-8").splitlines(keepends=True)
    return list(csv.DictReader(lines[1:]))


@pytest.mark.parametrize("path", [*TABLES, *sorted(CATALOG_DATA.glob("*.yaml"))], ids=lambda path: path.name)
def test_every_file_names_its_source_and_date(path: Path) -> None:
    head = re.match(r"(#.*\n)+", path.read_text("utf-8"))
    assert head, f"{path.name} has no # header"
    assert DATED.search(head[0]) or "source" in path.read_text("utf-8").split("\n")[1].split(",")


def test_no_file_holds_a_machine_path() -> None:
    for path in CATALOG_DATA.iterdir():
        assert "/work/" not in path.read_text("utf-8")


def test_prices() -> None:
    offers = CATALOG.offers
    assert (offers.price_usd_per_hour > 0).all()
    per_gpu = offers.price_usd_per_hour / offers.gpu_count
    assert (per_gpu < 60).all()
    assert (per_gpu > 0.03).all()
    priced = rows("prices.csv")
    for row in priced:
        if row["spot_price_usd_per_hour"]:
            assert float(row["spot_price_usd_per_hour"]) < float(row["price_usd_per_hour"]), row
    keys = Counter((row["provider"], row["instance_type"], row["region"]) for row in priced)
    assert keys.most_common(1)[0][1] == 1


def test_dates_parse_and_none_is_after_the_catalogs() -> None:
    today = earliest_day(CATALOG.as_of)
    for file in ("prices.csv", "carbon.csv", "storage_network.csv", "sources.csv"):
        for row in rows(file):
            assert earliest_day(row["as_of"]) <= today, row


def test_prices_name_known_cards_and_providers() -> None:
    cards, providers = {gpu.name for gpu in CATALOG.gpus}, {p.id for p in CATALOG.providers}
    for row in rows("prices.csv"):
        assert row["gpu"] in cards, row
        assert row["provider"] in providers, row


MAY_BE_UNKNOWN = {"memory_gib", "vcpus", "max_run_hours", "availability", "spot_twin_usd_per_hour", "preemption_cv"}


def test_every_number_of_an_offer_is_known_except_those_that_may_be_unknown() -> None:
    offers = CATALOG.offers
    for name in offers.__dataclass_fields__:
        column = getattr(offers, name)
        if name == "providers":
            continue
        assert len(column) == len(offers)
        if column.dtype == np.float64 and name not in MAY_BE_UNKNOWN:
            assert np.isfinite(column).all(), name
    assert (offers.pue >= 1).all()
    assert (offers.grid_kg_per_kwh < 1.2).all()


def test_a_selection_of_offers_keeps_its_columns() -> None:
    some = CATALOG.offers.take(np.array([5, 0]))
    assert len(some) == 2
    assert some.instance[1] == CATALOG.offers.instance[0]


def test_scores_join_a_model_or_are_listed() -> None:
    ids = {model.id for model in CATALOG.models}
    assert {score.printed_model for score in CATALOG.scores if not score.model} == SCORED_BUT_NOT_IN_THE_CATALOG
    assert {score.model for score in CATALOG.scores} <= ids | {""}
    assert all(0 <= score.points <= 100 for score in CATALOG.scores)


def test_one_score_per_model_benchmark_shots_and_variant() -> None:
    """Two sources may print a score, if they print the same."""
    points: dict[tuple[str, ...], set[float]] = {}
    for s in CATALOG.scores:
        points.setdefault((s.printed_model, s.benchmark, s.shots, s.variant), set()).add(s.points)
    assert {key: values for key, values in points.items() if len(values) > 1} == {}


def test_benchmarks_have_comparable_base_scores_and_tasks_use_them() -> None:
    base = Counter((s.benchmark, s.shots) for s in CATALOG.scores if s.variant == "base" and s.model)
    for task in CATALOG.tasks:
        usable = [
            b for b in CATALOG.benchmarks if b.id in task.benchmarks and any(base[b.id, shots] for shots in b.shots)
        ]
        assert usable, f"no base model has a comparable score for {task.id}"
    assert {"chat", "code", "math", "knowledge", "extraction", "general"} == {task.id for task in CATALOG.tasks}
    for benchmark in CATALOG.benchmarks:
        floor = [s.points for s in CATALOG.scores if s.benchmark == benchmark.id and s.shots in benchmark.shots]
        assert floor, f"no score for {benchmark.id}"


@pytest.mark.parametrize("card", CATALOG.gpus, ids=lambda card: card.id)
def test_utilisation_is_sane(card: Gpu) -> None:
    assert 0.4 <= card.e0 <= 0.96
    assert 900 <= card.h0 <= 1600
    assert 100 <= card.t0_tokens <= 4500
    assert 0.15 <= card.eta_attention <= 0.65
    assert 0.88 * card.mem_gib <= card.usable_gib <= card.mem_gib
    assert 5 <= card.link_gb_s <= 800
    assert card.overlap in (0.5, 0.85)
    assert 0.25 <= card.sigma_ln <= 0.5
    assert card.utilisation_tag == ("R" if card.sigma_ln == 0.25 else "E")
    if card.nvlink_gb_s:
        assert card.link_gb_s <= card.nvlink_gb_s / 2 or card.bridge
    if card.bridge or "PCIe" in card.interconnect:
        assert card.link_gb_s <= card.pcie_gb_s / 2, "no bridge is assumed"


def test_fitted_cards_are_as_published() -> None:
    fitted = {g.id: (g.e0, g.h0, g.t0_tokens, g.eta_attention) for g in CATALOG.gpus if g.utilisation_tag == "R"}
    assert fitted == {
        "a100-80gb-sxm": (0.946, 991, 1196, 0.577),
        "a100-40gb-sxm": (0.917, 988, 2379, 0.616),
        "h100-sxm": (0.823, 1590, 2090, 0.323),
    }


def test_support_names_known_stacks_and_methods_and_every_pair_has_a_speed() -> None:
    stacks = {stack.id: stack for stack in CATALOG.stacks}
    methods = {method.id: method for method in CATALOG.methods}
    for line in CATALOG.support:
        assert line.stack in stacks
        assert set(line.methods) <= methods.keys()
        if line.ok:
            speeds = [stacks[line.stack].speed(methods[name]) for name in line.methods]
            assert np.isfinite(speeds).all(), f"{line.stack} lacks a speed"
    used = {(line.stack, method) for line in CATALOG.support for method in line.methods}
    assert {(s.id, m) for s in CATALOG.stacks for m in s.k} <= used, "a speed without a line of support"
    assert {m for line in CATALOG.support if line.stack == "hf-trainer" for m in line.methods} == methods.keys()


def test_stacks_are_plausible() -> None:
    for stack in CATALOG.stacks:
        assert all(0.5 <= k <= 1.3 for k in stack.k.values()), stack.id
        assert all(0.1 <= s <= 0.5 for s in stack.sigma_ln.values()), stack.id
        order = [stack.k[m] for m in ("full", "lora", "qlora") if m in stack.k]
        assert order == sorted(order, reverse=True), f"{stack.id}: full >= lora >= qlora"
        floors = [stack.layer_overhead_us[m] for m in ("full", "lora", "qlora") if m in stack.k]
        assert floors == sorted(floors), stack.id
        assert len(stack.source) > 10
        assert "single" in stack.parallelism


def test_notice_and_sources_name_the_same_sources() -> None:
    notice = (Path(__file__).resolve().parents[2] / "NOTICE").read_text("utf-8")
    for row in rows("sources.csv"):
        assert f"- {row['source']}\n  licence: {row['licence']};" in notice
    assert len(CATALOG.sources) == len(rows("sources.csv"))
