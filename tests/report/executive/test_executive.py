"""One page for who decides: every sentence from the plan, unknown told as unknown, and never a second sheet."""

import math
from dataclasses import replace
from typing import Any

import click
import pytest

import planner
from planner.outcome import (
    Advice,
    Configuration,
    CurrencyReference,
    Flip,
    Managed,
    Plan,
    Rival,
    Sensitivity,
    SpotPolicy,
    Sway,
)
from planner.report.data.executive import Executive
from planner.report.executive.paper import SHEET_MM, fitted, height_mm
from planner.report.executive.risks import chance_above
from planner.report.gather import report_data
from planner.report.printers import Paper
from planner.report.printing import layout
from planner.report.printing import pdf as paper
from planner.report.printing.html import html
from planner.report.printing.page import fill
from planner.report.printing.template import TEXT, find_template
from tests.conftest import Golden
from tests.report.printing.test_html import without_foreign_parts
from tests.report.sample_plan import empty_plan, hostile_plan, sample_plan

TEMPLATE = find_template("executive")


def page_of(plan: Plan) -> Executive:
    return report_data(plan).executive


def knee_of(plan: Plan) -> Configuration:
    return next(c for c in plan.front if c.id == plan.decisions["knee"])


def with_knee(plan: Plan, **changes: Any) -> Plan:
    """The plan with its recommended configuration changed."""
    id_ = plan.decisions["knee"]
    return plan.model_copy(
        update={"front": [c.model_copy(update=changes) if c.id == id_ else c for c in plan.front]}
    )  # fmt: skip


def told(page: Executive, what: str) -> str:
    """What is told under this name among risks and changes; fails where it is not there once."""
    (text,) = [row.text for row in (*page.risks, *page.changes) if row.what == what]
    return text


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


@pytest.fixture(scope="module")
def page(plan: Plan) -> Executive:
    return page_of(plan)


@pytest.fixture(scope="module")
def crowded(plan: Plan) -> Plan:
    """A plan in which everything that can be told is, under names as long as they may be."""
    knee, other = knee_of(plan), plan.front[0]
    sway = Sway(
        input="price", what="price of the machine", low_factor=0.8, high_factor=1.25, cost_usd_low=6.5,
        cost_usd_high=9.5, hours_low=0.5, hours_high=0.5, quality_low=0.7, quality_high=0.7, flips_below=None,
        flips_above=Flip(factor=1.06, becomes=other.id, text="price of the machine x1.06: the knee becomes another"),
    )  # fmt: skip
    figures = dict.fromkeys(
        ("cost_usd", "cost_saved_usd_lo", "cost_saved_usd_hi", "hours", "hours_saved_lo", "hours_saved_hi", "quality",
         "quality_change_lo", "quality_change_hi", "memory_gib", "memory_freed_gib")
    )  # fmt: skip
    advice = [
        Advice(
            decisions=["knee"], configuration=knee.id, kind=kind, change=change, settings=[], becomes=other.id,
            saves="cost", confidence=0.97, cost_saved_usd=saved, hours_saved=0.25, quality_change=-0.004,
            steps=["try"], risk="none known", **figures,
        )
        for kind, change, saved in (
            ("epochs", "1 epoch instead of 3", 2.5),
            ("dataset", "a tenth of the data " * 8, 1.5),
            ("pilot", "first train both on 1/16 of the data " * 4, None),
        )
    ]  # fmt: skip
    crowded = with_knee(
        plan,
        model="organisation/model-" * 20,
        cost_parts=knee.cost_parts.model_copy(update={"labour": 1440.0, "management": 144.0, "tax": 1.5}),
        hours_label="speed extrapolated: " + "no rows of such a card; " * 9,
        memory_gib=knee.memory_gib.model_copy(update={"total_lo": 60.0, "total_hi": 110.0}),
        offer=knee.offer.model_copy(
            update={"tier": "spot", "preemption_per_hour": 0.25, "preemption_source": "prior " * 40}
        ),
    )
    policy = SpotPolicy(
        id=knee.id, policy="fallback", cost_usd=8.0, cost_usd_lo=6.0, cost_usd_hi=9.0, hours=0.7, hours_lo=0.5,
        hours_hi=0.9, meets_deadline=0.982, on_demand_share=0.1, recommended=True,
    )  # fmt: skip
    rivals = [Rival(id=other.id, text="", probability={"cost": 0.1, "time": 0.995, "quality": 0.55})]
    note = plan.decision_notes["knee"].model_copy(
        update={"keeps": 0.61, "rivals": rivals, "undefined": True, "rule": "no knee: the front bends nowhere " * 20}
    )
    hostile = hostile_plan().metadata
    return crowded.model_copy(
        update={
            "metadata": hostile.model_copy(update={"name": "n" * 500, "owner": "o" * 500, "cost_centre": "c" * 500}),
            "decision_notes": plan.decision_notes | {"knee": note},
            "advice": advice,
            "spot_policies": [policy],
            "sensitivity": Sensitivity(
                decision="knee", configuration=knee.id, cost_usd=7.9, hours=0.5, quality=0.7, least_factor=0.25,
                most_factor=4.0, points=60, note="held against the front", inputs=[sway],
            ),
            "currency": CurrencyReference(code="EUR", usd_per_unit=1.25, as_of="2026-11-20", source="a bank"),
            "tax_name": "value added tax " * 9,
        }
    )  # fmt: skip


