"""Drift in words and tables: what moved, whether by more than noise, and what may have moved it."""

from typing import Any

import pytest

from planner.outcome.drift import Cause, DecisionDrift, Drift, ModelDrift, Step
from planner.report.data.drift import DriftTable
from planner.report.models.drift import MOST_MODELS, drift_tables


def step(before: float | None, after: float | None, sigmas: float | None = None, **more: Any) -> Step:
    return Step(before=before, after=after, sigmas=sigmas, **more)


STEPS = {
    "cost_usd": step(12.0, 9.0, -3.25),
    "hours": step(2.0, 2.04, 0.4),
    "quality": step(0.7012, 0.7013, 0.1),
    "memory_gib": step(40.0, 40.0),
}


def table(**changes: Any) -> DriftTable:
    values: dict[str, Any] = {
        "role": "previous", "name": "old/plan.json", "scenario": "support-bot", "catalog_as_of": "2026-06-01",
        "planner": "0.1.0", "front_before": 20, "front_after": 1_204, "front_stayed": 0,
        "decisions": [DecisionDrift(decision="knee", before="a on 1x l4", after="a on 1x l4", same=True, steps=STEPS)],
        "models": [], "causes": [Cause(what="catalog", before="of 2026-06-01", after="of 2026-11-22")],
    }  # fmt: skip
    return drift_tables([Drift(**{**values, **changes})])[0]


def test_a_move_is_told_with_its_amount_and_its_noise() -> None:
    (row,) = table().decisions
    assert row.choice == "still a on 1x l4"
    assert [(c.text, c.note, c.beyond) for c in row.steps] == [
        ("$12.00 → $9.00", "-25 %, 3.2 σ", True),
        ("2.0 h", "+2.0 %, 0.4 σ, within the noise", False),
        ("0.701", "under 0.001, 0.1 σ, within the noise", False),
        ("40.0 GiB", "", False),
    ]


@pytest.mark.parametrize(
    ("moved", "text", "note", "beyond"),
    [
        (step(10.0, 11.0, certain=True), "$10.00 → $11.00", "+10 %, over 8 σ", True),
        (step(10.0, 11.0, 1.6), "$10.00 → $11.00", "+10 %, 1.6 σ, within the noise", False),
        (step(10.0, 11.0, 1.7), "$10.00 → $11.00", "+10 %, 1.7 σ", True),
        (step(None, 11.0), "unknown → $11.00", "noise unknown", False),
        (step(None, None), "unknown", "", False),
        (step(0.0, 1.0), "$0.00 → $1.00", "noise unknown", False),
    ],
)
def test_noise_and_what_is_unknown(moved: Step, text: str, note: str, beyond: bool) -> None:
    one = DecisionDrift(decision="knee", before="a", after="a", same=True, steps={"cost_usd": moved})
    (cell,) = table(decisions=[one]).decisions[0].steps
    assert (cell.text, cell.note, cell.beyond) == (text, note, beyond)


def test_the_lead_names_what_changed_and_what_moved() -> None:
    assert table().lead == (
        "Held against the previous plan, made with the catalog of 2026-06-01, the decision kept its model, method "
        "and machine. By more than noise moved: cost of the knee -25 % (3.2 σ)."
    )
    other = DecisionDrift(decision="best", before="a on 1x l4", after="b on 2x l4", same=False)
    still = DecisionDrift(decision="knee", before="a", after="a", same=True, steps={"hours": STEPS["hours"]})
    found = table(decisions=[still, other])
    assert found.lead.endswith(
        "the best chooses another model, method or machine; no figure of them moved by more than its noise."
    )
    assert found.decisions[1].choice == "a on 1x l4 → b on 2x l4"
    assert table(decisions=[]).lead.endswith("no decision stands in both plans.")
    unknown = still.model_copy(update={"steps": {"cost_usd": step(10.0, 99.0), "memory_gib": step(40.0, 40.0)}})
    assert table(decisions=[unknown]).lead.endswith("moved by more than its noise, as far as that is known.")


def test_the_front_and_its_models() -> None:
    assert table().front == "The front had 20 points and has 1,204; none is on both. The same models are on it."
    assert table(front_before=0, front_after=0).front == "Neither plan has a front."
    models = [
        ModelDrift(model=name, change=change, before_points=1, after_points=2)
        for name, change in (("new-1", "entered"), ("new-2", "entered"), ("old", "left"), ("a", "stayed"))
    ]
    found = table(models=models, front_stayed=1)
    assert found.front.endswith("1 is on both. New on it: new-1 and new-2. Gone from it: old.")
    assert next((m.model, m.change, m.points) for m in found.models) == ("new-1", "entered", "1 → 2")
    many = [m.model_copy(update={"model": f"m{i}"}) for i in range(90) for m in models[3:]]
    assert len(table(models=many).models) == MOST_MODELS
    assert table(models=many).notes[-1] == "30 more models are not listed."


def test_causes_are_told_as_far_as_the_plans_tell_them() -> None:
    assert table().cause == (
        "Of what the plans tell, one thing differs: catalog. So what moved most likely comes from there."
    )
    assert table(causes=[]).cause.startswith("The plans tell of nothing that differs between them")
    two = [Cause(what=what, before="a", after="b") for what in ("scenario", "planner")]
    assert table(causes=two).cause.startswith("Scenario and planner differ at once; planner diff")
    assert table(notes=["nothing is feasible now"]).notes == ("Nothing is feasible now.",)
