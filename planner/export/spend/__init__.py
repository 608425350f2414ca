"""What a review found spent, for the budgets of policies."""
