"""Quality against cost across models, and drift from a baseline."""
