"""Checks as the gate makes them, built by hand: nothing changed, one change, a broken budget, hostile and so on."""

from typing import Any, Literal

from planner.outcome import (
    ApprovalState,
    BudgetState,
    Check,
    Configuration,
    Delta,
    Difference,
    Edit,
    FrontMove,
    Judgement,
    LockState,
    Metadata,
    Place,
    Revision,
    ScenarioDifference,
    Side,
    Total,
    Totals,
    TrustNote,
    Verdict,
)
from planner.outcome.difference_words import choice_text, decision_sentence

from .sample_configurations import configuration

BASE = Revision(name="origin/main", commit="5f0c2a9d1b7e4c3380aa1b2c3d4e5f6071829304")
HEAD = Revision(name="feature/higher-rank", commit="9be1c0ffee21d4e8a7b6c5d4e3f2019876543210")
SUPPORT = "scenarios/support-bot.yaml"
TWO_L40S = ("l40s", 2, "nebius", "eu-north1", "on_demand", 3.10)
ONE_H100 = ("h100-sxm", 1, "lambda", "us-west-3", "on_demand", 2.99)
HOSTILE = "evil](https://x.example) @acme/team ![p](q) <script>alert(1)</script> | `c` #12 \u202e $x$ :100:\n\n# big"


def moved(
    before: float | None, after: float | None, planner: float | None = None, prices: float | None = 0.0, **more: Any
) -> Delta:  # fmt: skip
    """A delta whose parts add up: the scenario's is the rest."""
    total = None if before is None or after is None else after - before
    known = total is not None
    return Delta(
        before=before,
        after=after,
        planner=planner if known else None,
        prices=prices if known else None,
        scenario=total - (planner or 0) - (prices or 0) if total is not None else None,
        total=total,
        **more,
    )


def tuned(rank: int, factor: float, offer: tuple[str, int, str, str, str, float] = TWO_L40S) -> Configuration:
    """LoRA of some rank, with every figure that grows with the work times `factor`."""
    c = configuration("qwen2.5-7b", "lora", 1.0, offer)
    grown = {
        f"{name}{end}": round(getattr(c, f"{name}{end}") * factor, 4)
        for name in ("cost_usd", "hours", "carbon_kg")
        for end in ("", "_lo", "_hi")
    }
    return c.model_copy(update={**grown, "method": {**c.method, "rank": rank, "alpha": 2 * rank}})


def side(chosen: Configuration | None, margin: float | None = None, **more: Any) -> Side:
    values = {
        "scenario_digest": "sha256:3f1c9a0d77e2b441",
        "catalog_as_of": "2026-11-22",
        "prices": "lock of 2026-10-03",
        "planner": "0.1.0",
        "decision": "knee",
        "margin": margin,
        "margin_of": "trade-off" if margin is not None else "",
        "rival": choice_text(configuration("qwen2.5-7b", "qlora", 1.0, ONE_H100)) if margin is not None else "",
        "choice": choice_text(chosen) if chosen else "",
        "front": 14,
        "feasible": 5_300 if chosen else 0,
    }
    return Side(configuration=chosen, **{**values, **more})


def front(shift: float) -> FrontMove:
    """Two fronts of which every third point stayed."""
    before = [(4.0 * 1.45**i, 30 / 1.4**i) for i in range(11)]
    after = [(x, y) if i % 3 == 0 else (x * shift, y * shift) for i, (x, y) in enumerate(before)]
    return FrontMove(
        gone=7,
        new=7,
        stayed=4,
        before_usd=[x for x, _ in before],
        after_usd=sorted(x for x, _ in after),
        before_points=[[x, y] for x, y in before],
        after_points=[[x, y] for x, y in after],
    )