def test_golden(plan: Plan, golden: Golden) -> None:
    golden("report/executive.html", without_foreign_parts(html(report_data(plan), TEMPLATE, (), {})))


def test_golden_of_nothing_feasible(golden: Golden) -> None:
    golden("report/executive-empty.html", without_foreign_parts(html(report_data(empty_plan()), TEMPLATE, (), {})))


@pytest.mark.parametrize("which", ["plan", "crowded"])
def test_golden_markdown(which: str, request: pytest.FixtureRequest, golden: Golden) -> None:
    data = report_data(request.getfixturevalue(which))
    golden(f"report/executive-{which}.md", fill(TEMPLATE, page=TEXT, report=data, notes=()))


def test_the_question_has_goal_data_and_limits(plan: Plan) -> None:
    knee = knee_of(plan)
    data = knee.train | {"dataset_samples": 400_000, "dataset_mean_tokens": 420.0}
    asked = page_of(with_knee(plan, train=data))
    assert asked.question == (
        "Which model, by which method and on which machine, for support-bot, tuned on 400,000 samples of about 420 "
        "tokens, at most $200 and within 12.0 h?"
    )
    assert asked.searched == (
        "Weighed: cost, time and quality. All 12,480 combinations of model, method, settings and machine were "
        "compared; 5,300 keep to every limit; 12 others could not be judged, as their cost, time or quality is unknown."
    )
    swept = page_of(with_knee(plan, train=data, axes={"dataset.samples": 400_000}))
    assert "samples" not in swept.question


def test_a_sampled_search_is_told(plan: Plan) -> None:
    search = plan.search.model_copy(update={"exact": False, "evaluated": 2000})
    assert "tried 2,000 combinations of model, method, settings and machine; a better one may have been missed" in (
        page_of(plan.model_copy(update={"search": search})).searched
    )


def test_figures_are_the_recommended_ones_with_their_bands(page: Executive, plan: Plan) -> None:
    assert [(f.what, f.figure, f.remark) for f in page.figures] == [
        ("Cost", "$7.89", "90 % band $5.84 to $10.73"),
        ("Time", "34 min", "90 % band 26 to 45 min"),
        ("Quality q, 0 to 1", "0.77", "90 % band 0.60 to 0.93"),
        ("Within the limits", "over 99 %", "on cost and time"),
    ]
    green = page_of(plan.model_copy(update={"objectives": [*plan.objectives, "carbon"]}))
    assert "Emissions CO₂e" in [f.what for f in green.figures]


