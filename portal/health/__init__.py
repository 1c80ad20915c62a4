"""/sehat: health check for monitoring. Each part names its cause and what to do about it.

Everybody may know the status and the names of the failing parts. Causes and advice, which describe the machine, are
for staff and for requests made on this host itself.

`parts` lists what is looked at, in which order; `checks` and `backups` look; `page` answers."""
