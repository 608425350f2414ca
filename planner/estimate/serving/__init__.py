"""Serving: how fast a replica is, how it queues, what it costs (DOMAIN 9)."""
