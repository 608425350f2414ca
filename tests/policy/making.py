"""Differences and governances for the tests beside this file."""

import datetime
from typing import Any

from planner.outcome import Difference, Edit, Judgement, Place, ScenarioDifference, Totals, Verdict
from planner.outcome.difference import Revision, Total
from planner.policy.cases import Case
from planner.policy.examples import difference_of
from planner.policy.governance import Governance
from planner.policy.judge import judge
from planner.policy.reading import read_governance

TODAY = datetime.date(2026, 2, 10)
HEAD = "api_version: planner/v1\nkind: {}\n"


def policy(body: str, name: str = "spend") -> str:
    return HEAD.format("Policy") + f"metadata: {{name: {name}, owner: finops}}\n{body}"


def exception(body: str) -> str:
    text = HEAD.format("PolicyException") + "policy: spend\nowner: alice\n"
    return f"{text}justification: Agreed with finance in the weekly review.\n{body}"


def approval(body: str) -> str:
    return HEAD.format("Approval") + body


def spend(body: str, month: str = "2026-02") -> str:
    return HEAD.format("Spend") + f"month: {month}\nas_of: {month}-09\nentries:\n{body}"


def governance(**texts: str) -> Governance:
    """The governance in files `policies/<name>.yaml`."""
    return read_governance([(f"policies/{name}.yaml", text.encode()) for name, text in texts.items()])


def scenario(
    after: dict[str, Any] | None = None, before: dict[str, Any] | None = None, **more: Any
) -> ScenarioDifference:
    """One scenario by the figures of its jobs; without `before` it is new."""
    data = {
        "name": "case", "today": "2026-02-10", "expect": {"result": "pass"},
        "job": {"metadata": {"name": "bot", "team": "ml", "cost_centre": "cc-1", "owner": "o"}} | (after or {}),
    }  # fmt: skip
    if before is not None:
        data["base_job"] = before
    made = difference_of(Case.model_validate(data), None, None, "knee").scenarios[0]
    return made.model_copy(update=more)


def cost(usd: float, **more: Any) -> dict[str, Any]:
    return {"figures": {"cost_usd": usd}, **more}


def named(name: str, usd: float | None, team: str | None = "ml", **more: Any) -> ScenarioDifference:
    """A new scenario with a name, a cost and a team."""
    figures = {} if usd is None else {"cost_usd": usd}
    job = {"metadata": {"name": name, **({"team": team} if team else {})}, "figures": figures}
    return scenario(job, None, path=f"scenarios/{name}.yaml", name=name, **more)


def difference(*scenarios: ScenarioDifference, **more: Any) -> Difference:
    return Difference(
        base=more.pop("base", Revision(name="main")), head=Revision(name="branch"), planner="0",
        scenarios=list(scenarios), totals=Totals(all=Total(scenarios=len(scenarios))), **more,
    )  # fmt: skip


def edit(key: str, line: int, effect: float | None = None) -> Edit:
    return Edit(key=key, before="1", after="2", place=Place(file="scenarios/bot.yaml", line=line), effect_usd=effect)


def judged(rules: str, *scenarios: ScenarioDifference, **others: str) -> Judgement:
    """What one policy, and documents beside it, say of scenarios."""
    return judge(difference(*scenarios), governance(spend=policy(rules), **others), TODAY)


def only(judgement: Judgement, rule: str) -> Verdict:
    """The one verdict of a rule."""
    (found,) = [verdict for verdict in judgement.verdicts if verdict.rule == rule]
    return found
