"""What a daily series usually is: monthly charges, regimes, weekday and trend; anomalies and forecasts rest on it."""
