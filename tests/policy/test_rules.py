"""Every kind of rule, with verdicts worked out by hand."""

from typing import Any

import pytest

from planner.outcome import Place, Revision
from planner.policy.judge import judge
from tests.policy.making import TODAY, cost, difference, edit, governance, judged, only, policy, scenario


def _rule(body: str) -> str:
    return f"rules:\n  - name: it\n    {body}\n"


@pytest.mark.parametrize(
    ("limit", "value", "result", "message"),
    [
        ("figure: cost_usd\n    max: $100", 100, "pass", "Cost $100 is within the limit of $100"),
        ("figure: cost_usd\n    max: $100", 100.4, "deny", "Cost $100.4 is above the limit of $100"),
        ("figure: cost_usd\n    max: 1.5k USD", 1600, "deny", "Cost $1,600 is above the limit of $1,500"),
        ("figure: cost_usd\n    severity: warn\n    max: $100", 123, "warn", "Cost $123 is above the limit of $100"),
        ("figure: cost_usd\n    severity: info\n    max: $100", 123, "info", "Cost $123 is above the limit of $100"),
        ("figure: cost_usd\n    min: $5", 4, "deny", "Cost $4.00 is below the limit of $5.00"),
    ],
)  # fmt: skip
def test_a_limit_on_cost(limit: str, value: float, result: str, message: str) -> None:
    verdict = only(judged(_rule(limit), scenario(cost(value))), "it")
    assert (verdict.result, verdict.message) == (result, message)
    assert verdict.value == value


@pytest.mark.parametrize(
    ("figure", "limit", "figures", "more", "result"),
    [
        ("hours", "max: 90 min", {"hours": "2 h"}, {}, "deny"),
        ("quality", "min: 0.7", {"quality": 0.69}, {}, "deny"),
        ("quality_lo", "min: 60 %", {"quality_lo": 0.6}, {}, "pass"),
        ("carbon_kg", "max: 500 g", {"carbon_kg": 0.6}, {}, "deny"),
        ("memory_gib.total", "max: 72 GiB", {"memory_gib.total": 73}, {}, "deny"),
        ("gpu_hours", "max: 32", {"hours": "2 h"}, {"gpus": 8, "nodes": 2}, "pass"),
        ("gpu_hours", "max: 31", {"hours": "2 h"}, {"gpus": 8, "nodes": 2}, "deny"),
        ("gpu_count", "max: 8", {}, {"gpus": 8, "nodes": 2}, "deny"),
        ("price_usd_per_hour", "max: $20", {"price_usd_per_hour": "$24"}, {"gpus": 8}, "deny"),
        ("price_usd_per_gpu_hour", "max: $3", {"price_usd_per_hour": "$24"}, {"gpus": 8}, "pass"),
        ("preemption_per_hour", "max: 0.1", {"preemption_per_hour": 0.25}, {"tier": "spot"}, "deny"),
        ("margin", "min: 5 %", {"margin": "4 %"}, {}, "deny"),
        ("front", "min: 3", {"front": 2}, {}, "deny"),
        ("train.epochs", "max: 3", {"train.epochs": 4}, {}, "deny"),
        ("cost_parts.egress", "max: $1", {"cost_parts.egress": "$1.01"}, {}, "deny"),
    ],
)
def test_figures_and_their_units(
    figure: str, limit: str, figures: dict[str, Any], more: dict[str, Any], result: str
) -> None:
    found = judged(_rule(f"figure: {figure}\n    {limit}"), scenario({"figures": figures, **more}))
    assert only(found, "it").result == result


@pytest.mark.parametrize(
    ("unknown", "severity", "result"),
    [("", "deny", "deny"), ("", "warn", "warn"), ("unknown: pass", "deny", "pass"), ("unknown: deny", "warn", "deny")],
)
def test_an_unknown_figure_fails_closed_unless_told_otherwise(unknown: str, severity: str, result: str) -> None:
    rule = _rule(f"figure: cost_usd\n    max: $1\n    severity: {severity}\n    {unknown}")
    verdict = only(judged(rule, scenario({"figures": {}})), "it")
    assert (verdict.result, verdict.value, verdict.value_text) == (result, None, "unknown")
    assert verdict.message == "Cost is unknown, and the limit is $1.00"


CHANGE = (cost(120), cost(100))


