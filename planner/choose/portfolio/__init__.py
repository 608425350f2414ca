"""Many jobs at once: one configuration and one start for each, under budgets, pools, deadlines and order."""
