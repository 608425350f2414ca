"""Pull-request checks: locks, what changed between two revisions and why, and what policies say of it."""
