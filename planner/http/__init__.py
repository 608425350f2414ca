"""Requests to other systems over HTTP: bounded in time and size, tried again where that helps, never redirected."""
