"""How things ran: models, runs, cards, requests and plans, of the year made by hand."""

from typing import Any

from planner.outcome.review.against_plan import AgainstPlans, MatchedRun, TermError
from planner.outcome.review.kpis import Efficiency, EfficiencyPart, ModelSummary, Trend, UnitCost
from planner.outcome.review.operations import ApiUse, CardUse, DeploymentUse, Operations, RunCounts, TenantUse

UP = Trend(direction="up", per_week=0.021, p_value=0.012, weeks=26)
FLAT = Trend(direction="none", per_week=0.002, p_value=0.61, weeks=26)


def unit_costs() -> list[UnitCost]:
    """One over its target, one fine, one without a target, one unknown."""
    return [
        UnitCost(name="support-request", per="request", where="model support-bot", cost_usd=16_900.0,
                 units=3_410_000.0, unit_cost_usd=0.004956, before_usd=0.0046, target_usd=0.004, warn_usd=0.0045,
                 status="over", trend=UP, note="training is not in it"),
        UnitCost(name="tokens", per="1k_tokens", where="", cost_usd=21_000.0, units=4_100_000.0,
                 unit_cost_usd=0.00512, before_usd=0.00531, target_usd=0.006, warn_usd=None, status="ok", trend=FLAT,
                 note=""),
        UnitCost(name="gpu-hour", per="gpu_hour", where="", cost_usd=38_900.0, units=16_200.0, unit_cost_usd=2.401,
                 before_usd=2.44, target_usd=None, warn_usd=None, status="no_target", trend=None, note=""),
        UnitCost(name="users", per="user", where="", cost_usd=21_000.0, units=None, unit_cost_usd=None,
                 before_usd=None, target_usd=0.5, warn_usd=None, status="unknown", trend=None,
                 note="no request names its user"),
    ]  # fmt: skip


def efficiency() -> Efficiency:
    """A score of three parts, one of them unknown."""
    return Efficiency(
        score=0.63, formula="exp of the weighted mean of ln(part): (0.52^2 × 0.91^1 × 0.60^1)^(1/4)",
        parts=[
            EfficiencyPart(name="GPU use", value=0.52, weight=2.0, text="kernels ran 52 % of the sampled time"),
            EfficiencyPart(name="runs that end well", value=0.91, weight=1.0, text="of the cost of runs"),
            EfficiencyPart(name="commitment use", value=0.60, weight=1.0, text="of the committed hours"),
            EfficiencyPart(name="cache hits", value=None, weight=1.0, text="no source tells repeats"),
        ],
    )  # fmt: skip


def models() -> list[ModelSummary]:
    """Four models: trained and served, served alone, trained alone, and one of which little is known."""
    plain: dict[str, Any] = {
        "cost_per_sample_usd": None, "cost_per_epoch_usd": None, "best_metric": "", "best_value": None,
        "cost_per_point_usd": None, "before_usd": None, "trend": None, "cost_per_run_usd": None,
        "cost_per_1k_requests_usd": None, "cost_per_1k_tokens_usd": None,
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"model": "support-bot", "team": "product", "training_usd": 3_100.0, "serving_usd": 13_800.0,
         "other_usd": 410.0, "total_usd": 17_310.0, "per_day_usd": 558.39, "runs": 6, "failed_runs": 1,
         "cost_per_run_usd": 516.67, "cost_per_epoch_usd": 172.2, "cost_per_sample_usd": 0.0021,
         "cost_per_1k_requests_usd": 4.05, "cost_per_1k_tokens_usd": 0.0051, "best_metric": "accuracy",
         "best_value": 0.871, "cost_per_point_usd": 1_033.0, "before_usd": 15_900.0, "trend": UP},
        {"model": "code-helper", "team": "product", "training_usd": 0.0, "serving_usd": 12_400.0, "other_usd": 80.0,
         "total_usd": 12_480.0, "per_day_usd": 402.6, "runs": 0, "failed_runs": 0, "before_usd": 12_010.0,
         "cost_per_1k_requests_usd": 6.8, "trend": FLAT},
        {"model": "search-ranker", "team": "research", "training_usd": 9_870.0, "serving_usd": None, "other_usd": None,
         "total_usd": 9_870.0, "per_day_usd": 318.4, "runs": 22, "failed_runs": 7, "cost_per_run_usd": 448.6},
        {"model": "summariser", "team": "", "training_usd": None, "serving_usd": None, "other_usd": 5_100.0,
         "total_usd": 5_100.0, "per_day_usd": None, "runs": 0, "failed_runs": 0},
    ]  # fmt: skip
    return [ModelSummary.model_validate(plain | row) for row in rows]


