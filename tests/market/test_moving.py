"""Moves go where the scenario of a plan lets them, whatever they save."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from planner.market.job import job
from planner.outcome import Allowed
from planner.planning import plan_ready, read_scenario
from planner.report.reading import read_plan
from tests.catalog.prices.price_histories import ROW, at, laid
from tests.cli.calls import SMALL, run
from tests.market.test_advise import FLAT, JOB, advised

PLACES = [("aws", "us-east-1"), ("aws", "eu-west-1"), ("aws", "any"), ("gcp", "europe-west4"), ("gcp", "us-central1")]
COUNTRIES = {
    ("aws", "us-east-1"): "US", ("aws", "eu-west-1"): "IE",
    ("gcp", "europe-west4"): "NL", ("gcp", "us-central1"): "US",
}  # fmt: skip
FREE = "the data must be allowed there"
RULED = "include and exclude rules are not held against it"


@pytest.mark.parametrize(
    ("allowed", "where", "note"),
    [
        (None, {"eu-west-1", "any", "europe-west4", "us-central1"}, ""),
        (Allowed(rules=True), {"eu-west-1", "any", "europe-west4", "us-central1"}, ""),
        (Allowed(providers=["aws"]), {"eu-west-1", "any"}, "2 offers left out: the scenario allows provider aws"),
        (
            Allowed(regions=["us-east-1", "us-central1"]),
            {"us-central1"},
            "3 offers left out: the scenario allows region us-east-1, us-central1",
        ),
        # A region of which nobody knows the country lies in none.
        (
            Allowed(countries=["IE", "NL"]),
            {"eu-west-1", "europe-west4"},
            "2 offers left out: the scenario allows country IE, NL",
        ),
        (
            Allowed(providers=["aws"], countries=["US"]),
            set(),
            "4 offers left out: the scenario allows provider aws; country US",
        ),
    ],
)
def test_no_move_leads_out_of_what_the_scenario_allows(
    tmp_path: Path, allowed: Allowed | None, where: set[str], note: str
) -> None:
    rows = [at(1.0, provider=provider, region=region) for provider, region in PLACES]
    courses = [(ROW, FLAT), *((row, [10.0] * 30) for row in rows if row.key != ROW.key)]
    found = advised(tmp_path, courses, job=replace(JOB, allowed=allowed), countries=COUNTRIES)
    moved = [option for option in found.options if option.what in ("region", "provider")]
    assert {option.key[2] for option in moved} == where
    assert [text for text in found.notes if "left out" in text] == ([note] if note else [])
    for option in moved:
        free = allowed is None or (allowed.regions is None and allowed.countries is None)
        assert (FREE in option.caution) is free
        assert (RULED in option.caution) is (allowed is not None and allowed.rules)


@pytest.mark.parametrize(
    ("hardware", "more", "found"),
    [
        ({}, {}, None),
        ({"residency": ["DE", "EEA"]}, {}, "countries"),
        ({"providers": ["gcp", "aws"], "regions": ["us-east1", "us-east-1"]}, {}, "named"),
        ({}, {"exclude": [{"region": "us-*"}]}, "rules"),
    ],
)
def test_a_plan_says_where_its_scenario_lets_machines_stand(
    hardware: dict[str, Any], more: dict[str, Any], found: str | None
) -> None:
    scenario = yaml.safe_load(SMALL)
    scenario["hardware"] = scenario.get("hardware", {}) | {"providers": "any", "regions": "any"} | hardware
    plan = plan_ready(read_scenario(scenario | more), brief=True)
    if found is None:
        assert plan.allowed is None
        return
    assert plan.allowed is not None
    if found == "countries":
        assert {"DE", "FR", "IS"} <= set(plan.allowed.countries or ())
        assert "US" not in (plan.allowed.countries or ())
        assert (plan.allowed.providers, plan.allowed.regions) == (None, None)
    elif found == "named":
        assert plan.allowed == Allowed(providers=["aws", "gcp"], regions=["us-east-1", "us-east1"])
    else:
        assert plan.allowed == Allowed(rules=True)


def test_the_command_knows_the_countries_of_regions(tmp_path: Path) -> None:
    scenario = yaml.safe_load(SMALL)
    scenario["hardware"] = {"gpus": ["l4"], "counts": [1], "providers": ["gcp"], "residency": ["EU"]}
    (tmp_path / "small.yaml").write_text(yaml.safe_dump(scenario))
    assert run("plan", "small.yaml", "-q", "--outputs", "none", "-o", "out", cwd=tmp_path).returncode == 0
    plan = read_plan(tmp_path / "out")
    mine = job(plan, plan.front[0])
    provider, instance, region, tier = mine.key
    row = at(
        mine.usd_per_hour,
        provider=provider,
        instance=instance,
        region=region,
        tier=tier,
        gpu=mine.gpu,
        gpu_count=mine.gpu_count,
    )
    other = "europe-west4" if region != "europe-west4" else "europe-west1"
    rows = [(row, 1.0), *((at(1.0, **{**shape(row), "region": name}), 0.5) for name in (other, "us-central1"))]
    laid(tmp_path / "h", [(one, [mine.usd_per_hour * share] * 3) for one, share in rows], timedelta(days=1))
    done = run("prices", "advise", "out", plan.front[0].id, "--history", "h", "--least-saving", "0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"move region to {other}" in done.stdout
    assert "us-central1" not in done.stdout
    assert "1 offer left out: the scenario allows provider gcp; country AT, BE, " in done.stdout
    assert FREE not in done.stdout


def shape(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("provider", "instance", "tier", "gpu", "gpu_count")}
