"""Catalog overlays in plans: private prices, machines and cards of one's own, currencies and taxes."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import planner
from planner.catalog.loader import load_catalog
from planner.outcome import Configuration
from planner.planning import check_scenario, estimate_scenario, plan_ready, read_scenario
from planner.resources import SCENARIOS
from planner.source import InvalidInput
from planner.space.overlay.laying import lay_overlays

pytestmark = pytest.mark.usefixtures("without_advice")

CATALOG = load_catalog()
SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "small"},
    "models": ["qwen2.5-7b"],
    "methods": ["lora"],
    "dataset": {"samples": "20k", "tokens_per_sample": {"mean": 400, "p95": 1200}},
    "hardware": {"gpus": ["h100-sxm"], "counts": [8], "providers": ["aws"], "regions": ["us-east-1"]},
}
NODE = {
    "provider": "acme-dc", "instance": "node-1", "gpu": "h100-sxm", "gpu_count": 8, "vcpus": 192, "memory_gib": 2048,
    "regions": ["dc1"], "country": "DE", "price": "18 EUR", "as_of": "2026-10-01",
}  # fmt: skip
DATA_CENTRE = {"id": "acme-dc", "billing_granularity_s": 3600, "grid_gco2e_per_kwh": 120, "pue": 1.2}
RATE = {
    "provider": "aws", "instance": "p5.48xlarge", "regions": ["us-east-1"], "price": "$27.52", "as_of": "2026-11-01",
    "until": "2027-10-31", "source": "contract 4711",
}  # fmt: skip
EDP = {"provider": "aws", "gpus": ["h100*"], "percent": 18, "source": "EDP"}


def write(folder: Path, scenario: dict[str, Any], *overlays: dict[str, Any]) -> Path:
    """A scenario in a repository, and the overlays that it names."""
    (folder / ".git").mkdir(exist_ok=True)
    names = []
    for i, parts in enumerate(overlays):
        names.append(f"prices-{i}.yaml")
        head = {"api_version": "planner/v1", "kind": "CatalogOverlay", "metadata": {"name": f"acme-{i}"}}
        (folder / names[-1]).write_text(yaml.safe_dump(head | parts, sort_keys=False, allow_unicode=True), "utf-8")
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(SCENARIO | scenario | {"overlays": names}, allow_unicode=True), "utf-8")
    return path


def one(path: Path | dict[str, Any], **picks: Any) -> Configuration:
    return estimate_scenario(path, **picks).configuration


@pytest.fixture(scope="module")
def plain() -> Configuration:
    return one(SCENARIO)


def test_a_fixed_rate_scales_the_bill_and_nothing_else(tmp_path: Path, plain: Configuration) -> None:
    found = one(write(tmp_path, {}, {"offers": [RATE]}))
    assert plain.offer.price_usd_per_hour == 55.04
    assert found.offer.price_usd_per_hour == 27.52
    assert found.cost_parts.compute == pytest.approx((plain.cost_parts.compute or 0) / 2)
    assert found.cost_parts.reruns == pytest.approx((plain.cost_parts.reruns or 0) / 2)
    assert (found.cost_parts.storage, found.cost_parts.egress) == (plain.cost_parts.storage, plain.cost_parts.egress)
    assert (found.hours, found.quality, found.carbon_kg) == (plain.hours, plain.quality, plain.carbon_kg)
    assert (found.offer.as_of, found.offer.price_confidence) == ("2026-11-01", "high")
    assert found.offer.private == "fixed rate, $55.04/h listed: contract 4711 (acme-0), until 2027-10-31"
    assert plain.offer.private == ""


def test_a_discount_is_taken_off_the_list(tmp_path: Path, plain: Configuration) -> None:
    found = one(write(tmp_path, {}, {"discounts": [EDP]}))
    assert found.cost_parts.compute == pytest.approx(0.82 * (plain.cost_parts.compute or 0))
    assert found.offer.private == "18 % off the list, $55.04/h listed: EDP (acme-0)"
    assert found.offer.as_of == plain.offer.as_of  # the list's price is what is dated


@pytest.mark.parametrize(
    ("overlays", "usd"),
    [
        ([{"discounts": [EDP]}, {"offers": [RATE]}], 27.52),
        ([{"offers": [RATE]}, {"discounts": [EDP]}], 27.52),
        ([{"discounts": [EDP, EDP | {"percent": 10}]}], 0.9 * 55.04),
        ([{"discounts": [EDP | {"percent": 10}]}, {"discounts": [EDP]}], 0.82 * 55.04),
        ([{"offers": [RATE]}, {"offers": [RATE | {"price": 30}]}], 30.0),
        ([{"discounts": [EDP | {"gpus": ["l40s"]}]}], 55.04),
        ([{"discounts": [EDP | {"tiers": ["spot"]}]}], 55.04),
        ([{"discounts": [EDP | {"instances": ["p4d.*"]}]}], 55.04),
        ([{"discounts": [EDP | {"regions": ["us-west-2"]}]}], 55.04),
        ([{"discounts": [EDP | {"until": "2026-11-21"}]}], 55.04),
        ([{"discounts": [EDP | {"until": "2026-11-22"}]}], 0.82 * 55.04),
        ([{"discounts": [EDP | {"from": "2026-11-23"}]}], 55.04),
        ([{"offers": [RATE | {"from": "2026-11-23", "until": "2027-01-01"}]}], 55.04),
        ([{"offers": [RATE | {"until": "2026-06-30"}, RATE | {"from": "2026-07-01", "price": 29}]}], 29.0),
        ([{"offers": [RATE | {"price": "€20"}]}], 20 * CATALOG.currencies["EUR"].usd_per_unit),
        ([{"currencies": [{"currency": "EUR", "usd_per_unit": 1.5, "as_of": "2026-11-02"}]},
          {"offers": [RATE | {"price": "€20"}]}], 30.0),
    ],
)  # fmt: skip
def test_layers_and_days(tmp_path: Path, overlays: list[dict[str, Any]], usd: float) -> None:
    """The list; on it the last discount that holds at the catalog's date; over both the last fixed rate."""
    assert CATALOG.as_of == "2026-11-22"
    ready = read_scenario(write(tmp_path, {}, *overlays))
    assert ready.space.market.offers.price_usd_per_hour.tolist() == pytest.approx([usd])


