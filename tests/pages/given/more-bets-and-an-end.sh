# More has come since the backup, and the server has ended.
part 2 50
quiniela drain --store /var/lib/quiniela/night.db
