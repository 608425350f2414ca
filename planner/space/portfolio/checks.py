"""All that a Portfolio says of itself, checked at once."""

from planner.catalog.rows import Catalog
from planner.scenario.portfolio import Portfolio
from planner.source import Document, Problem
from planner.space.portfolio.names import check_names
from planner.space.portfolio.order import check_order
from planner.space.portfolio.remarks import Checking, clock_of
from planner.space.portfolio.times import check_times


def check_portfolio(scenario: Portfolio, catalog: Catalog, checking: Checking) -> None:
    """Report everything that is wrong with a portfolio, the scenarios of its jobs and files apart."""
    clock = clock_of(scenario, checking)
    check_times(scenario, clock, checking)
    check_names(scenario, catalog, checking)
    check_order(scenario, checking)


def further_of(scenario: Portfolio, document: Document, catalog: Catalog, whole: frozenset[str]) -> list[Problem]:
    """What is wrong with the blocks of a portfolio that are whole, where its schema refuses others."""
    checking = Checking(document, whole)
    clock = clock_of(scenario, checking)
    if {"begins", "horizon"} <= whole and ("time_zone" in whole or "time_zone" not in document.data):
        check_times(scenario, clock, checking)
    check_names(scenario, catalog, checking)
    if "jobs" in whole:
        check_order(scenario, checking)
    return checking.problems
