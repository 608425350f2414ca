"""Managed services through `planner lock`, `plan`, `check` and `diff`, as a shell calls them."""

import json
from pathlib import Path

import pytest

from tests.cli.calls import run
from tests.gate.service_scenarios import RULES, SERVICES, catalog_with
from tests.revision.repositories import ENVIRONMENT, Repo, make_repository

FILE = "scenarios/bot.yaml"
TAXED = SERVICES + "tax: {name: VAT, percent: 19}\ncurrency: EUR\n"


@pytest.fixture(scope="module")
def august(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return catalog_with(tmp_path_factory.mktemp("services") / "data", "2026-08-01", {"together": "0.40"})


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    made = make_repository(tmp_path / "repo", {FILE: SERVICES, "policies/spend.yaml": RULES})
    made.branch("pr")
    return made


def call(repo: Repo, *words: str | Path, **env: str) -> tuple[int, str, str]:
    done = run(*words, cwd=repo.root, PLANNER_CACHE=str(repo.root.parents[1] / "plans"), **ENVIRONMENT, **env)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def test_a_lock_of_services_is_written_and_used(repo: Repo, august: Path) -> None:
    code, out, err = call(repo, "lock", FILE, PLANNER_CATALOG=str(august))
    assert (code, err) == (0, "")
    assert "bot.lock.yaml: new, prices of 2026-08-01; cheapest managed service LoRA r16 llama-3.1-8b at together" in out
    assert "nothing is feasible" not in out
    assert ",lora,0.4,usd_per_mtok," in (repo.root / "scenarios/bot.lock.yaml").read_text("utf-8")
    code, _, err = call(repo, "plan", FILE, "--outputs", "none")
    assert (code, "prices of 2026-08-01 by scenarios/bot.lock.yaml" in err) == (0, True)
    plan = json.loads((repo.root / "reports/bot/plan.json").read_text("utf-8"))
    assert plan["lock"]["services"] == 1
    assert [job["usd_per_mtok"] for job in plan["managed"]["jobs"]] == [0.4]


def test_a_check_of_services_alone_is_no_infeasible_one(repo: Repo) -> None:
    repo.write({FILE: SERVICES.replace("200k", "20k")})
    code, out, _ = call(repo, "check", "--base", "main", "--format", "json", "--today", "2026-11-29")
    check = json.loads(out)
    assert (code, check["judgement"]["result"]) == (0, "warn")
    (one,) = check["difference"]["scenarios"]
    assert one["after"]["configuration"] is None
    assert one["after"]["service"]["provider"] == "together"
    assert one["delta"]["cost_usd"]["total"] < 0
    code, out, _ = call(repo, "diff", "--base", "main")
    assert (code, "cheapest managed service" in out, "infeasible" in out) == (0, True, False)
    repo.write({FILE: SERVICES + "constraints: {max_cost: $1}\n", "policies/spend.yaml": None})
    assert call(repo, "check", FILE)[0] == 3


def test_two_snapshots_show_the_price_alone(repo: Repo, august: Path) -> None:
    for folder, env in (("old", {"PLANNER_CATALOG": str(august)}), ("new", {})):
        assert call(repo, "plan", FILE, "--outputs", "none", "-q", "-o", folder, **env)[0] == 0
    code, out, _ = call(repo, "diff", "old", "new", "--format", "json")
    (one,) = json.loads(out)["scenarios"]
    for delta in (one["service"], one["delta"]["cost_usd"]):
        assert (delta["planner"], delta["scenario"]) == (0.0, 0.0)
        assert delta["prices"] == delta["total"] == pytest.approx(0.2 * delta["before"])
    code, out, _ = call(repo, "diff", "old", "new")
    assert (code, "(prices +$" in out) == (0, True)


def test_tax_and_currency_are_told_of_services(repo: Repo) -> None:
    repo.write({FILE: TAXED})
    code, out, _ = call(repo, "plan", FILE, "--outputs", "md", "-o", "out")
    assert code == 0
    job = json.loads((repo.root / "out/plan.json").read_text("utf-8"))["managed"]["jobs"][0]
    assert job["cost_parts"]["tax"] == pytest.approx(0.19 * job["cost_usd"])
    summary = (repo.root / "out" / "summary.md").read_text("utf-8")
    for told in (out, summary):
        flat = " ".join(told.split())
        assert "VAT comes on top: managed (LoRA r16 llama-3.1-8b at together) at least $" in flat
        assert "In EUR: managed (LoRA r16 llama-3.1-8b at together) at least EUR " in flat
    assert "; EUR " in summary
    assert "; VAT $" in summary
