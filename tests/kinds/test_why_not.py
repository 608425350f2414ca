"""Why a configuration is not the choice: every kind of answer, against what the plan and a changed scenario say."""

import copy
from typing import Any

import pytest

from planner.errors import InputError
from planner.outcome import Configuration, Plan, WhyNot
from planner.planning import Ready, plan_ready, read_scenario, why_not_ready

SCENARIO: dict[str, Any] = {
    "api_version": "planner/v1",
    "kind": "FineTune",
    "metadata": {"name": "asked"},
    "models": ["qwen2.5-7b", "llama-3.1-8b"],
    "methods": ["lora", "full"],
    "dataset": {"samples": 20_000, "tokens_per_sample": {"mean": 400, "p95": 1200}},
    "train": {"parallelism": "single"},
    "axes": {"method.rank": [8, 16], "dataset.share": [0.5, 1.0]},
    "hardware": {"gpus": ["l4", "l40s", "a100-80gb-sxm"], "counts": [1], "providers": "any"},
    "exclude": [{"model": "llama-3.1-8b", "gpu": "l4"}],
    "constraints": {"max_cost": 30},
}


@pytest.fixture(scope="module")
def ready() -> Ready:
    return read_scenario(SCENARIO)


@pytest.fixture(scope="module")
def plan(ready: Ready) -> Plan:
    return plan_ready(ready, brief=True)


def losses(c: Configuration) -> tuple[float, float, float]:
    return c.cost_usd or 0.0, c.hours or 0.0, -(c.quality or 0.0)


def ask(ready: Ready, plan: Plan, asked: str) -> WhyNot:
    return why_not_ready(ready, plan, asked)


def with_(**blocks: Any) -> Plan:
    made = copy.deepcopy(SCENARIO)
    for name, block in blocks.items():
        made[name] = {**made[name], **block} if isinstance(block, dict) else block
    return plan_ready(read_scenario(made), brief=True)


def test_a_dominated_one_names_points_that_are_no_worse_in_anything(ready: Ready, plan: Plan) -> None:
    found = ask(ready, plan, "model=llama-3.1-8b,gpu=a100-80gb-sxm,method=lora")
    looked = next(x for x in found.looked if x.verdict == "dominated")
    mine = (looked.cost_usd or 0, looked.hours or 0, -(looked.quality or 0))
    no_worse = [c.id for c in plan.front if all(a <= b for a, b in zip(losses(c), mine, strict=True))]
    assert looked.dominators == len(no_worse) > 0
    assert {better.id for better in looked.dominated_by} <= set(no_worse)
    for better in looked.dominated_by:
        point = plan.configuration(better.id)
        assert point is not None
        assert better.cost_usd_better == pytest.approx(mine[0] - (point.cost_usd or 0))
        assert better.hours_better == pytest.approx(mine[1] - (point.hours or 0))
        assert better.quality_better == pytest.approx((point.quality or 0) + mine[2])
    assert looked.dominated_by[0].id in looked.reason


def test_of_several_the_best_by_each_objective(ready: Ready, plan: Plan) -> None:
    """A scenario narrowed to what is asked about has these ends of its front."""
    found = ask(ready, plan, "gpu=l40s,method=lora")
    alone = with_(methods=["lora"], hardware={"gpus": ["l40s"]}, exclude=[])
    by = {name: looked for looked in found.looked for name in looked.best_by}
    assert by["cost"].cost_usd == pytest.approx(min(c.cost_usd or 0 for c in alone.front))
    assert by["time"].hours == pytest.approx(min(c.hours or 0 for c in alone.front))
    assert by["quality"].quality == pytest.approx(max(c.quality or 0 for c in alone.front))
    assert found.matched == alone.search.covered


def test_a_front_point_is_told_from_the_knee(ready: Ready, plan: Plan) -> None:
    other = next(c for c in plan.front if c.id != plan.decisions["knee"])
    found = ask(ready, plan, other.id)
    assert found.verdict == "front"
    assert "against the knee it" in found.text
    knee = ask(ready, plan, "knee")
    assert knee.verdict == "front"
    assert knee.looked[0].id == plan.decisions["knee"]


