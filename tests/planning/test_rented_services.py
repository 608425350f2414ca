"""Managed services and quoted prices, planned end to end."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from planner.catalog.loader import load_catalog
from planner.outcome import Plan
from planner.planning import plan_ready, read_scenario
from planner.resources import CATALOG_DATA
from planner.source import InvalidInput


def plan(samples: int = 20_000, **hardware: Any) -> Plan:
    ready = read_scenario(
        {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": "rented"},
            "models": ["llama-3.1-8b"],
            "methods": ["qlora"],
            "dataset": {"samples": samples, "tokens_per_sample": {"mean": 420, "p95": 1400}},
            "hardware": {"gpus": ["a100-40gb"], "counts": [1], **hardware},
        }
    )
    return plan_ready(ready, brief=True)


def test_a_service_costs_its_surcharge_and_is_told_from_the_machine() -> None:
    machine = plan(services=["vm"], providers=["gcp"], regions=["us-central1"]).front[0]
    service = plan(services=["vertex"], providers=["gcp"], regions=["us-central1"]).front[0]
    assert (machine.offer.instance, machine.offer.service) == (service.offer.instance, "")
    assert service.offer.service == "vertex"
    assert service.offer.seller == "gcp vertex"
    assert service.offer.price_usd_per_hour == pytest.approx(1.15 * (machine.offer.price_usd_per_hour or 0))
    assert service.id != machine.id
    assert service.hours > machine.hours  # type: ignore[operator]
    assert service.offer.country == "US"


def test_managed_services_are_counted_with_the_line_that_has_them_in() -> None:
    removed = {r.turn_off: r.count for r in plan(providers=["gcp"]).removed}
    assert removed["hardware: {allow: [managed]}"] > 0


def test_residency_is_counted_and_nothing_turns_it_off() -> None:
    p = plan(residency=["EU"])
    assert {c.offer.country for c in p.front} <= {"BE", "DE", "ES", "FI", "FR", "IE", "IT", "NL", "PL", "SE"}
    assert next(r for r in p.removed if "residency" in r.what).turn_off == ""


def test_hugging_face_runs_two_days_at_most() -> None:
    short = plan(providers=["huggingface"], allow=["quoted"])
    assert {c.offer.price_confidence for c in short.front} == {"quoted"}
    assert all(c.cost_usd_hi > 1.5 * c.cost_usd for c in short.front)  # type: ignore[operator]
    long = plan(samples=4_000_000, providers=["huggingface"], allow=["quoted"])
    assert not long.feasible
    assert any("longest" in reason for reason in long.infeasible)
    with pytest.raises(InvalidInput, match=r"allow: \[quoted\]"):
        read_scenario(
            {
                "api_version": "planner/v1", "kind": "FineTune", "metadata": {"name": "rented"},
                "models": ["llama-3.1-8b"], "methods": ["qlora"], "hardware": {"providers": ["huggingface"]},
                "dataset": {"samples": 1000, "tokens_per_sample": 500},
            }
        )  # fmt: skip


def test_a_catalog_of_ones_own_brings_a_provider_of_its_own(tmp_path: Path) -> None:
    mine = Path(shutil.copytree(CATALOG_DATA, tmp_path / "mine"))
    with (mine / "providers.csv").open("a", encoding="utf-8") as file:
        file.write("our-cloud,3600,3600,0,60,60,1.0,,,,M,\n")
    with (mine / "prices.csv").open("a", encoding="utf-8") as file:
        file.write("our-cloud,box,L40S,4,48,64,512,berlin,3.2,,2026-11-01,quote of November,cloud,n,high,\n")
    with (mine / "regions.csv").open("a", encoding="utf-8") as file:
        file.write("our-cloud,berlin,DE,our own\n")
    catalog = load_catalog(directory=mine)
    document = {
        "api_version": "planner/v1", "kind": "FineTune", "metadata": {"name": "rented"}, "models": ["llama-3.1-8b"],
        "methods": ["qlora"], "hardware": {"providers": ["our-cloud"], "residency": ["DE"]},
        "dataset": {"samples": 1000, "tokens_per_sample": 500},
    }  # fmt: skip
    made = plan_ready(read_scenario(document, catalog))
    assert {c.offer.seller for c in made.front} == {"our-cloud"}
    assert made.catalog.digest == catalog.digest != load_catalog().digest
    with pytest.raises(InvalidInput, match="our-cloud"):
        read_scenario(document)
