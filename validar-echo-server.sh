#!/bin/sh
# Asks the echo server that is up, from inside its network: no port is published, and the host needs no netcat.
set -u
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
message=PING

docker image inspect netcat:latest >/dev/null 2>&1 ||
    docker build -q -t netcat:latest "$root/netcat" >/dev/null 2>&1
answer=$(echo "$message" | timeout 60 docker run --rm -i --network tp0_testing_net netcat:latest \
    -w 3 -q 3 server "${SERVER_PORT:-12345}" 2>/dev/null)
if [ "$answer" = "$message" ]; then
    echo "action: test_echo_server | result: success"
else
    echo "action: test_echo_server | result: fail"
    exit 1
fi
