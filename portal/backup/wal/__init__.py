"""The database's WAL (its log of changes) in BACKUP_DIR/wal, so that at most some seconds are lost between two
backups, and the portal can go back to a moment. For the embedded server; others have pgBackRest (the guide).

`store` knows the files there, `archiving` (the worker) writes them, `slots` is what the server keeps for it, `pruning`
what goes, `base` makes and reads base backups, `copies` keeps photos and documents beside them, `moments` restores,
`pausing` is for whoever writes a lot."""