def operations() -> Operations:
    """Runs, cards, deployments, APIs and tenants."""
    return Operations(
        runs=[
            RunCounts(team="", runs=64, failed=11, cost_usd=31_200.0, failed_usd=2_410.0, gpu_hours=12_800.0,
                      failure_rate=0.172, usual_failure_rate=0.08),
            RunCounts(team="research", runs=58, failed=10, cost_usd=28_100.0, failed_usd=2_300.0, gpu_hours=None,
                      failure_rate=0.172, usual_failure_rate=None),
        ],
        cards=[
            CardUse(gpu="h100-sxm", provider="aws", gpu_hours=12_410.0, effective_usd=33_300.0, usd_per_gpu_hour=2.68,
                    list_usd_per_gpu_hour=3.93, catalog_usd_per_gpu_hour=1.99, spot_share=0.12, committed_share=0.4,
                    busy=0.52, sampled_share=0.81),
            CardUse(gpu="l4", provider="gcp", gpu_hours=3_790.0, effective_usd=2_650.0, usd_per_gpu_hour=0.7,
                    list_usd_per_gpu_hour=None, catalog_usd_per_gpu_hour=None, spot_share=None, committed_share=None,
                    busy=None, sampled_share=0.0),
        ],
        deployments=[
            DeploymentUse(deployment="support-prod", model="support-bot", team="product", replicas=4.0,
                          requests=3_410_000.0, failed=1_204.0, cost_usd=13_800.0, cost_per_1k_requests_usd=4.05,
                          latency_p95_ms=840.0),
            DeploymentUse(deployment="code-prod", model="code-helper", team="product", replicas=None, requests=None,
                          failed=None, cost_usd=12_400.0, cost_per_1k_requests_usd=None, latency_p95_ms=None),
        ],
        apis=[
            ApiUse(model="gpt-4o-mini", requests=812_000.0, input_tokens=1.31e9, output_tokens=2.1e8,
                   cached_tokens=4.4e8, repeats_share=0.18, cost_usd=2_910.0, cost_per_1k_tokens_usd=0.0019,
                   largest_day_usd=141.2),
        ],
        tenants=[
            TenantUse(tenant="globex", requests=1_510_000.0, tokens=2.2e9, cost_usd=7_420.0, requests_before=690_000.0,
                      surge=2.19),
            TenantUse(tenant="initech", requests=310_000.0, tokens=None, cost_usd=None, requests_before=None,
                      surge=None),
        ],
    )  # fmt: skip


def against() -> AgainstPlans:
    """Three runs with plans, and two without."""
    plain: dict[str, Any] = {"plan": "reports/search-ranker", "matched_by": "scenario", "model": "search-ranker",
             "machine": "8 × h100-sxm"}  # fmt: skip
    rows: list[dict[str, Any]] = [
        {"run": "rsch-0412", "configuration": "ab12cd34ef56", "planned_usd": 1_410.0, "planned_lo_usd": 1_180.0,
         "planned_hi_usd": 1_700.0, "actual_usd": 4_210.0, "planned_hours": 22.0, "actual_hours": 61.0,
         "planned_quality": 0.81, "actual_quality": 0.83, "why": "epochs: 8 instead of 3"},
        {"run": "rsch-0418", "configuration": "ab12cd34ef56", "planned_usd": 1_410.0, "planned_lo_usd": 1_180.0,
         "planned_hi_usd": 1_700.0, "actual_usd": 1_380.0, "planned_hours": 22.0, "actual_hours": 21.1,
         "planned_quality": None, "actual_quality": None, "why": ""},
        {"run": "rsch-0420", "configuration": "99", "planned_usd": None, "planned_lo_usd": None,
         "planned_hi_usd": None, "actual_usd": 300.0, "planned_hours": None, "actual_hours": 4.0,
         "planned_quality": None, "actual_quality": None, "why": "the plan does not know its price"},
    ]  # fmt: skip
    return AgainstPlans(
        plans=2, matched=[MatchedRun.model_validate(plain | row) for row in rows], unmatched=["rsch-0399", "prod-0012"],
        terms=[
            TermError(term="cost_usd", runs=2, median_ape=0.36, bias=0.53, coverage=0.5),
            TermError(term="hours", runs=2, median_ape=0.34, bias=0.49, coverage=None),
            TermError(term="memory_gib", runs=0, median_ape=None, bias=None, coverage=None),
        ],
        planned_usd=2_820.0, actual_usd=5_590.0,
        note="planner calibrate runs.csv refits the planner to these runs",
    )  # fmt: skip