@pytest.mark.parametrize(
    ("rule", "result", "message"),
    [
        ("figure: delta.cost_usd\n    max: $20", "pass", "Change of cost +$20.00 is within the limit of $20.00"),
        ("figure: delta.cost_usd\n    max: $19", "deny", "Change of cost +$20.00 is above the limit of $19.00"),
        ("figure: delta_percent.cost_usd\n    max: 20 %", "pass", "Change of cost +20 % is within the limit of 20 %"),
        ("figure: delta_percent.cost_usd\n    max: 19", "deny", "Change of cost +20 % is above the limit of 19 %"),
        ("figure: delta.cost_usd.prices\n    max: $1", "deny",
         "Change of cost by prices is unknown, and the limit is $1.00"),
    ],
)  # fmt: skip
def test_limits_on_changes(rule: str, result: str, message: str) -> None:
    verdict = only(judged(_rule(rule), scenario(*CHANGE)), "it")
    assert (verdict.result, verdict.message) == (result, message)


def test_a_part_of_a_change_is_judged_by_itself() -> None:
    figures = {"cost_usd": 130, "delta.cost_usd.prices": 5, "delta.cost_usd.scenario": 25}
    rules = (
        "rules:\n"
        "  - {name: prices, figure: delta.cost_usd.prices, max: $10}\n"
        "  - {name: scenario, figure: delta.cost_usd.scenario, max: $10}\n"
        "  - {name: share, figure: delta_percent.cost_usd.scenario, max: 25 %}\n"
    )
    found = judged(rules, scenario({"figures": figures}, cost(100)))
    results = {verdict.rule: verdict.result for verdict in found.verdicts}
    assert results == {"prices": "pass", "scenario": "deny", "share": "pass"}


@pytest.mark.parametrize(("quiet", "result"), [(["cost_usd"], "pass"), (["hours"], "deny")])
def test_noise_may_be_ignored(quiet: list[str], result: str) -> None:
    rule = _rule("figure: delta.cost_usd\n    max: $1\n    ignore_noise: true")
    verdict = only(judged(rule, scenario(cost(120, within_noise=quiet), cost(100))), "it")
    assert verdict.result == result
    assert ("cannot tell" in verdict.message) == (result == "pass")


def test_a_new_job_adds_all_of_its_cost_but_no_percentage_and_no_quality() -> None:
    rules = (
        "rules:\n"
        "  - {name: usd, figure: delta.cost_usd, max: $100}\n"
        "  - {name: percent, figure: delta_percent.cost_usd, max: 10 %}\n"
        "  - {name: worse, figure: delta.quality, min: -0.1}\n"
    )
    found = judged(rules, scenario(cost(120)))
    results = {verdict.rule: verdict.result for verdict in found.verdicts}
    assert results == {"usd": "deny", "percent": "pass", "worse": "pass"}
    assert only(found, "percent").message == "Change of cost says nothing here: the scenario is new"


def test_without_a_base_changes_say_nothing() -> None:
    rules = "rules:\n  - {name: usd, figure: delta.cost_usd, max: $1}\n  - {name: flip, forbid: [flipped]}\n"
    found = judge(
        difference(scenario(cost(120)), base=Revision(name="")), governance(spend=policy(rules)), TODAY
    )  # fmt: skip
    assert [(verdict.rule, verdict.result) for verdict in found.verdicts] == [("usd", "pass")]


def test_a_change_from_an_unknown_figure_is_unknown() -> None:
    verdict = only(judged(_rule("figure: delta.cost_usd\n    max: $1"), scenario(cost(5), {})), "it")
    assert verdict.result == "deny"
    assert verdict.message == (
        "Change of cost is unknown (the figure before the change is unknown), and the limit is $1.00"
    )


@pytest.mark.parametrize(
    ("allow", "job", "result", "message"),
    [
        ("providers: [aws, g*]", {"provider": "gcp"}, "pass", "Allowed: provider gcp"),
        ("providers: [aws, g*]", {"provider": "vast"}, "deny", "Provider vast is not allowed, only aws or g*"),
        ("regions: [eu-*]", {"region": "eu-west-1"}, "pass", "Allowed: region eu-west-1"),
        ("regions: [gcp/eu*]", {"provider": "gcp", "region": "europe-west9"}, "pass", "Allowed: region europe-west9"),
        ("regions: [gcp/eu*]", {"provider": "aws", "region": "eu-west-1"}, "deny",
         "Region eu-west-1 is not allowed, only gcp/eu*"),
        ("regions: ['*']", {"region": "any"}, "deny", "The region is unknown, and only * is allowed"),
        ("countries: [DE, FR]", {"country": ""}, "deny", "The country is unknown, and only DE or FR is allowed"),
        ("tiers: [on_demand]", {"tier": "spot"}, "deny", "Tier spot is not allowed, only on_demand"),
        ("services: [vm]", {"service": "sagemaker"}, "deny", "Service sagemaker is not allowed, only vm"),
        ("services: [vm]", {}, "pass", "Allowed: service vm"),
        ("gpus: [h100]", {"gpu": "h100-sxm"}, "deny", "GPU h100-sxm is not allowed, only h100"),
        ("gpus: ['h100*', l4]", {"gpu": "h100-sxm"}, "pass", "Allowed: GPU h100-sxm"),
        ("models: ['qwen*']", {"model": "llama-3.1-8b"}, "deny", "Model llama-3.1-8b is not allowed, only qwen*"),
        ("methods: [lora]", {"method": "full"}, "deny", "Method full is not allowed, only lora"),
        ("stacks: [unsloth]", {}, "deny", "Stack hf-trainer is not allowed, only unsloth"),
    ],
)  # fmt: skip
def test_lists_of_what_is_allowed(allow: str, job: dict[str, Any], result: str, message: str) -> None:
    verdict = only(judged(_rule(f"allow: {{{allow}}}"), scenario(job)), "it")
    assert (verdict.result, verdict.message) == (result, message)


