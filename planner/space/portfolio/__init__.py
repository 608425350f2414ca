"""What a Portfolio says of itself, looked up and held against each other: times, names, the order of jobs."""