def test_cost_parts_add_up_to_the_bar(page: Executive, plan: Plan) -> None:
    costs = page.costs
    assert costs.sentence == "Compute makes up 84 % of the cost, re-runs 13 % and storage 3 %."
    assert costs.total is not None
    assert costs.total.usd == "$7.89"
    bars = [line.bar for line in costs.parts if line.bar is not None]
    assert sum(bar.width for bar in bars) == pytest.approx(100.0, abs=0.05)
    again = with_knee(plan, train=knee_of(plan).train | {"expected_reruns": 0.15})
    assert "Re-runs are the 15 % of a run expected for mistakes and crashes." in page_of(again).costs.notes
    assert [bar.start for bar in bars[1:]] == pytest.approx([b.start + b.width for b in bars[:-1]], abs=0.02)
    assert (costs.extras, costs.in_all, costs.currency) == ((), None, "")
    unknown = knee_of(plan).cost_parts.model_copy(update={"egress": None})
    lines = {line.name: line.usd for line in page_of(with_knee(plan, cost_parts=unknown)).costs.parts}
    assert lines["egress"] == "unknown"


def test_labour_management_and_tax_come_on_top_in_both_currencies(crowded: Plan) -> None:
    costs = page_of(crowded).costs
    assert [(line.usd, line.own) for line in costs.extras] == [
        ("$1,440", "EUR 1,152"),
        ("$144", "EUR 115"),
        ("$1.50", "EUR 1.20"),
    ]
    cost = knee_of(crowded).cost_usd
    assert cost is not None
    assert costs.in_all is not None
    assert costs.in_all.usd == f"${cost + 1440.0 + 144.0 + 1.5:,.0f}"
    assert costs.total is not None
    assert costs.total.own == f"EUR {cost / 1.25:.2f}"
    assert costs.notes[-1] == "1 EUR = 1.2500 USD on 2026-11-20."


def test_what_it_buys_tells_points_of_the_untuned_model_only(page: Executive, plan: Plan) -> None:
    knee = knee_of(plan)
    before = 1 / (1 + math.exp(-0.49))
    assert page.benefit.sentences == (
        f"Untuned, {knee.model} scores 66.7 points on the benchmark MMLU, which is q {before:.2f}.",
        f"After tuning it is predicted to be at q 0.77 (90 % band 0.60 to 0.93), {0.7674 - before:.2f} more than "
        "untuned; q runs from 0 (chance) to 1.",
        "This is a prior: it ranks candidates and promises no benchmark score.",
        "A 90 % band holds the true figure nine times in ten.",
    )
    assert page.benefit.before == pytest.approx(100 * before, abs=0.05)
    unscored = page_of(with_knee(plan, quality_parts={"base": 0.0, "points": None}))
    assert unscored.benefit.sentences[0] == (
        f"Untuned, {knee.model} has no published score; by its size and date it is taken for q 0.50."
    )
    moved = page_of(with_knee(plan, quality_parts={"base": 0.49, "yours": 0.3, "points": 66.7}))
    start = 1 / (1 + math.exp(-0.79))
    assert moved.benefit.sentences[0].endswith(f"which is q {start:.2f} by evaluations of yours.")
    assert knee.quality is not None
    assert f"{knee.quality - start:.3f} more than untuned" in moved.benefit.sentences[1]
    measured = page_of(with_knee(plan, quality_label="calibrated with 4 evaluations of yours"))
    assert measured.benefit.sentences[-2] == "Calibrated with 4 evaluations of yours."


def test_unknown_quality_is_told_as_unknown(plan: Plan) -> None:
    unknown: dict[str, Any] = {
        "quality": None, "quality_lo": None, "quality_hi": None, "quality_label": "unknown", "quality_parts": {},
        "unknown": ["quality: no comparable MMLU score of the base model"],
    }  # fmt: skip
    page = page_of(with_knee(plan, **unknown))
    assert page.benefit.sentences == (
        "How good it is after tuning is unknown: no comparable MMLU score of the base model.",
    )
    assert page.benefit.after is None
    assert page.figures[2].figure == "unknown"
    assert all(other.quality_more == "" for other in page.others)


def test_other_choices_say_what_they_cost_more_or_less(page: Executive, plan: Plan) -> None:
    knee = knee_of(plan)
    by_name = {other.name: other for other in page.others}
    fastest = by_name["fastest"]
    theirs = next(c for c in plan.front if c.id == plan.decisions["fastest"])
    assert theirs.cost_usd is not None
    assert knee.cost_usd is not None
    assert fastest.cost_more == f"${theirs.cost_usd - knee.cost_usd:.2f} more"
    assert fastest.time_more.endswith("less")
    assert fastest.sure == "time too close to call"  # 45 % against 55 %
    assert by_name["other model"].sure == ""
    assert list(by_name) == ["cheapest", "fastest", "best", "other model"]


