#!/bin/sh
# Brings the lottery up in containers, one random bet a client, through the environment: server_up.sh [N], 5 agencies when not told.
set -eu
cd -- "$(dirname -- "$0")"
agencies=${1:-5}
./generar-compose.sh docker-compose-dev.yaml "$agencies" --service bet
make docker-compose-up || { # the server says why: its volume is of another draw, perhaps
    docker logs --tail 20 server >&2
    exit 1
}
make docker-compose-logs
