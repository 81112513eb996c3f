#!/bin/sh
# Brings the lottery up in containers, one random bet a client, through the environment: server_up.sh [N], 5 agencies when not told.
set -eu
cd -- "$(dirname -- "$0")"
agencies=${1:-5}
./generar-compose.sh docker-compose-dev.yaml "$agencies" --service bet
make docker-compose-up
make docker-compose-logs
