"""Who has to approve what a portfolio plans, by the policies of its repository, and what is approved already.

The plan tells; what is allowed to run is judged elsewhere, by policies as they stand at the base of a change. What a
job costs is the whole run, a service's too: its run has an end. By a policy that counts the increase the whole cost
counts, as of all that is new. Jobs of one scenario are one amount: an approval names a scenario, and would else count
once for each.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.outcome import ApprovalState, Difference, Revision, ScenarioDifference, Totals
from planner.outcome.difference import Total
from planner.outcome.portfolio import Approval, JobPlan, PortfolioPlan
from planner.outcome.verdict import Verdict
from planner.planning.ready import PortfolioReady
from planner.policy.approvals import judge_amount
from planner.policy.documents import Policy
from planner.policy.exceptions import excuse
from planner.policy.finding import plain
from planner.policy.folder import policies_of
from planner.policy.governance import Governance, Written
from planner.policy.identity import Names
from planner.policy.portfolio_budgets import budget_warnings
from planner.policy.portfolio_jobs import COSTING, scenario_of
from planner.policy.scope import covers


def governance_of(ready: PortfolioReady) -> Governance:
    """What governs a portfolio: the policies that it names, else those of its repository's usual folder.

    To be read before hours of planning. Raises InputError where the folder that it names has none, InvalidInput for
    documents that are broken.
    """
    asked = ready.scenario.approvals
    return policies_of(Path(ready.document.file), None if asked is None else asked.policies)


def with_approvals(plan: PortfolioPlan, governance: Governance, today: str) -> PortfolioPlan:
    """The plan with whose approval each job needs that runs, and a warning for each budget of a policy that breaks.

    An approval counts that names the job's scenario by its path or, where no other bears it, its name; one that names
    the portfolio counts where it covers the cost of all jobs. `today` is YYYY-MM-DD.
    """
    if not governance.policies:
        return plan
    whole = ScenarioDifference(
        path=plan.scenario.path, name=plan.metadata.name, kind=plan.kind, metadata=plan.metadata, change="added",
        before=None, after=None,
    )  # fmt: skip
    judging = _Judging(plan.jobs, whole, governance, datetime.date.fromisoformat(today))
    jobs = [judging.judged(job) for job in plan.jobs]
    told = dict.fromkeys([*judging.told, *budget_warnings(plan, governance)])
    return plan.model_copy(update={"jobs": jobs, "warnings": [*plan.warnings, *told]})


@dataclass(frozen=True, slots=True)
class _Whole:
    """The portfolio held against a policy."""

    policy: Written[Policy]
    state: ApprovalState | None
    """None where its cost reaches no level: then no job's does."""


class _Judging:
    def __init__(
        self, jobs: Sequence[JobPlan], whole: ScenarioDifference, governance: Governance, today: datetime.date
    ) -> None:
        self.governance, self.today = governance, today
        self.amount: dict[str, float] = defaultdict(float)
        self.count: dict[str, int] = defaultdict(int)
        self.told: list[str] = []
        bearers: dict[tuple[str, str], ScenarioDifference] = {(whole.path, whole.name): whole}
        for job in jobs:
            if job.status in COSTING and job.run is not None:
                self.amount[job.scenario.path] += job.run.cost_usd
                self.count[job.scenario.path] += 1
                one = scenario_of(job)
                bearers.setdefault((one.path, one.name), one)
        self.names = Names(_alone(list(bearers.values())))
        self.policies = [self._whole(policy, whole) for policy in governance.policies if policy.value.approvals]

    def _whole(self, policy: Written[Policy], whole: ScenarioDifference) -> _Whole:
        approvals = self.governance.approvals
        _, state = judge_amount(policy, "warn", whole, sum(self.amount.values()), approvals, self.names, self.today)
        named = any(each.value.scenario in (whole.path, whole.name) for each in approvals)
        if state is not None and not state.approved_by and named:
            self.told.append(f"policy {policy.value.metadata.name}: the whole portfolio {state.text}")
        return _Whole(policy, state)

    def judged(self, job: JobPlan) -> JobPlan:
        """The job with the approvals that it needs, the most pressing first."""
        if job.scenario.path not in self.amount or job.status not in COSTING:
            return job
        scenario = scenario_of(job)
        needed = [found for whole in self.policies if (found := self._needed(whole, scenario)) is not None]
        needed.sort(key=lambda one: (not one.open, not one.enforced, -one.above_usd, one.policy))
        first = needed[0] if needed else None
        return job.model_copy(update={"approval": first, "further_approvals": needed[1:]})

    def _needed(self, whole: _Whole, scenario: ScenarioDifference) -> Approval | None:
        asked = whole.policy.value.approvals
        assert asked is not None
        if not covers(asked.where, scenario.metadata, scenario.path, scenario.kind):
            return None
        finding, state = judge_amount(
            whole.policy, "deny" if asked.required else "warn", scenario, self.amount[scenario.path],
            self.governance.approvals, self.names, self.today,
        )  # fmt: skip
        if state is None:
            return None
        if not state.approved_by and whole.state is not None and whole.state.approved_by:
            state = whole.state.model_copy(update={"text": f"{whole.state.text}, for the whole portfolio"})
            return self._told(whole, scenario, state, finding.verdict)
        (verdict,), ending = excuse([finding], self.governance.exceptions, self.names, self.today)
        self.told += ending
        return self._told(whole, scenario, state, verdict)

    def _told(self, whole: _Whole, scenario: ScenarioDifference, state: ApprovalState, verdict: Verdict) -> Approval:
        asked = whole.policy.value.approvals
        assert asked is not None
        above = next(level for level in asked.levels if level.above_usd == verdict.limit)
        excepted = verdict.result == "excepted"
        remarks = [f"an exception {'counts' if excepted else 'does not count'}: {verdict.exception}"]
        if self.count[scenario.path] > 1:
            remarks.append(f"the {self.count[scenario.path]} jobs of {plain(scenario.path)} count together")
        return Approval(
            approver=" or ".join(plain(name) for name in above.from_),
            above_usd=above.above_usd,
            policy=state.policy,
            enforced=asked.required,
            amount_usd=self.amount[scenario.path],
            open=not state.approved_by and not excepted,
            given_by=plain(state.approved_by),
            file=plain(state.file),
            text="; ".join([state.text, *remarks[0 if verdict.exception else 1 :]]),
        )


def _alone(scenarios: list[ScenarioDifference]) -> Difference:
    """What is compared with nothing."""
    return Difference(
        base=Revision(name=""), head=Revision(name="portfolio"), planner="", scenarios=scenarios,
        totals=Totals(all=Total(scenarios=len(scenarios))),
    )  # fmt: skip