def test_a_limit_and_by_how_much(ready: Ready, plan: Plan) -> None:
    cost = min(c.cost_usd or 0 for c in plan.front if c.model == "qwen2.5-7b" and c.method["name"] == "lora")
    tight = with_(constraints={"max_cost": cost * 0.5}, models=["qwen2.5-7b"], methods=["lora"], exclude=[])
    made = copy.deepcopy(SCENARIO) | {"constraints": {"max_cost": cost * 0.5}}
    found = why_not_ready(read_scenario(made), tight, "model=qwen2.5-7b,method=lora,dataset.share=1.0,gpu=l4")
    assert found.verdict == "limit"
    (excess,) = found.looked[0].breaks
    assert excess.name == "constraints.max_cost"
    assert excess.figure == pytest.approx(found.looked[0].cost_usd)
    assert excess.limit == pytest.approx(cost * 0.5)
    assert "over the limit of" in found.text
    assert set(found.stopped) == {"constraints.max_cost"}
    assert sum(found.stopped.values()) == found.matched


def test_too_little_memory_and_how_many_gib(ready: Ready, plan: Plan) -> None:
    found = ask(ready, plan, "model=qwen2.5-7b,method=full,gpu=l4")
    assert found.verdict == "cannot_run"
    assert set(found.stopped) == {"out of memory"}
    looked = found.looked[0]
    usable = next(g.usable_gib for g in ready.catalog.gpus if g.id == "l4")
    assert looked.memory_gib is not None
    assert f"{looked.memory_gib - usable:,.1f} GiB more than the {usable:,.1f} GiB" in looked.reason


def test_what_is_not_supported_says_so(ready: Ready, plan: Plan) -> None:
    made = copy.deepcopy(SCENARIO) | {"stacks": ["hf-trainer", "optimum-habana"]}
    found = why_not_ready(read_scenario(made), plan, "stack=optimum-habana,gpu=l40s,method=lora")
    assert found.verdict == "cannot_run"
    assert "not supported on this card" in found.text
    assert found.looked[0].cost_usd is None


@pytest.mark.parametrize(
    ("asked", "why", "line"),
    [
        ("model=qwen3-8b", "models has no qwen3-8b", "models: add qwen3-8b"),
        ("method=qlora", "methods has no qlora", "methods: add qlora"),
        ("stack=unsloth", "stacks has no unsloth", "stacks: add unsloth"),
        ("method.rank=32", "method.rank is 8, 16 in the scenario", "--set axes.method.rank=[32]"),
        ("method.targets=qv", "method.targets is all-linear in the scenario", "methods: give one of them targets: qv"),
        ("train.epochs=2", "train.epochs is 3 in the scenario", "--set train.epochs=2"),
        ("gpu=h100-sxm", "hardware.gpus has no h100-sxm", "hardware.gpus: add h100-sxm"),
        ("tier=spot,gpu=l4", "hardware.tiers has no spot", "hardware.tiers: add spot"),
        ("model=llama-3.1-8b,gpu=l4", "include and exclude rules of the scenario cut it", "exclude: []"),
        ("method=full,method.rank=8", "no recipe of the scenario is all of that at once", None),
        ("gpu=l4,provider=lambda", "has gpu l4 and provider lambda; it has gpu l4: providers ", None),
        (
            "gpu=h100-sxm,count=3",
            "has gpu h100-sxm and count 3; it has gpu h100-sxm: numbers of cards 1, 2, 4, 8",
            None,
        ),
        ("count=3,tier=spot", "no offer of the catalog has count 3; it has numbers of cards 1, 2, ", None),
    ],
)
def test_what_is_outside_is_told_with_the_line_that_lets_it_in(
    ready: Ready, plan: Plan, asked: str, why: str, line: str | None
) -> None:
    found = ask(ready, plan, asked)
    assert found.verdict == "outside"
    assert why in found.text
    assert found.lets_in == ([line] if line else [])


