"""Log-ins that fail: how many are allowed, and which browsers have logged in before."""
