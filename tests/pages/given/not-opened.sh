# Before the night: there is no draw.
rm /var/lib/quiniela/night.db*