def changed_scenario() -> ScenarioDifference:
    """LoRA r 16 to r 64, one epoch more, prices moved between the locks."""
    a, b = tuned(16, 1.0), tuned(64, 1.41)
    before, after = side(a, 0.09), side(b, 0.02, prices="lock of 2026-11-22")
    assert a.cost_usd is not None
    assert a.hours is not None
    assert b.quality is not None
    place = {name: Place(file=SUPPORT, line=line, column=column) for name, line, column in
             (("rank", 26, 13), ("epochs", 41, 11))}  # fmt: skip
    return ScenarioDifference(
        path=SUPPORT,
        name="support-bot",
        metadata=Metadata(name="support-bot", team="ml-platform", cost_centre="cc-104"),
        change="changed",
        before=before,
        after=after,
        flipped=False,
        sentence=decision_sentence(before, after),
        delta={
            "cost_usd": moved(a.cost_usd - 0.35, b.cost_usd, 0.35, 1.12, chance_higher=0.94),
            "hours": moved(a.hours - 0.1, b.hours, 0.1, 0.0, chance_higher=0.93),
            "quality": moved(b.quality - 0.004, b.quality, 0.0, 0.0, chance_higher=0.52, within_noise=True),
            "carbon_kg": moved(a.carbon_kg, b.carbon_kg, 0.0, 0.0),
        },
        edits=[
            Edit(key="methods[1].lora.rank", before="16", after="64", place=place["rank"], effect_usd=0.31),
            Edit(key="train.epochs", before="3", after="4", place=place["epochs"], effect_usd=5.4),
        ],
        front=front(1.3),
    )


def totals_of(scenarios: list[ScenarioDifference], *, everything: bool = False) -> Totals:
    """Sums of cost over what changed, by team and by cost centre, as the gate makes them."""
    some = [s for s in scenarios if s.change != "unchanged"]

    def by(field: str) -> dict[str, Total]:
        keys = sorted({str(getattr(s.metadata, field)) for s in some if s.metadata and getattr(s.metadata, field)})
        return {key: total([s for s in some if s.metadata and getattr(s.metadata, field) == key]) for key in keys}

    return Totals(
        all=total(some), teams=by("team"), cost_centres=by("cost_centre"),
        everything=total(scenarios) if everything else None,
    )  # fmt: skip