def test_one_front_point_has_no_other_choice(plan: Plan) -> None:
    knee = knee_of(plan)
    alone = plan.model_copy(
        update={
            "front": [knee],
            "decisions": dict.fromkeys(("cheapest", "fastest", "best", "knee"), knee.id),
            "pairings": [],
            "alternatives": plan.alternatives.model_copy(update={"found": []}),
        }
    )
    page = page_of(alone)
    assert page.others == ()
    assert page.others_note == "There is no other choice: it is the only point of the front."
    assert [row.what for row in page.changes] == ["If we wait"]


def test_risks_have_numbers(crowded: Plan) -> None:
    page = page_of(crowded)
    assert told(page, "Limits") == (
        "61 % likely to keep to the limits on cost and time. It takes 4 % of the limit on cost and 5 % of the limit "
        "on time. One by one: under 1 % to be over the budget and under 1 % to be late."
    )
    assert told(page, "Memory").startswith("56 % likely to need more than the card has")
    assert "0.25 preemptions per hour" in told(page, "Spot machine")
    assert (
        "Best run on spot machines, and on demand when time gets short (simulated: $8.00 in the mean, in time in 98 %"
        in told(page, "Spot machine")
    )
    assert told(page, "Price") == (
        "$11.96/h, price of 2026-10-03, 2 months old at the catalog's date, high confidence. "
        "Over its band the cost is $6.50 to $9.50."
    )
    calm = page_of(with_knee(crowded, memory_gib=knee_of(sample_plan()).memory_gib))
    assert [row.what for row in calm.risks] == ["Limits", "Spot machine", "Price", "Speed"]
    assert [row.what for row in page.risks] == ["Memory", "Limits", "Spot machine", "Price"]  # the likeliest first
    work = knee_of(crowded).work.model_copy(update={"cut_sample_share": 0.09, "lost_token_share": 0.58})
    assert page_of(with_knee(crowded, work=work)).risks[0].what == "Data"
    assert told(calm, "Speed").startswith("Extrapolated from jobs unlike this one (no rows of such a card;")


def test_limits_that_hold_are_no_risk_and_missing_ones_are_told(page: Executive, plan: Plan) -> None:
    assert "Limits" not in [row.what for row in page.risks]
    free = page_of(plan.model_copy(update={"constraints": []}))
    assert told(free, "Limits") == (
        "The scenario sets no limit on cost or time that could be missed. The 90 % bands end at $10.73 and 45 min."
    )
    assert told(free, "If we wait") == "The scenario sets no deadline. How prices will move is not known."
    assert free.question.endswith("for support-bot?")


def test_cut_samples_and_partial_dates(plan: Plan) -> None:
    knee = knee_of(plan)
    work = knee.work.model_copy(update={"cut_sample_share": 0.09, "lost_token_share": 0.18})
    page = page_of(with_knee(plan, work=work, offer=knee.offer.model_copy(update={"as_of": "2026"})))
    assert told(page, "Data") == (
        "9 % of the samples are longer than 2,048 tokens and lose their end, 18 % of all tokens."
    )
    assert "price of 2026, up to 11 months old" in told(page, "Price")
    fresh = page_of(with_knee(plan, offer=knee.offer.model_copy(update={"as_of": plan.catalog.as_of[:7]})))
    assert f"price of {plan.catalog.as_of[:7]}, under a month old" in told(fresh, "Price")


@pytest.mark.parametrize(
    ("low", "high", "limit", "chance"),
    [(1.0, 1.0, 2.0, 0.0), (3.0, 3.0, 2.0, 1.0), (2.0, 8.0, 4.0, 0.5), (2.0, 8.0, 8.0, 0.05), (2.0, 8.0, 2.0, 0.95)],
)
def test_the_ends_of_a_band_are_exceeded_as_often_as_it_says(
    low: float, high: float, limit: float, chance: float
) -> None:
    assert chance_above(low, high, limit) == pytest.approx(chance, abs=1e-9)


