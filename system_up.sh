#!/bin/sh
# Brings the lottery up in containers, the agencies send their CSV files: system_up.sh [N], 5 agencies when not told.
# Fewer agencies than a draw that has bets was opened for: CHANGE=yes system_up.sh N, or another volume.
set -eu
cd -- "$(dirname -- "$0")"
agencies=${1:-5}
if [ ! -e data/agency-1.csv ]; then
    [ -x build/release/quiniela ] || script/build
    build/release/quiniela sample --dir data
fi
./generar-compose.sh docker-compose-dev.yaml "$agencies" --service lottery
make docker-compose-up || { # the server says why: its volume is of another draw, perhaps
    docker logs --tail 20 server >&2
    exit 1
}
make docker-compose-logs
