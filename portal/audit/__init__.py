"""The audit list: who published, changed, withdrew, moderated or was given rights, in a chain that nobody rewrites
unseen. Triggers of the database write it (migration 0001)."""
