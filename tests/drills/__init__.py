"""Long drills: what takes minutes and needs not run at each change. `.ci/drills` runs them, docs/drills.md holds their
last result. pytest does not come here by itself (norecursedirs)."""