def test_what_does_not_hold_is_warned_about_at_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, {}, {"offers": [RATE | {"until": "2026-06-30"}], "discounts": [EDP | {"tiers": ["spot"]}]})
    problems, texts = check_scenario(path)
    told = {(p.at, p.severity): p for p in problems}
    late = told["offers[0].until", "warning"]
    assert late.message == (
        "overlay acme-0: the price of aws p5.48xlarge ended on 2026-06-30, before the catalog's date 2026-11-22: "
        "it does not count"
    )
    line = texts[late.file].splitlines()[late.span.line - 1] if late.span else ""
    assert "until: '2026-06-30'" in line
    assert late.message in " ".join(planner.plan(path).warnings)


def test_a_discount_for_nothing_is_warned_about(tmp_path: Path) -> None:
    path = write(tmp_path, {}, {"discounts": [EDP | {"instances": ["p9.*"]}]})
    assert [w.message for w in read_scenario(path).warnings] == [
        "overlay acme-0: the discount at aws matches no offer of the catalog"
    ]


def test_the_other_terms_of_a_listed_machine_stay(tmp_path: Path) -> None:
    ready = read_scenario(write(tmp_path, {"hardware": {"providers": ["aws"]}}, {"offers": [RATE]}))
    before, after = CATALOG.offers, ready.catalog.offers
    assert len(before) == len(after)
    row = before.identities().index(("aws", "vm", "p5.48xlarge", "us-east-1", "on_demand"))
    for name in before.columns():
        a, b = getattr(before, name), getattr(after, name)
        same = np.array([repr(x) == repr(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)])
        changed = {row} if name in ("price_usd_per_hour", "as_of", "age_months", "confidence") else set()
        assert set(np.flatnonzero(~same).tolist()) <= changed, name


