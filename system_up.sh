#!/bin/sh
# Brings the lottery up in containers, the agencies send their CSV files: system_up.sh [N], 5 agencies when not told.
set -eu
cd -- "$(dirname -- "$0")"
agencies=${1:-5}
if [ ! -e data/agency-1.csv ]; then
    [ -x build/release/quiniela ] || script/build
    build/release/quiniela sample --dir data
fi
./generar-compose.sh docker-compose-dev.yaml "$agencies" --service lottery
make docker-compose-up
make docker-compose-logs