def total(of: list[ScenarioDifference]) -> Total:
    """The sum of some scenarios, each known on the sides where it exists or counted as unknown."""
    costs = [(s, s.delta.get("cost_usd")) for s in of]
    was = [d.before if d else None for s, d in costs if s.change != "added"]
    now = [d.after if d else None for s, d in costs if s.change != "removed"]
    unknown = sum(
        d is None or (s.change != "added" and d.before is None) or (s.change != "removed" and d.after is None)
        for s, d in costs
    )

    def side(values: list[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return sum(known) if known or not values else None

    before, after = side(was), side(now)
    planner, prices = (
        None
        if any(d is None or getattr(d, part) is None for _, d in costs)
        else sum(getattr(d, part) for _, d in costs)
        for part in ("planner", "prices")
    )
    whole = Delta(before=before, after=after, planner=None, prices=None, scenario=None, total=None)
    delta = whole if unknown else moved(before, after, planner, prices)
    return Total(scenarios=len(of), unknown=unknown, delta={"cost_usd": delta})


def difference(*scenarios: ScenarioDifference, **more: Any) -> Difference:
    values: dict[str, Any] = {
        "base": BASE, "head": HEAD, "planner": "0.1.0", "scenarios": list(scenarios),
        "totals": totals_of(list(scenarios)), "unchanged": 11,
    }  # fmt: skip
    return Difference(**{**values, **more})


def verdict(
    result: Literal["pass", "info", "warn", "deny", "excepted"], rule: str = "max-job-cost", **more: Any
) -> Verdict:
    severity = {"pass": "deny", "excepted": "deny"}.get(result, result)
    values: dict[str, Any] = {
        "policy": "spend-guard", "rule": rule, "severity": severity, "result": result, "subject": SUPPORT,
        "scenario": SUPPORT, "figure": "cost_usd", "value": 30.0, "limit": 25.0, "value_text": "$30.00",
        "limit_text": "$25.00", "message": "the job costs $30.00, more than the $25.00 that one job may cost",
        "fix": "train for 3 epochs, or ask for an exception in policies/exceptions/",
        "place": Place(file="policies/spend.yaml", line=12, column=15),
        "cause": Place(file=SUPPORT, line=41, column=11),
    }  # fmt: skip
    return Verdict(**{**values, **more})


def judgement(*verdicts: Verdict, **more: Any) -> Judgement:
    results = {v.result for v in verdicts}
    values: dict[str, Any] = {
        "result": "deny" if "deny" in results else "warn" if "warn" in results else "pass",
        "verdicts": list(verdicts),
        "policies": ["policies/spend.yaml"],
        "policies_from": "origin/main",
    }
    return Judgement(**{**values, **more})


def passing(count: int = 5) -> list[Verdict]:
    return [verdict("pass", f"rule-{i}", message="holds", fix="") for i in range(count)]


def budget(spent: float | None, planned: float, limit: float = 2_000) -> BudgetState:
    before = None if spent is None else spent / limit
    share = None if spent is None else (spent + planned) / limit
    levels = [0.5, 0.75, 0.9, 1.0]
    return BudgetState(
        policy="spend-guard", budget="monthly", who="team ml-platform", month="2026-11", limit_usd=limit,
        spent_usd=spent, spent_as_of="2026-11-20" if spent is not None else "", planned_usd=planned, share=share,
        share_before=before, reached=[x for x in levels if share is not None and x <= share],
        crossed=[x for x in levels if share is not None and before is not None and before < x <= share],
        place=Place(file="policies/budgets.yaml", line=8),
    )  # fmt: skip


def nothing() -> Check:
    return Check(difference=difference(unchanged=12), judgement=judgement(*passing()))


def one_changed() -> Check:
    return Check(difference=difference(changed_scenario()), judgement=judgement(*passing(4)))


def broken_budget() -> Check:
    """A team budget is broken, a job's limit is excepted, an approval is open, and the change loosens its policy."""
    trust = TrustNote(
        file="policies/spend.yaml", what="policy", change="changed", allowed=False,
        text="limit of max-job-cost raised from $25.00 to $250; the policy of origin/main is used instead",
        place=Place(file="policies/spend.yaml", line=12, column=15),
    )  # fmt: skip
    over = verdict(
        "deny", "team-month", subject="team ml-platform", scenario="", figure="budget.share", value=1.06, limit=1.0,
        value_text="106 %", limit_text="100 %", cause=None,
        message="team ml-platform would have spent $2,120 of $2,000 in 2026-11",
        fix="lower the cost by $120, or have the budget raised by its owner",
        exception="EX-7 of Ana Sousa would cover this, but it expired on 2026-11-01 (policies/exceptions/ex-7.yaml:1)",
    )  # fmt: skip
    covered = verdict("excepted", exception="EX-9 of Ana Sousa until 2026-12-31: pilot of the new rank")
    warned = verdict("warn", "min-confidence", figure="margin", value=0.02, limit=0.05, value_text="2 %",
                     limit_text="5 %", message="the decision is 2 % ahead, less than 5 %", fix="")  # fmt: skip
    open_one = ApprovalState(
        policy="spend-guard", scenario=SUPPORT, amount_usd=30.0, needed_from=["ana", "ben"],
        text="no approval names this scenario's digest", place=Place(file="policies/approvals.yaml", line=4),
    )  # fmt: skip
    given = open_one.model_copy(update={"approved_by": "cleo", "file": "policies/approvals/support.yaml"})
    return Check(
        difference=difference(changed_scenario(), trust=[trust]),
        judgement=judgement(
            over, warned, covered, *passing(3), budgets=[budget(1_790.0, 330.0), budget(None, 30.0)],
            approvals=[given, open_one],
        ),
    )  # fmt: skip


def many(count: int = 60, denied: int = 0) -> Check:
    """As many scenarios of three teams, each a little larger than the one before."""
    one = changed_scenario()
    scenarios = [
        one.model_copy(update={
            "path": f"scenarios/job-{i:03}.yaml",
            "name": f"job-{i:03}",
            "metadata": Metadata(name=f"job-{i:03}", team=f"team-{i % 3}", cost_centre=f"cc-{i % 2}"),
            "delta": {**one.delta, "cost_usd": moved(20.0, 20.0 + 0.5 * (i + 1), 0.0, 0.25)},
        })
        for i in range(count)
    ]  # fmt: skip
    verdicts = [verdict("deny", f"limit-{i:03}", subject=f"scenarios/job-{i:03}.yaml") for i in range(denied)]
    return Check(difference=difference(*scenarios), judgement=judgement(*verdicts, *passing(40)))


def hostile() -> Check:
    """Every text that somebody outside may choose is an attack."""
    one = changed_scenario()
    place = Place(file=HOSTILE, line=3, column=2)
    edits = [Edit(key=HOSTILE, before=HOSTILE, after=HOSTILE, place=place, effect_usd=1.0)]
    nasty = one.model_copy(update={
        "path": HOSTILE, "name": HOSTILE, "moved_from": HOSTILE, "renamed_from": HOSTILE, "sentence": HOSTILE,
        "metadata": Metadata(name=HOSTILE, team=HOSTILE, cost_centre=HOSTILE), "edits": edits, "notes": [HOSTILE],
    })  # fmt: skip
    second = nasty.model_copy(update={
        "path": HOSTILE + "2", "after": side(None, problems=[HOSTILE]), "sentence": "",
        "metadata": Metadata(name=HOSTILE, team="@other", cost_centre="@cc"),
    })  # fmt: skip
    note = TrustNote(file=HOSTILE, what="policy", change="added", text=HOSTILE, allowed=False, place=place)
    bad = verdict(
        "deny", HOSTILE, policy=HOSTILE, subject=HOSTILE, scenario=HOSTILE, figure=HOSTILE, value_text=HOSTILE,
        limit_text=HOSTILE, message=HOSTILE, fix=HOSTILE, place=place, cause=place, exception=HOSTILE,
    )  # fmt: skip
    approval = ApprovalState(
        policy=HOSTILE, scenario=HOSTILE, amount_usd=5.0, needed_from=[HOSTILE, "@ben"], text=HOSTILE, place=place
    )
    ours = budget(10.0, 5.0).model_copy(update={"who": HOSTILE, "budget": HOSTILE, "place": place})
    return Check(
        difference=difference(
            nasty, second, base=Revision(name=HOSTILE, commit="abc"), head=Revision(name=HOSTILE), planner=HOSTILE,
            trust=[note], warnings=[HOSTILE],
        ),
        judgement=judgement(
            bad, bad.model_copy(update={"result": "warn"}), budgets=[ours], approvals=[approval],
            policies_from=HOSTILE, warnings=[HOSTILE],
        ),
    )  # fmt: skip


def unknown() -> Check:
    """No lock at the base, a scenario that nothing is feasible in any more, a broken one, a new and a removed one."""
    one = changed_scenario()
    assert one.delta["cost_usd"].before is not None
    unlocked = one.model_copy(update={
        "delta": {name: moved(d.before, d.after, None, d.prices) for name, d in one.delta.items()},
        "notes": ["no lock at the base, so prices of both sides are the catalog's"],
    })  # fmt: skip
    empty = side(None)
    broken = side(None, problems=["scenarios/c.yaml:7:3: unknown key `methodz`"])
    third: dict[str, Any] = {"edits": [], "front": None, "flipped": None, "sentence": ""}
    cost = one.delta["cost_usd"].before

    def other(name: str, change: str, before: Side | None, after: Side | None, **delta: Delta) -> ScenarioDifference:
        update = {"path": f"scenarios/{name}.yaml", "name": name, "change": change, "before": before, "after": after}
        return one.model_copy(update={**third, **update, "delta": delta, "metadata": None})

    return Check(
        difference=difference(
            unlocked,
            other("b", "changed", one.before, empty, cost_usd=moved(cost, None), hours=moved(7.0, None)),
            other("c", "changed", one.before, broken, cost_usd=moved(cost, None)),
            other("d", "added", None, one.after, cost_usd=moved(None, 29.7)),
            other("e", "removed", one.before, None, cost_usd=moved(cost, None)),
            other("f", "changed", one.before, one.after),
        ),
        judgement=judgement(verdict("warn", value=None, value_text="", message="the cost is unknown", fix="")),
    )


LOCK_STATES: dict[str, str] = {
    "missing": "no lock: prices are those of the planner's own catalog",
    "stale-scenario": "the scenario is not what it was when it was locked: renew it with `planner lock --refresh`",
    "edited": "its digest does not fit what it says",
    "other-catalog": "made for the catalog of 2026-08-01",
    "current": "fits",
}


def locked(scenario: ScenarioDifference, state: Any) -> ScenarioDifference:
    """The scenario with a lock in some state at the head."""
    file = scenario.path.replace(".yaml", ".lock.yaml")
    lock = LockState(file=file, state=state, as_of="" if state == "missing" else "2026-08-01", text=LOCK_STATES[state])
    return scenario.model_copy(update={"lock": lock})


def elsewhere() -> ScenarioDifference:
    """The same choice, rented from somebody else, with another stack, at three times the cost."""
    one = changed_scenario()
    a = tuned(16, 1.0)
    b = tuned(16, 3.0, ("l40s", 2, "gcp", "europe-north1", "spot", 3.10)).model_copy(update={"stack": "axolotl"})
    before, after = side(a, 0.91), side(b, 0.91)
    assert a.cost_usd is not None
    assert b.cost_usd is not None
    return one.model_copy(update={
        "before": before, "after": after, "sentence": decision_sentence(before, after), "edits": [], "front": None,
        "delta": {"cost_usd": moved(a.cost_usd, b.cost_usd, 0.0, 0.0, chance_higher=1.0),
                  "quality": moved(0.8, 0.8, 0.0, 0.0, chance_higher=0.5)},
    })  # fmt: skip


def infeasible() -> ScenarioDifference:
    """Nothing is feasible at the head; a note says what to relax."""
    one = changed_scenario()
    cost = one.delta["cost_usd"].before
    return one.model_copy(update={
        "after": side(None), "flipped": None, "sentence": "", "delta": {"cost_usd": moved(cost, None)},
        "notes": ["raise `constraints.max_cost` from $1.00 to $2.06"],
    })  # fmt: skip


def removed() -> ScenarioDifference:
    """A scenario of another team that is judged no more."""
    one = changed_scenario()
    cost = one.delta["cost_usd"].before
    gone = {name: Delta(before=d.before, after=None, planner=None, prices=None,
                        scenario=-d.before, total=-d.before)
            for name, d in one.delta.items() if d.before is not None}  # fmt: skip
    assert cost is not None
    return one.model_copy(update={
        "path": "scenarios/pocket.yaml", "name": "pocket", "change": "removed", "after": None, "flipped": None,
        "metadata": Metadata(name="pocket", team="care", cost_centre="cc-7"), "sentence": "", "edits": [],
        "front": None, "delta": gone, "notes": ["it is `abstract: true` now, so nothing judges it"],
    })  # fmt: skip


def added() -> ScenarioDifference:
    """A scenario that the base does not have."""
    one = changed_scenario()
    new = {name: Delta(before=None, after=d.after, planner=None, prices=None, scenario=d.after, total=d.after)
           for name, d in one.delta.items()}  # fmt: skip
    return one.model_copy(update={
        "path": "scenarios/fresh.yaml", "name": "fresh", "change": "added", "before": None, "flipped": None,
        "sentence": "", "edits": [], "front": None, "delta": new,
    })  # fmt: skip


def same(name: str = "calm") -> ScenarioDifference:
    """A scenario that is the same on both sides."""
    one = changed_scenario()
    return one.model_copy(update={
        "path": f"scenarios/{name}.yaml", "name": name, "change": "unchanged", "before": one.after, "sentence": "",
        "edits": [], "front": None, "delta": {"cost_usd": moved(10.0, 10.0, 0.0, 0.0, chance_higher=0.5)},
    })  # fmt: skip
