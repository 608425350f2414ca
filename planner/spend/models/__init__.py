"""Models compared: what each cost in the month, and what for."""

from planner.spend.models.summaries import models_of

__all__ = ["models_of"]