def test_a_spot_rate_joins_where_the_list_has_none(tmp_path: Path) -> None:
    """Whatever is spot keeps the terms of the machine on demand."""
    rate = RATE | {"provider": "nebius", "tier": "spot", "price": 12.5}
    rows = [i for i, key in enumerate(CATALOG.offers.identities()) if key[0] == "nebius" and key[4] == "on_demand"]
    bare = next(
        key for key in (CATALOG.offers.identities()[i] for i in rows)
        if key[1] == "vm" and (*key[:4], "spot") not in CATALOG.offers.identities()
    )  # fmt: skip
    path = write(tmp_path, {}, {"offers": [rate | {"instance": bare[2], "regions": [bare[3]]}]})
    offers = read_scenario(path).catalog.offers
    keys = offers.identities()
    spot, on_demand = keys.index((*bare[:4], "spot")), keys.index(bare)
    assert offers.price_usd_per_hour[spot] == 12.5
    assert offers.gpu[spot] == offers.gpu[on_demand]
    assert offers.boot_s[spot] == offers.boot_s[on_demand]


def test_what_is_known_of_spot_machines_is_laid_on_those_of_an_overlay(tmp_path: Path) -> None:
    """Rates by provider, region and card hold for machines that the catalog lacks, and for spot twins that join."""
    place = {"provider": "aws", "regions": ["us-east-1"], "tier": "spot", "price": 1, "as_of": "2026-11-01"}
    old = place | {"instance": "old", "gpu": "v100-16gb-sxm", "gpu_count": 1}
    path = write(tmp_path, {}, {"offers": [old, old | {"instance": "oldest", "gpu_count": 2}]})
    catalog = read_scenario(path).catalog
    keys = catalog.offers.identities()
    narrow, wide = (keys.index(("aws", "vm", name, "us-east-1", "spot")) for name in ("old", "oldest"))
    rate = catalog.spot_rates[catalog.offers.spot_rate[narrow]]
    assert (rate.region, rate.gpu, rate.gpu_count) == ("us-east-1", "v100-16gb-sxm", 1)
    assert catalog.offers.preemption_per_hour[narrow] == rate.per_hour
    assert catalog.offers.wait_hours[narrow] == rate.wait_hours
    assert catalog.offers.availability[narrow] == rate.availability
    assert catalog.spot_rates[catalog.offers.spot_rate[wide]].whole_provider


def own(tmp_path: Path, **scenario: Any) -> Path:
    hardware = {"gpus": ["h100-sxm", "acme-card"], "providers": ["acme-dc", "aws"], "regions": ["dc1", "us-east-1"]}
    card = {"id": "acme-card", "like": "h100-sxm", "mem_gib": 100, "bf16_tflops": 1200, "source": "datasheet"}
    shed = NODE | {"instance": "shed", "gpu": "acme-card", "gpu_count": 1, "price": 2, "vcpus": 24, "memory_gib": 256}
    model = {"define": {"id": "acme-7b", "layers": 28, "hidden": 3584, "heads": 28, "ffn": 18944, "vocab": 152064}}
    return write(
        tmp_path, {"hardware": hardware, **scenario},
        {"providers": [DATA_CENTRE], "gpus": [card], "models": [model]}, {"offers": [NODE, shed]},
        {"storage": [{"provider": "acme-dc", "price": "€0.02"}], "egress": [{"provider": "acme-dc", "price": 0}]},
    )  # fmt: skip


def test_a_data_centre_and_a_card_of_ones_own_plan_end_to_end(tmp_path: Path) -> None:
    plan = planner.plan(own(tmp_path, objectives=["cost", "time", "quality", "carbon"]))
    mine = {c.offer.instance: c for c in plan.front if c.offer.provider == "acme-dc"}
    shed = mine["shed"]
    assert (shed.hardware.gpu, shed.offer.country, shed.offer.price_usd_per_hour) == ("acme-card", "DE", 2.0)
    assert shed.hardware.memory_per_gpu_gib == pytest.approx(100 * 79.15 / 80, rel=2e-3)
    assert shed.hours_label == "speed extrapolated: no rows of gpu acme-card"
    assert (shed.cost_usd_label, shed.carbon_kg_label) == ("estimate", "estimate")
    assert shed.cost_parts.egress == 0
    assert shed.offer.private == "machine of your own: acme-1"
    rows = {a.key: a for a in plan.assumptions}
    assert "boot_s" in rows["provider acme-dc"].value
    assert "billing_granularity_s" not in rows["provider acme-dc"].value
    assert rows["card acme-card"].value == "constants of h100-sxm"
    assert rows["price acme-dc shed in dc1 (on_demand)"].value == "not listed → $2.000 per hour"
    assert rows["currency EUR"].value == "1 EUR = 1.11720 USD on 2026-10-30"
    assert [o.name for o in plan.overlays] == ["acme-0", "acme-1", "acme-2"]
    assert plan.catalog.digest != CATALOG.digest
    assert {"overlay acme-0", "overlay acme-1"} <= {s.what for s in plan.sources}


