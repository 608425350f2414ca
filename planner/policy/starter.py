"""A first policy with a word on every part of it, and a test of it."""

import os
import re
from pathlib import Path
from typing import Final

from planner.resources import ROOT, SCHEMAS


def starter(file: Path) -> dict[Path, str]:
    """File → text of a first policy in `file` and of its test beside it."""
    test = file.with_name(f"{file.stem}.test{file.suffix}")
    name = re.sub(r"[^a-z0-9._-]+", "-", file.stem.lower()).strip("-._")[:64] or "policy"
    return {
        file: _POLICY.format(schema=_schema(file, "Policy"), name=name, test=test.name),
        test: _TEST.format(schema=_schema(test, "PolicyTest"), name=name, policy=file.name),
    }


def _schema(file: Path, kind: str) -> str:
    """Where editors find the schema: in the checkout that the file lies in, else beside the file."""
    folder = file.parent.resolve()
    if not folder.is_relative_to(ROOT):
        return f"{kind}.schema.json"
    return Path(os.path.relpath(SCHEMAS / f"{kind}.schema.json", folder)).as_posix()


_POLICY: Final = """\
# yaml-language-server: $schema={schema}
#
# What a job may cost, and what a pull request may change without a second look. It counts as it stands at the base of a
# pull request: a change to it comes alone, is reviewed by its owners, and judges what comes after it.
# `planner policy list` shows its rules, `planner policy test` runs {test},
# `planner check --base origin/main` holds a change against it, and `planner schema Policy > Policy.schema.json` makes
# the file from which editors complete its keys.
api_version: planner/v1
kind: Policy

metadata:
  name: {name}
  # owner: finops                  # who is asked about it

# A breach is deny (the default), warn or info. What is unknown is as bad as a breach: {{unknown: pass}} accepts it.
rules:
  # The high end of the band of what a job may cost; `planner schema Policy` names all figures there are.
  - name: job-cost
    where: {{kind: [FineTune]}}
    figure: cost_usd_hi
    max: $500
    unless_worse: true             # a job that was dearer before may change, as long as it gets no dearer

  - name: job-time
    where: {{kind: [FineTune]}}
    severity: warn
    figure: hours
    max: 48 h

  # What a change adds, beyond what prices did by themselves and beyond what the bands cannot tell from nothing.
  - name: cost-rise
    where: {{kind: [FineTune]}}
    severity: warn
    figure: delta_percent.cost_usd.scenario
    max: 25 %
    ignore_noise: true

  # The same of what serves a model, whose cost is of a month.
  - name: service-cost
    where: {{kind: [Serving]}}
    figure: cost_usd_per_month_hi
    max: $5000
    unless_worse: true

  - name: service-rise
    where: {{kind: [Serving]}}
    severity: warn
    figure: delta_percent.cost_usd_per_month.scenario
    max: 25 %
    ignore_noise: true

  # Somebody must answer for a job; make it deny once every scenario says who.
  - name: answerable
    severity: warn
    requires: [team, owner]

  # What may be chosen, and for whom. Budgets go by team, so only teams that there are should pass.
  # - name: known
  #   allow:
  #     teams: [ml-platform, support]
  #     providers: [aws, gcp]
  #     tiers: [on_demand]

  # - name: residency
  #   where: {{labels: {{data-class: personal}}}}
  #   allow: {{countries: [DE, FR, NL]}}

budgets:
  # Beside what was spent this month, which a committed document of kind Spend says; without one only what is planned
  # counts, and `unknown_spend: warn` (the default) would say so every time.
  - name: team-month
    per: team                      # or job, cost_centre, everyone
    amount: $2000
    unknown_spend: pass

# Who approves from which amount on, by committing a document of kind Approval.
# approvals:
#   levels:
#     - {{above: $200, from: [team-lead]}}
#     - {{above: $1000, from: [director, finance]}}

# `planner lock` commits the prices that a decision rests on.
# lock: {{required: true, max_age: 90 d, severity: warn}}

# What a pull request may bring along and have count at once: policy, exception, approval, spend. Nothing is safest.
trust:
  same_change: []
"""

_TEST: Final = """\
# yaml-language-server: $schema={schema}
#
# What {policy} says of example jobs: `planner policy test`.
api_version: planner/v1
kind: PolicyTest

cases:
  - name: usual-job
    today: 2026-01-15
    job:
      metadata: {{name: usual, team: ml-platform, owner: ml-platform}}
      figures: {{cost_usd: $40, cost_usd_hi: $60, hours: 3 h}}
    expect:
      result: pass
      rules: {{{name}/job-cost: pass, {name}/job-time: pass, {name}/answerable: pass, {name}/team-month: pass}}

  - name: too-dear
    today: 2026-01-15
    job:
      metadata: {{name: dear, team: ml-platform, owner: ml-platform}}
      figures: {{cost_usd: $400, cost_usd_hi: $700, hours: 30 h}}
    expect:
      result: deny
      rules: {{{name}/job-cost: deny}}

  - name: dear-before-already
    today: 2026-01-15
    base_job: {{figures: {{cost_usd: $400, cost_usd_hi: $700, hours: 30 h}}}}
    job:
      metadata: {{name: dear, team: ml-platform, owner: ml-platform}}
      figures: {{cost_usd: $390, cost_usd_hi: $680, hours: 29 h, delta.cost_usd.scenario: -$10}}
    expect:
      result: pass
      rules: {{{name}/job-cost: info, {name}/cost-rise: pass}}

  - name: nobody-to-ask
    today: 2026-01-15
    job:
      metadata: {{name: orphan}}
      figures: {{cost_usd: $40, cost_usd_hi: $60, hours: 3 h}}
    expect:
      result: warn
      rules: {{{name}/answerable: warn}}
"""
