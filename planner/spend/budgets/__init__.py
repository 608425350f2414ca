"""Budgets: how much of each is used, where its period ends, and what makes most of it."""

from planner.spend.budgets.statuses import budgets_of

__all__ = ["budgets_of"]