def test_what_happens_if_we_wait_or_cut(crowded: Plan) -> None:
    page = page_of(crowded)
    knee = knee_of(crowded)
    assert knee.cost_usd is not None
    assert knee.hours_hi is not None
    assert told(page, "If we wait").startswith(f"The deadline leaves {12 - knee.hours_hi:.1f} h to start in")
    assert told(page, "With half the money") == (f"${knee.cost_usd / 2:.2f} is too little: the cheapest costs $3.95.")
    endless = page_of(with_knee(crowded, hours_lo=None, hours_hi=None))
    assert told(endless, "If we wait").startswith(
        f"In the median the deadline leaves {12 - (knee.hours or 0):.1f} h to start in; how long it may take at most "
        "is unknown."
    )
    assert "on demand" in told(page, "Without spot").lower()
    assert told(page, "Less training") == (
        "1 epoch instead of 3: $2.50 less and 15 min less, but q 0.004 lower; 97 % sure to be cheaper."
    )
    on_demand = page_of(with_knee(crowded, offer=knee_of(sample_plan()).offer))
    assert (
        told(on_demand, "If an estimate is off") == "At 1.06 times the price of the machine, the knee becomes another."
    )


def test_a_flip_to_practically_the_same_job_is_not_told(crowded: Plan) -> None:
    plan = with_knee(crowded, axes={"dataset.share": 0.5})
    knee = knee_of(plan)
    sensitivity = plan.sensitivity
    assert sensitivity is not None
    (sway,) = sensitivity.inputs

    def flipped(becomes: Configuration, text: str = "price x1.06: the knee becomes 8x h100-sxm") -> list[str]:
        flip = Flip(factor=1.06, becomes=becomes.id, text=text)
        inputs = [sway.model_copy(update={"flips_above": flip})]
        told = plan.model_copy(
            update={
                "beside": [becomes], "sensitivity": sensitivity.model_copy(update={"inputs": inputs}),
                "advice": [], "spot_policies": [],
            }
        )  # fmt: skip
        return [row.text for row in page_of(told).changes if row.what == "If an estimate is off"]

    near = knee.model_copy(update={"id": "near", "axes": {"dataset.share": 0.502}})
    far = knee.model_copy(update={"id": "far", "axes": {"dataset.share": 0.8}})
    assert flipped(near) == []
    assert flipped(far) == ["At 1.06 times the price of the machine, the knee becomes 8 × h100-sxm."]
    assert flipped(far, "a very long name " * 20) == []  # left out, never cut inside
    sway = sway.model_copy(update={"input": "gain", "what": "what tuning gains in quality"})
    assert flipped(far) == ["If tuning gains 1.06 times the quality, the knee becomes 8 × h100-sxm."]


def test_the_answer_is_in_plain_words(page: Executive, plan: Plan, crowded: Plan) -> None:
    assert page.answer == (
        "Fine-tune qwen2.5-7b with LoRA, rank 16 (only small added matrices are trained), on 12.5 % of the data, on 4 "
        "h100-sxm cards at lambda in us-west-3, on demand: about $7.89 and 34 min from request to finished artifact."
    )
    assert "as a spot machine (cheaper, but it may be taken away)" in page_of(crowded).answer
    swept = {"dataset.share": 1, "train.max_seq_len": 1024, "train.epochs": 1, "train.packing": True}
    told = page_of(with_knee(plan, axes=swept)).answer
    assert ", on all of the data, samples cut at 1,024 tokens, for 1 epoch, with packing on, on 4 h100-sxm" in told


@pytest.mark.parametrize(
    ("method", "told"),
    [
        ({"name": "full", "precision": "bf16_mixed"}, "with full fine-tuning, bf16-mixed (every weight is trained)"),
        ({"name": "lora-8bit", "rank": 8, "targets": "attention"},
         "with LoRA-8bit, rank 8 attention (only small added matrices are trained, beside a model held in 8 bits)"),
        ({"name": "house-blend"}, "with house-blend, on 12.5 %"),
    ],
)  # fmt: skip
def test_a_method_is_told_with_what_it_does(method: dict[str, Any], told: str, plan: Plan) -> None:
    assert told in page_of(with_knee(plan, method=method)).answer


