"""Parts of the cost of ownership that people overlook, each a category of its own (MISSION D2)."""

from dataclasses import dataclass, fields

import numpy as np

from planner.catalog.rows import Floats
from planner.estimate.finance.checks import Numbers, check_at_least, check_share
from planner.estimate.finance.levels import MONTHS_PER_YEAR


@dataclass(frozen=True, slots=True)
class Overlooked:
    """What those parts are made from; numbers or columns of draws. What is left out is 0, as the user says so.

    Raises:
        ValueError: a negative amount, a share outside 0 to 1, or a share of failed experiments of 1.
    """

    engineer_usd_per_month: Numbers = 0.0
    """Salary, with all that comes on top of it."""
    build_engineer_months: Numbers = 0.0
    """Work until the first release."""
    operate_engineers: Numbers = 0.0
    """Full-time engineers who keep it running."""
    label_usd: Numbers = 0.0
    """Of one label."""
    labels_at_start: Numbers = 0.0
    labels_per_month: Numbers = 0.0
    experiments_usd: Numbers = 0.0
    """Machine time of the experiments that succeed, until the first release."""
    failed_share: Numbers = 0.0
    """Of all experiments, those that lead nowhere."""
    debt_share_per_year: Numbers = 0.0
    """Of the build, work on the debt it left, each year."""
    compliance_at_start_usd: Numbers = 0.0
    compliance_usd_per_year: Numbers = 0.0
    egress_gb_per_month: Numbers = 0.0
    egress_usd_per_gb: Numbers = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            name = field.name.replace("_", " ").removesuffix(" usd")
            check_at_least(getattr(self, field.name), 0.0, name)
            if "_share" in field.name:
                check_share(getattr(self, field.name), name)


def failed_experiments_usd(succeeded_usd: Numbers, failed_share: Numbers) -> Floats:
    """Cost of experiments that lead nowhere, beside those that succeed: c*s/(1-s).

    A share s of all experiments fails and each costs alike, so that one success takes 1/(1-s) of them.

    Raises:
        ValueError: a share outside 0 to 1, or of 1: then nothing ever succeeds.
    """
    share = check_share(failed_share, "share of failed experiments")
    if (share == 1.0).any():
        message = "all experiments fail: no cost ends in a success"
        raise ValueError(message)
    return np.asarray(succeeded_usd * share / (1.0 - share))


@dataclass(frozen=True, slots=True)
class OverlookedAmounts:
    """The same as amounts, in USD, at today's salaries, prices and demand."""

    build: Floats
    """Once."""
    operate: Floats
    """A month, as those below without another word."""
    labels_at_start: Floats
    """Once."""
    labels: Floats
    failed_experiments: Floats
    """Once."""
    debt: Floats
    compliance_at_start: Floats
    """Once."""
    compliance: Floats
    egress: Floats


def overlooked_amounts(parts: Overlooked) -> OverlookedAmounts:
    """What is paid once, and what by the month; unknown where a number that an amount is made from is."""
    build_usd = np.asarray(parts.build_engineer_months * parts.engineer_usd_per_month, np.float64)
    return OverlookedAmounts(
        build=build_usd,
        operate=np.asarray(parts.operate_engineers * parts.engineer_usd_per_month, np.float64),
        labels_at_start=np.asarray(parts.labels_at_start * parts.label_usd, np.float64),
        labels=np.asarray(parts.labels_per_month * parts.label_usd, np.float64),
        failed_experiments=failed_experiments_usd(parts.experiments_usd, parts.failed_share),
        debt=build_usd * parts.debt_share_per_year / MONTHS_PER_YEAR,
        compliance_at_start=np.asarray(parts.compliance_at_start_usd, np.float64),
        compliance=np.asarray(parts.compliance_usd_per_year, np.float64) / MONTHS_PER_YEAR,
        egress=np.asarray(parts.egress_gb_per_month * parts.egress_usd_per_gb, np.float64),
    )
