"""What was spent: bills, runs and requests → typed tables → attribution, budgets, anomalies, forecast, advice."""