def test_what_is_unknown_of_the_answer_is_told_as_that(plan: Plan) -> None:
    assert page_of(with_knee(plan, cost_usd=None)).answer.endswith(
        ": about 34 min from request to finished artifact, its cost is unknown."
    )
    assert page_of(with_knee(plan, hours=None)).answer.endswith(": about $7.89, its time is unknown.")
    assert page_of(with_knee(plan, cost_usd=None, hours=None)).answer.endswith(": its cost and its time are unknown.")
    others = report_data(with_knee(plan, cost_usd=None)).headline
    assert "unknown and" not in others.sentence


def test_a_front_without_a_knee_needs_no_geometry(plan: Plan) -> None:
    note = plan.decision_notes["knee"].model_copy(update={"undefined": True, "rule": "no knee: a straight front"})
    bent = plan.model_copy(update={"decision_notes": plan.decision_notes | {"knee": note}})
    assert page_of(bent).sure[0].startswith("No choice stands out as the best compromise")
    knee = knee_of(plan)
    alone = bent.model_copy(update={"front": [knee], "decisions": {"knee": knee.id}})
    assert page_of(alone).sure[0] == "Nothing else that was compared is better than this on any objective."


def test_memory_has_a_tile_where_it_is_in_doubt(crowded: Plan) -> None:
    found = {f.what: (f.figure, f.remark) for f in page_of(crowded).figures}
    assert found["Within the limits"] == ("61 %", "on cost and time, if it fits")
    assert found["Fits the card"] == ("44 %", "chance that memory is enough")


def test_the_next_choice_is_told_with_its_software_and_once(plan: Plan) -> None:
    knee = knee_of(plan)
    other = knee.model_copy(
        update={"id": "other", "stack": "unsloth", "hardware": knee.hardware.model_copy(update={"count": 1})}
    )
    rival = Rival(id="other", text="", probability={"cost": 0.14, "time": 0.99})
    o = knee.offer
    figures = dict.fromkeys(
        ("cost_usd", "cost_saved_usd_lo", "cost_saved_usd_hi", "hours", "hours_saved_lo", "hours_saved_hi", "quality",
         "quality_change_lo", "quality_change_hi", "memory_gib", "memory_freed_gib", "hours_saved", "quality_change")
    )  # fmt: skip
    cards = f"1x {knee.hardware.gpu}, {o.provider} {o.region}, on demand instead of 4x {knee.hardware.gpu}, elsewhere"
    advice = Advice(
        decisions=["knee"], configuration=knee.id, kind="count", change=cards, settings=[], becomes="", saves="cost",
        confidence=0.99, cost_saved_usd=2.0, steps=["try"], risk="none known", **figures,
    )  # fmt: skip
    note = plan.decision_notes["knee"].model_copy(update={"rivals": [rival]})
    given = {"decision_notes": plan.decision_notes | {"knee": note}, "advice": [advice], "beside": [other]}
    page = page_of(plan.model_copy(update=given))
    assert "Against the next choice, the same on 1 × h100-sxm at lambda us-west-3 with unsloth (" in page.sure[-1]
    assert "Other machine" not in [row.what for row in page.changes]
    elsewhere = advice.model_copy(update={"change": cards.replace("1x", "2x")})
    kept = page_of(plan.model_copy(update=given | {"advice": [elsewhere]}))
    assert told(kept, "Other machine").endswith("$2.00 less; 99 % sure to be cheaper.")


def test_rows_that_look_alike_tell_their_instance(plan: Plan) -> None:
    knee = knee_of(plan)
    cheapest = next(c for c in plan.front if c.id == plan.decisions["cheapest"])
    twin = knee.model_copy(update={"id": cheapest.id, "offer": knee.offer.model_copy(update={"instance": "other-8x"})})
    front = [twin if c.id == cheapest.id else c for c in plan.front]
    rows = {row.name: row.where for row in page_of(plan.model_copy(update={"front": front})).others}
    assert rows["cheapest"].endswith(", on demand, other-8x")
    assert "other-8x" not in rows["fastest"]


