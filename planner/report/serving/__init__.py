"""Serving plan → `ServingData`, its summaries, and what its page and paper show of it."""