def test_billing_of_ones_own(tmp_path: Path) -> None:
    """An hour's step: whatever runs for minutes pays the hour (18 EUR, and expected re-runs)."""
    found = one(own(tmp_path), provider="acme-dc", instance="node-1")
    assert found.hours is not None
    assert found.hours < 1
    rate = 18 * CATALOG.currencies["EUR"].usd_per_unit
    assert found.cost_parts.compute == pytest.approx(rate)
    assert found.cost_parts.reruns == pytest.approx(0.15 * rate)


def test_a_model_of_an_overlay_can_be_named(tmp_path: Path) -> None:
    found = one(own(tmp_path, models=["acme-7b"]), provider="aws", gpu="h100-sxm", count=8, instance="p5.48xlarge")
    assert found.model == "acme-7b"


def test_the_same_overlay_gives_the_same_bytes(tmp_path: Path) -> None:
    path = own(tmp_path)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for file in tmp_path.glob("*.yaml"):
        shutil.copy(file, elsewhere)
    (elsewhere / ".git").mkdir()
    here, there = (plan_ready(read_scenario(each), brief=True) for each in (path, elsewhere / "small.yaml"))
    assert here.model_dump_json() == there.model_dump_json()


def test_the_catalog_itself_is_left_alone(tmp_path: Path) -> None:
    before = CATALOG.offers.price_usd_per_hour.tolist()
    read_scenario(own(tmp_path))
    read_scenario(write(tmp_path, {}, {"discounts": [EDP], "offers": [RATE]}))
    assert CATALOG.offers.price_usd_per_hour.tolist() == before
    assert not CATALOG.own.prices


@pytest.mark.parametrize("name", ["../prices-0.yaml", "/etc/passwd", "link.yaml"])
def test_nothing_outside_the_repository_is_read(tmp_path: Path, name: str) -> None:
    write(tmp_path, {}, {"discounts": [EDP]})
    inside = tmp_path / "repository"
    inside.mkdir()
    path = write(inside, {}, {})
    (inside / "link.yaml").symlink_to("../prices-0.yaml")
    path.write_text(yaml.safe_dump(SCENARIO | {"overlays": [name]}))
    with pytest.raises(InvalidInput, match="lies outside the repository"):
        read_scenario(path)


def test_what_a_commitment_saves_is_off_the_list(tmp_path: Path) -> None:
    """A discount for a commitment and a private price on demand are two contracts, not one on the other."""
    hardware = SCENARIO["hardware"] | {
        "tiers": ["reserved_1y"],
        "commitment": {"utilisation": 0.8},
        "allow": ["derived_commitment"],
    }
    mine = read_scenario(write(tmp_path, {"hardware": hardware}, {"offers": [RATE]})).space.market.offers
    plain = read_scenario(SCENARIO | {"hardware": hardware}).space.market.offers
    assert len(mine) > 0
    assert mine.price_usd_per_hour.tolist() == plain.price_usd_per_hour.tolist()