def test_the_question_of_the_scenario_comes_first(plan: Plan) -> None:
    asked = plan.model_copy(
        update={"metadata": plan.metadata.model_copy(update={"question": "Is <b>it</b> worth it?"})}
    )
    for name in ("executive", "technical"):
        page = html(report_data(asked), find_template(name), (), {})
        assert '<p class="asked"><bdi>Is &lt;b&gt;it&lt;/b&gt; worth it?</bdi></p>' in page
        assert page.index('class="asked"') < page.index('class="lead"')
    assert page_of(asked).question == "Given: at most $200 and within 12.0 h."


def test_the_text_is_larger_where_the_sheet_has_room(page: Executive, plan: Plan) -> None:
    short = fitted(replace(page, others=(), risks=(), changes=()), plan.metadata)
    assert (short.paper.points, page.letter.points) == (9.0, 8.5)
    data = replace(report_data(plan), executive=short)
    assert "html { font-size: 9.0pt; }" in paper.paper_page(data, TEMPLATE, {})


def test_half_the_money_buys_the_best_that_it_can(plan: Plan) -> None:
    by_cost = [c for c in plan.front if c.cost_usd is not None]
    dear = max(by_cost, key=lambda c: c.cost_usd or 0.0)
    page = page_of(plan.model_copy(update={"decisions": {"best": dear.id}}))
    half = (dear.cost_usd or 0.0) / 2
    within = [c for c in by_cost if (c.cost_usd or 0.0) <= half]
    best = max(within, key=lambda c: (c.quality or 0.0, -(c.hours or 0.0)))
    assert f"buys {best.model} by {best.method['name']}" in told(page, "With half the money")
    assert f"${best.cost_usd:.2f}" in told(page, "With half the money")


def test_how_sure_it_is_is_told_from_the_likelier_side(crowded: Plan) -> None:
    assert (
        page_of(crowded)
        .sure[-1]
        .endswith(
            "it is 90 % likely dearer and over 99 % likely faster; which has the better quality is too close to call."
        )
    )


@pytest.mark.parametrize(
    ("chances", "end"),
    [
        ({"cost": 0.5, "time": 0.5, "carbon": 1.0},
         "it is over 99 % likely lower in emissions; which has the lower cost and time is too close to call."),
        ({"cost": 0.5, "carbon": 0.5, "time": None}, "which has the lower cost and emissions is too close to call."),
        ({"cost": 0.5, "time": 0.0, "quality": 0.45},
         "it is over 99 % likely slower; which is better in cost and quality is too close to call."),
    ],
)  # fmt: skip
def test_what_is_too_close_is_named_by_which_end_is_better(
    crowded: Plan, chances: dict[str, float | None], end: str
) -> None:
    knee = crowded.decision_notes["knee"]
    rivals = [knee.rivals[0].model_copy(update={"probability": chances})]
    notes = {"knee": knee.model_copy(update={"rivals": rivals})}
    assert page_of(crowded.model_copy(update={"decision_notes": notes})).sure[-1].endswith(end)


def test_what_is_approved_is_called_what_it_is(plan: Plan, services: Plan) -> None:
    bare = page_of(with_knee(plan, cost_usd_lo=None, cost_usd_hi=None)).steps[0].text
    assert bare.endswith("charged to cost centre cc-104: the cost, of which no band is known.")
    least = page_of(services).steps[0].text
    assert least == (
        "Ask the provider, together, for the fee or minimum that is not known before anything is approved: at "
        "least $4.60 is a lower bound."
    )


def test_next_steps_are_commands_that_exist(page: Executive, plan: Plan) -> None:
    from planner.cli.main import cli

    assert page.steps[0].text == (
        "Approve up to $10.73, charged to cost centre cc-104: the upper end of the 90 % band of the cost."
    )
    commands = [step.command for step in page.steps if step.command]
    assert commands == ["planner explain plan.json knee --measure", "planner lock scenarios/support-bot.yaml"]
    for command in commands:
        assert cli.get_command(click.Context(cli), command.split()[1]) is not None
    odd = plan.scenario.model_copy(update={"path": "a scenario; rm -rf x.yaml"})
    assert "lock" not in " ".join(step.command for step in page_of(plan.model_copy(update={"scenario": odd})).steps)


