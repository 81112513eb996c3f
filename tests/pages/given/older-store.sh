# A store of version 2.
gzip -cd "$QUINIELA_ROOT/tests/upgrade/samples/2-drawn.db.gz" >/var/lib/quiniela/night.db
