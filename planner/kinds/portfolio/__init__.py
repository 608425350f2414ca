"""The kind `Portfolio`: fronts of many jobs become one schedule under what they share."""