def test_nothing_feasible_says_what_would_help() -> None:
    page = page_of(empty_plan())
    assert page.sure == (
        "What cut most, by the first reason met: the limit on cost (12,080) and does not fit in memory (400).",
    )
    assert [row.text for row in page.changes] == [
        "Raise the limit on cost from $1.00 to $1.85, 85 %.",
        "Raise the limit on time from 30 min to 1.2 h, 2.4 times as much.",
    ]
    assert page.steps[-1].command == "planner plan scenarios/support-bot.yaml --set 'constraints.max_cost=$1.85'"
    assert (page.figures, page.costs.total, page.others_note) == ((), None, "")


def test_a_plan_whose_points_all_have_something_unknown(plan: Plan) -> None:
    page = page_of(plan.model_copy(update={"front": [], "decisions": {}, "decision_notes": {}, "infeasible": {}}))
    assert page.sure == ("12 keep to every limit, but their cost, time or quality is unknown.",)
    assert page.costs.total is None


@pytest.fixture(scope="module")
def services() -> Plan:
    return planner.plan(
        {
            "api_version": "planner/v1",
            "kind": "FineTune",
            "metadata": {"name": "services"},
            "models": ["llama-3.1-8b", "gpt-4.1-mini"],
            "methods": ["lora"],
            "dataset": {"samples": 2_000, "tokens_per_sample": 400},
            "hardware": {"providers": ["openai", "together"]},
            "constraints": {"deadline": "6 h"},
        }
    )


def test_services_alone_have_a_page(services: Plan) -> None:
    page = page_of(services)
    assert "a managed service tunes llama-3.1-8b" in page.answer
    assert [(f.what, f.figure) for f in page.figures[:2]] == [("Cost", "at least $4.60"), ("Time", "not told")]
    assert told(page, "Limits").endswith("whether it keeps to the limit on time is unknown.")
    assert page.costs.total is not None
    assert page.costs.total.usd == "at least $4.60"


def test_a_service_stands_beside_machines(services: Plan, plan: Plan) -> None:
    assert isinstance(services.managed, Managed)
    page = page_of(plan.model_copy(update={"managed": services.managed}))
    assert [(o.name, o.time, o.cost) for o in page.others if o.name == "managed service"] == [
        ("managed service", "not told", "at least $4.60")
    ]


def test_rows_that_one_sheet_cannot_hold_are_left_to_the_screen(crowded: Plan, page: Executive) -> None:
    full = page_of(crowded)
    rows = {name: getattr(full.paper, name) for name in ("others", "risks", "changes", "steps")}
    about = crowded.metadata
    whole = {name: len(getattr(full, name)) for name in rows}
    assert height_mm(full, whole, about) > SHEET_MM["A4"] >= height_mm(full, rows, about)
    assert full.letter.others + full.letter.changes <= full.paper.others + full.paper.changes
    assert full.paper.note.endswith("less than on the screen, to keep to one sheet.")
    assert (page.paper.others, page.paper.steps, page.paper.note) == (len(page.others), len(page.steps), "")


def test_the_fullest_page_is_one_sheet_of_the_shortest_paper(crowded: Plan) -> None:
    document = layout.document(paper.paper_page(report_data(crowded), TEMPLATE, {}, paper="letter"))
    assert len(document.pages) == 1
    assert document.metadata.title.endswith("fine-tuning plan in one page")


def test_hostile_names_are_text(crowded: Plan) -> None:
    data = report_data(crowded)
    page = html(data, TEMPLATE, (), {})
    assert "<script>alert" not in page
    assert "onerror" not in page.replace("onerror=alert(2)&gt;", "")
    assert "<img" not in page
    assert "<img" not in fill(TEMPLATE, page=TEXT, report=data, notes=())


@pytest.mark.real
@pytest.mark.parametrize("size", ["A4", "letter"])
@pytest.mark.parametrize("name", ["support-bot", "code-model", "eu-residency"])
def test_worked_scenarios_are_one_sheet(name: str, size: Paper) -> None:
    from planner.resources import SCENARIOS

    data = report_data(planner.plan(SCENARIOS / f"{name}.yaml"))
    assert data.executive.paper.note == ""
    assert len(layout.document(paper.paper_page(data, TEMPLATE, {}, paper=size)).pages) == 1
