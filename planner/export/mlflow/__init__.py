"""A plan's or review's figures and files, logged to a run of MLflow."""
