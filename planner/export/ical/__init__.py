"""A portfolio's schedule as a calendar that people subscribe to (RFC 5545)."""
