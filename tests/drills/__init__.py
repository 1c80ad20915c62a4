"""Drills: tests that take minutes and need not run for every change. `.ci/drills` runs them; docs/drills.md has their
last results. pytest skips this folder by default (norecursedirs)."""