def test_what_runs_paid_on_demand_says_nothing_of_commitments(tmp_path: Path) -> None:
    """Of the list, and of a private price, derived commitments are the same: neither is on the other's contract."""
    paid = {"runs": 12, "before": 1.0, "error": 0.03, "value": 0.9}
    calibration = tmp_path / "calibration.yaml"
    calibration.write_text(
        yaml.safe_dump({
            "api_version": "planner/v1", "kind": "CalibrationOverlay", "price": {"aws/on_demand": paid},
            "runs": {"used": 12, "left_out": 0, "digest": "1" * 64},
            "catalog": {"as_of": CATALOG.as_of, "digest": CATALOG.digest},
        })
    )  # fmt: skip
    tiers = {"tiers": ["on_demand", "reserved_1y"], "commitment": {"utilisation": 1}, "allow": ["derived_commitment"]}
    hardware = SCENARIO["hardware"] | tiers | {"regions": ["us-east-1", "us-east-2"]}
    path = write(tmp_path, {"hardware": hardware}, {"offers": [RATE]})
    usd = []
    for each in (None, calibration):
        offers = read_scenario(path, calibration=each).space.market.offers
        usd.append(dict(zip(offers.identities(), offers.price_usd_per_hour.tolist(), strict=True)))
    plain, mine = usd
    assert {key for key in plain if mine[key] != pytest.approx(plain[key])} == {
        ("aws", "vm", "p5.48xlarge", "us-east-2", "on_demand")
    }
    assert mine["aws", "vm", "p5.48xlarge", "us-east-2", "on_demand"] == pytest.approx(0.9 * 55.04)
    assert mine["aws", "vm", "p5.48xlarge", "us-east-1", "on_demand"] == 27.52
    assert sorted(key[3] for key in mine if key[4] == "reserved_1y") == ["us-east-1", "us-east-2"]


@pytest.mark.parametrize(
    ("overlay", "at", "what"),
    [
        ({"offers": [RATE | {"as_of": "2026-11-23"}]}, "offers[0].as_of", "the price of aws p5.48xlarge"),
        ({"offers": [RATE | {"as_of": "2026-11-22"}]}, "", ""),
        (
            {"currencies": [{"currency": "EUR", "usd_per_unit": 1.5, "as_of": "2027-01-01"}]},
            "currencies[0].as_of",
            "the rate of EUR",
        ),
    ],
)
def test_what_is_dated_after_the_catalog_is_warned_about(
    tmp_path: Path, overlay: dict[str, Any], at: str, what: str
) -> None:
    problems, texts = check_scenario(write(tmp_path, {}, overlay))
    if not at:
        assert not problems
        return
    (problem,) = problems
    assert (problem.at, problem.severity) == (at, "warning")
    assert problem.message.startswith(f"overlay acme-0: {what} is of 202")
    assert "after the catalog's date 2026-11-22: it counts as if it were of that day" in problem.message
    assert problem.span is not None
    assert "as_of:" in texts[problem.file].splitlines()[problem.span.line - 1]


def test_overlays_are_laid_once_on_each_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scenario's amounts are known only after the first time, and are in the catalog all the same."""
    laid = []

    def counted(*asked: Any) -> Any:
        laid.append(asked[0])
        return lay_overlays(*asked)

    monkeypatch.setattr("planner.space.overlay.laying.lay_overlays", counted)
    path = write(tmp_path, {"constraints": {"max_cost": "500 GBP"}}, {"discounts": [EDP | {"source": "€ contract"}]})
    ready = read_scenario(path)
    assert len(laid) == 1
    assert ready.catalog.own.amounts_in == ("GBP",)
    assert ready.catalog.own.prices


def test_the_worked_example() -> None:
    """The machine in the cellar and the contract with a cloud are both in it, and count."""
    ready = read_scenario(SCENARIOS / "overlays" / "private-prices.yaml")
    assert ready.warnings == ()
    plan = plan_ready(ready, brief=True)
    assert {c.offer.provider for c in plan.front} >= {"acme-dc"}
    assert pytest.approx(150 * CATALOG.currencies["EUR"].usd_per_unit) in [limit.limit for limit in plan.constraints]
    prices = {(p.how, p.source) for p in ready.catalog.own.prices.values()}
    assert prices == {
        ("machine of your own", ""),
        ("fixed rate", "private pricing addendum 7"),
        ("12 % off the list", "enterprise discount programme"),
        ("27 % off the list price on demand", "savings plan of June 2026"),
    }
