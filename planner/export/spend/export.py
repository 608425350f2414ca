"""What a review found spent, as a `Spend` document: budgets of policies then count what was really spent."""

import datetime
from collections.abc import Sequence
from typing import Final

import yaml
from pydantic import ValidationError

from planner.errors import InputError
from planner.export.asked import Asked, Given, Made, the_review
from planner.hosts.plain import plain
from planner.outcome.review import Review
from planner.policy.documents import Spend
from planner.units import usd

_HEAD: Final = "# yaml-language-server: $schema=../schemas/Spend.schema.json\n"


def export(given: Sequence[Given], asked: Asked) -> Made:
    """`spend-MONTH.yaml`: what every team spent in the month under review, by effective cost, to the cent.

    What is attributed to no team stands in none of its entries; that, and a team whose credits are more than what it
    spent, is told. Raises InputError where nothing is attributed to a team.
    """
    review = the_review(given)
    month = next((one for one in review.months if one.month == review.month), None)
    teams = {} if month is None else {team: amount for team, amount in month.by_team.items() if team}
    if month is None or not teams:
        message = f"{given[0].file}: nothing of {plain(review.month)} is attributed to a team, and budgets are of teams"
        raise InputError(message)
    told = [
        f"{plain(team, 60)} has more credits than spend ({usd(amount)}); it counts as $0.00"
        for team, amount in sorted(teams.items())
        if amount < 0
    ]
    rest = month.by_team.get("", 0.0)
    if abs(rest) >= 0.005:
        told.append(f"{usd(rest)} is attributed to no team, and is not in it")
    source = f"review {review.metadata.name} ({review.scenario.path}), effective cost; {usd(rest)} of no team left out"
    document = {
        "api_version": "planner/v1",
        "kind": "Spend",
        "month": review.month,
        "as_of": _last_day(review).isoformat(),
        "source": plain(source, 500),
        "entries": [{"team": team, "usd": round(max(amount, 0.0), 2)} for team, amount in sorted(teams.items())],
    }
    try:  # what is written is what policies read: a team whose name is no name is refused here, not there
        Spend.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        message = f"{given[0].file}: {plain('.'.join(map(str, first['loc'])), 100)}: {plain(first['msg'])}"
        raise InputError(message) from None
    text = _HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return Made({f"spend-{review.month}.yaml": text.encode()}, told)


def _last_day(review: Review) -> datetime.date:
    """The last day that counts: of the month, or the one before the review's."""
    first = datetime.date.fromisoformat(f"{review.month}-01")
    end = (first.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return min(datetime.date.fromisoformat(review.as_of), end) - datetime.timedelta(days=1)
