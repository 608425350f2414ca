"""Advice and sensitivity for the sample plan: with savings and losses, open lists, a pilot, flips and none."""

from planner.outcome import Advice, Flip, Plan, Sensitivity, Sway


def advice(plan: Plan, decision: str, **fields: object) -> Advice:
    """One piece of advice on a decision."""
    c = plan.configuration(plan.decisions[decision])
    assert c is not None
    made: dict[str, object] = {
        "decisions": [decision], "configuration": c.id, "kind": "epochs", "change": "2 epochs instead of 3",
        "settings": ["train.epochs=2"], "becomes": "0123456789ab", "saves": "cost", "confidence": 0.9712,
        "cost_usd": 20.0, "cost_saved_usd": 6.12, "cost_saved_usd_lo": 2.5, "cost_saved_usd_hi": 12.0,
        "hours": 3.0, "hours_saved": 2.0, "hours_saved_lo": -0.5, "hours_saved_hi": 4.5,
        "quality": 0.7, "quality_change": -0.004, "quality_change_lo": -0.03, "quality_change_hi": 0.02,
        "memory_gib": 40.0, "memory_freed_gib": 0.0, "steps": ["plan again with --set train.epochs=2", "stop early"],
        "risk": "keeps most of the gain",
    }  # fmt: skip
    return Advice.model_validate(made | fields)


def changed(plan: Plan) -> Plan:
    """The plan with advice and sensitivity."""
    knee = plan.configuration(plan.decisions["knee"])
    assert knee is not None
    assert knee.cost_usd is not None
    flip = Flip(
        factor=1.06, becomes="0123456789ab", text="price of gcp x (spot) x1.06: the knee becomes something else"
    )
    ends = {"hours_low": 2.0, "hours_high": 4.0, "quality_low": 0.7, "quality_high": 0.7}
    sways = [
        Sway(
            input="speed",
            what="speed of l40s with hf-trainer and lora",
            low_factor=0.6,
            high_factor=1.7,
            cost_usd_low=knee.cost_usd * 1.5,
            cost_usd_high=knee.cost_usd * 0.7,
            flips_below=None,
            flips_above=None,
            **ends,
        ),
        Sway(
            input="price",
            what="price of gcp x (spot)",
            low_factor=0.85,
            high_factor=1.18,
            cost_usd_low=knee.cost_usd * 0.86,
            cost_usd_high=knee.cost_usd * 1.17,
            flips_below=None,
            flips_above=flip,
            **ends,
        ),
        Sway(
            input="gain",
            what="what tuning gains in quality",
            low_factor=0.0,
            high_factor=2.15,
            cost_usd_low=knee.cost_usd,
            cost_usd_high=knee.cost_usd,
            flips_below=None,
            flips_above=None,
            **ends,
        ),
    ]
    told = [
        advice(plan, "best"),
        advice(
            plan,
            "knee",
            kind="tier",
            change="spot instead of on demand",
            settings=["hardware.tiers=[spot]"],
            opens=["hardware.tiers"],
            hours_saved=-1.5,
            hours_saved_lo=-3.0,
            hours_saved_hi=-0.2,
            trade_offs=["time"],
        ),
        advice(
            plan,
            "knee",
            kind="pilot",
            change="first train both",
            saves="quality",
            confidence=None,
            cost_saved_usd=-0.8,
            cost_saved_usd_lo=None,
            cost_saved_usd_hi=None,
            hours_saved=None,
            hours_saved_lo=None,
            hours_saved_hi=None,
            quality_change=0.02,
            quality_change_lo=0.0,
            quality_change_hi=None,
        ),
    ]
    return plan.model_copy(
        update={
            "advice": told,
            "advice_notes": ["4 cores feed 0.8 M tokens/s"],
            "sensitivity": Sensitivity(
                decision="knee", configuration=knee.id, cost_usd=knee.cost_usd, hours=knee.hours, quality=knee.quality,
                least_factor=0.25, most_factor=4.0, points=12, note="held against 12 points", inputs=sways,
            ),
        }
    )  # fmt: skip


def short_of_memory(plan: Plan) -> Plan:
    """An infeasible plan with advice on memory."""
    made = advice(changed_base(plan), "knee", decisions=[], saves="memory", kind="offload", confidence=None,
                  change="sharing fsdp_offload instead of single", cost_saved_usd=None, hours_saved=None,
                  memory_gib=20.0, memory_freed_gib=26.7)  # fmt: skip
    no = made.model_copy(update={"fits": False, "change": "rank 4 instead of 16", "memory_gib": 45.8})
    return plan.model_copy(update={"advice": [made, no]})


def changed_base(plan: Plan) -> Plan:
    """A plan that has decisions to hang advice on."""
    from tests.report.sample_plan import sample_plan

    return plan if plan.decisions else sample_plan()
