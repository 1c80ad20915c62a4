"""Logging in: how many attempts may fail, which browsers have logged in before, passwords, and the second step."""
