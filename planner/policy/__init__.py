"""Policies: what a team allows, spends and approves, as committed documents; and their verdicts."""
