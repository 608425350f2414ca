"""A review as metrics, rules and alerts of Prometheus."""