def test_every_list_that_is_broken_has_its_own_verdict_with_a_fix() -> None:
    rule = _rule("allow:\n      providers: [gcp, azure]\n      tiers: [on_demand]\n      gpus: [h100-sxm]")
    found = judged(
        rule, scenario({"tier": "spot"}, None, edits=[edit("hardware.tiers[0]", 9), edit("train.epochs", 3)])
    )
    assert [(v.figure, v.fix, v.place.line) for v in found.verdicts] == [
        ("provider", "write hardware.providers: [gcp, azure]", 7),
        ("tier", "write hardware.tiers: [on_demand]", 8),
    ]
    assert {verdict.cause for verdict in found.verdicts} == {Place(file="scenarios/bot.yaml", line=9)}


@pytest.mark.parametrize(
    ("asked", "job", "result"),
    [
        ("hours: calibrated", {}, "pass"),
        ("hours: calibrated", {"labels": {"hours": "extrapolated"}}, "deny"),
        ("hours: extrapolated", {"labels": {"hours": "extrapolated"}}, "pass"),
        ("hours: extrapolated", {"labels": {"hours": "prior"}}, "deny"),
        ("memory_gib: calibrated", {"labels": {"memory_gib": "prior"}}, "deny"),
        ("quality: prior", {"labels": {"quality": "prior"}}, "pass"),
        ("price: medium", {"price_confidence": "low"}, "deny"),
        ("price: medium", {"price_confidence": "high"}, "pass"),
    ],
)
def test_least_confidence(asked: str, job: dict[str, Any], result: str) -> None:
    assert only(judged(_rule(f"confidence: {{{asked}}}"), scenario(job)), "it").result == result


def test_requirements_on_metadata() -> None:
    found = judged(_rule("requires: [team, owner]"), scenario({"metadata": {"name": "x", "team": "ml"}}))
    assert only(found, "it").message == "The metadata has no owner; team and owner are required"
    assert found.result == "deny"
    assert judged(_rule("requires: [team, owner]"), scenario()).result == "pass"


@pytest.mark.parametrize(
    ("what", "gpu", "quiet", "result"),
    [
        ("flipped", "l4", [], "deny"),
        ("flipped", "h100-sxm", [], "pass"),
        ("flipped_within_noise", "l4", [], "pass"),
        ("flipped_within_noise", "l4", ["cost_usd"], "deny"),
        ("within_noise", "h100-sxm", ["cost_usd"], "deny"),
        ("within_noise", "h100-sxm", [], "pass"),
    ],
)
def test_what_a_change_may_not_do(what: str, gpu: str, quiet: list[str], result: str) -> None:
    after = cost(101, gpu=gpu, within_noise=quiet)
    assert only(judged(_rule(f"forbid: [{what}]"), scenario(after, cost(100))), "it").result == result


def test_a_figure_that_does_not_move_at_all_is_inside_the_noise_too() -> None:
    """A flip to another card with the same quality and a cost within the bands."""
    after = {"figures": {"cost_usd": 101, "quality": 0.8}, "gpu": "l4", "within_noise": ["cost_usd"]}
    before = {"figures": {"cost_usd": 100, "quality": 0.8}}
    verdict = only(judged(_rule("forbid: [flipped_within_noise]"), scenario(after, before)), "it")
    assert (verdict.result, "no figure moves by more" in verdict.message) == ("deny", True)


def test_a_flip_beyond_the_noise_is_not_told_as_staying() -> None:
    verdict = only(judged(_rule("forbid: [flipped_within_noise]"), scenario(cost(200, gpu="l4"), cost(100))), "it")
    assert (verdict.result, verdict.message) == ("pass", "The decision flips, and figures move beyond the bands")


def test_a_flip_from_what_could_not_be_planned_is_unknown_and_denied() -> None:
    verdict = only(judged(_rule("forbid: [flipped]"), scenario(cost(1), {"state": "unreadable"})), "it")
    assert verdict.result == "deny"
    assert only(judged(_rule("forbid: [flipped]"), scenario(cost(1), {"state": "infeasible"})), "it").result == "pass"