def test_a_default_filter_is_named(plan: Plan) -> None:
    made = copy.deepcopy(SCENARIO)
    made["hardware"] = {"gpus": "any", "counts": [8], "tiers": ["on_demand"]}
    made["exclude"] = []
    found = why_not_ready(read_scenario(made), plan, "gpu=mi300x")
    assert found.verdict == "outside"
    assert found.lets_in[-1].startswith("hardware.allow: add ")


def test_any_id_of_the_grid_is_found(ready: Ready, plan: Plan) -> None:
    """Ids of what is not on the front are looked for in the whole grid."""
    looked = ask(ready, plan, "model=llama-3.1-8b,gpu=a100-80gb-sxm,method=lora,method.rank=8").looked[0]
    found = ask(ready, plan, looked.id)
    assert found.looked[0].id == looked.id
    assert found.looked[0].cost_usd == looked.cost_usd
    assert ask(ready, plan, "abcdef012345").verdict == "outside"


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("modelx=x", "did you mean 'model'"),
        ("model=lama-3.1-8b", "did you mean 'llama-3.1-8b'"),
        ("gpu", "write key=value"),
        ("zzzz", "no id begins with it"),
        ("zzzz", "no decision of the plan is called so (there are: cheapest"),
        ("banana=1", "unknown key 'banana' in a question; a question has model"),
        ("train.epoch=2", "in a question; did you mean 'train.epochs'"),
        ("region=mars", "among them: "),
        ("gpu=", "write key=value"),
        ("", "asks about nothing"),
        ("gpu=l4,gpu=l40s", "asked for twice"),
        ("count=two", "no number of GPUs"),
        ("count=.inf", "no number of GPUs"),
        ("train.packing=maybe", "cannot be train.packing"),
        ("x" * 3000, "at most 2,000"),
    ],
)
def test_bad_questions_are_refused_in_words(ready: Ready, plan: Plan, asked: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        ask(ready, plan, asked)
    assert message in str(refused.value)


def test_too_many_are_not_looked_at(ready: Ready, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.kinds.asked.MOST_COMBINATIONS", 3)
    with pytest.raises(InputError, match="say more of it"):
        ask(ready, plan, "gpu=l40s")
    with pytest.raises(InputError, match="too many to look for an id"):
        ask(ready, plan, "abcdef012345")


@pytest.mark.real
def test_a_value_between_those_of_a_continuous_axis_is_estimated() -> None:
    made = copy.deepcopy(SCENARIO) | {"axes": {"train.epochs": {"between": [1, 3]}}, "search": {"evaluations": 40}}
    ready = read_scenario(made)
    own = plan_ready(ready, brief=True)
    assert ask(ready, own, own.decisions["knee"]).verdict == "front"
    asked = "train.epochs=2.37,model=qwen2.5-7b,method=lora"
    listed = plan_ready(read_scenario(made | {"axes": {"train.epochs": [2.37]}}), brief=True)
    found = ask(ready, own, asked)
    by = {name: looked for looked in found.looked for name in looked.best_by}
    assert by["cost"].cost_usd == min(c.cost_usd for c in listed.front if c.model == "qwen2.5-7b")  # type: ignore[type-var]
    assert "epochs 2.37 (" in found.text
    assert {x.verdict for x in found.looked} <= {"dominated", "undominated", "front", "tied"}
    point = next(c for c in own.front if c.axes["train.epochs"] not in (1, 1.5, 2, 2.5, 3))
    words = f"model={point.model},gpu={point.hardware.gpu},method={point.method['name']}"
    again = ask(ready, own, f"{words},train.epochs={point.axes['train.epochs']!r}")
    assert point.id in {x.id for x in again.looked}
    beyond = ask(ready, own, "train.epochs=3.5")
    assert beyond.text.endswith("train.epochs is between 1 and 3 in the scenario")
    assert beyond.lets_in == ["axes.train.epochs: make its ends reach 3.5"]


def test_swept_values_tell_two_lines_apart(ready: Ready, plan: Plan) -> None:
    texts = [ask(ready, plan, f"model=qwen2.5-7b,gpu=l4,method=lora,dataset.share={s}").text for s in (0.5, 1)]
    assert "data share 0.5 (" in texts[0]
    assert "data share 1 (" in texts[1]
