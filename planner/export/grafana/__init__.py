"""A review's metrics as a dashboard of Grafana."""