@pytest.mark.parametrize(
    ("where", "judges"),
    [
        ("team: ml", True),
        ("team: [x, m*]", True),
        ("team: other", False),
        ("cost_centre: cc-?", True),
        ("name: bot, team: other", False),
        ("labels: {stage: prod*}", True),
        ("labels: {stage: dev}", False),
        ("labels: {absent: '*'}", False),
        ("path: 'scenarios/*'", True),
        ("path: 'production/*'", False),
        ("name: 'b[o]t'", False),
    ],
)
def test_scopes(where: str, judges: bool) -> None:
    metadata = {"name": "bot", "team": "ml", "cost_centre": "cc-1", "labels": {"stage": "production"}}
    rule = _rule(f"where: {{{where}}}\n    figure: cost_usd\n    max: $1")
    found = judged(rule, scenario({"metadata": metadata, "figures": {"cost_usd": 2}}))
    assert bool(found.verdicts) == judges


def test_a_verdict_names_the_line_of_its_limit_and_the_edit_that_costs_most() -> None:
    rule = "rules:\n  - name: it\n    figure: cost_usd\n    max: $1\n"
    edits = [edit("train.epochs", 12, 3.0), edit("methods[0].lora.rank", 20, 9.0), edit("metadata.name", 2)]
    verdict = only(judged(rule, scenario(cost(2), cost(1), edits=edits)), "it")
    assert verdict.place == Place(file="policies/spend.yaml", line=7, column=10)
    assert verdict.cause == Place(file="scenarios/bot.yaml", line=20)
    assert (verdict.policy, verdict.figure, verdict.limit, verdict.limit_text) == ("spend", "cost_usd", 1, "$1.00")
    unpriced = [edit("train.epochs", 12), edit("train.packing", 11), edit("metadata.name", 2)]
    assert only(judged(rule, scenario(cost(2), cost(1), edits=unpriced)), "it").cause == Place(
        file="scenarios/bot.yaml", line=11
    )


@pytest.mark.parametrize(
    ("limit", "before", "after", "result", "told"),
    [
        ("figure: cost_usd\n    max: $100", 120, 120, "deny", "Cost $120 is above the limit of $100, and was before"),
        ("figure: cost_usd\n    max: $100", 130, 120, "deny", "this change ($130)"),
        ("figure: cost_usd\n    max: $100", 119, 120, "deny", ""),
        ("figure: cost_usd\n    max: $100", 99, 120, "deny", ""),
        ("figure: cost_usd\n    max: $100", 130, 99, "pass", ""),
        ("figure: cost_usd\n    max: $100\n    unless_worse: true", 130, 120, "info", "this change ($130)"),
        ("figure: cost_usd\n    max: $100\n    unless_worse: true", 119, 120, "deny", ""),
        ("figure: cost_usd\n    max: $100\n    unless_worse: true", 99, 120, "deny", ""),
        ("figure: cost_usd\n    max: $100\n    unless_worse: true", None, 120, "deny", ""),
        ("figure: cost_usd\n    max: $100\n    unless_worse: true", 120, None, "deny", ""),
        ("figure: cost_usd\n    min: $100\n    unless_worse: true", 80, 90, "info", "this change ($80.00)"),
        ("figure: cost_usd\n    min: $100\n    unless_worse: true", 95, 90, "deny", ""),
    ],
)  # fmt: skip
def test_what_was_broken_before(limit: str, before: float | None, after: float | None, result: str, told: str) -> None:
    jobs = [{"figures": {} if usd is None else {"cost_usd": usd}} for usd in (after, before)]
    verdict = only(judged(_rule(limit), scenario(*jobs)), "it")
    assert verdict.result == result
    assert told in verdict.message
    assert ("before this change" in verdict.message) == bool(told)


def test_a_change_of_a_figure_was_nothing_before() -> None:
    jobs = ({"figures": {"cost_usd": 120, "delta.cost_usd": 20}}, cost(100))
    verdict = only(judged(_rule("figure: delta.cost_usd\n    max: $1"), scenario(*jobs)), "it")
    assert verdict.message == "Change of cost +$20.00 is above the limit of $1.00"


def test_metadata_that_is_asked_for_is_named() -> None:
    found = judged(_rule("requires: [team, owner, cost_centre]"), scenario({"metadata": {"name": "x", "team": "ml",
                                                                                         "owner": "o"}}))  # fmt: skip
    verdict = only(found, "it")
    assert verdict.message == "The metadata has no cost_centre; team, owner and cost_centre are required"
    assert verdict.fix == "write metadata.cost_centre"
    one = only(judged(_rule("requires: [owner]"), scenario({"metadata": {"name": "x"}})), "it")
    assert one.message == "The metadata has no owner; owner is required"
