"""Policies: what a team allows, spends and approves, as committed documents; and their verdicts."""

POLICIES = "policies"
"""Folder of governing documents, from the repository's root, where none is named."""
