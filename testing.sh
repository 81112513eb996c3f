#!/bin/sh
# Brings an echo server up in containers, asks it, says whether it echoes, and takes everything down again.
set -u
cd -- "$(dirname -- "$0")" || exit 1

# The file that somebody works with is not touched: this one is the test's own.
compose=$(mktemp ./.docker-compose-testing.XXXXXX) || exit 1
dc() {
    if docker compose version >/dev/null 2>&1; then
        docker compose -f "$compose" -p tp0 "$@"
    else
        docker-compose -f "$compose" -p tp0 "$@"
    fi
}
clean() {
    dc stop -t 1 >/dev/null 2>&1
    dc down >/dev/null 2>&1
    rm -f "$compose"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
    echo "testing.sh: $1" >&2
    exit 1
}

# Whether there is a server image, and nothing that it is made of is newer.
image_is_current() {
    created=$(docker image inspect -f '{{.Created}}' server:latest 2>/dev/null) || return 1
    [ -z "$(find Dockerfile CMakeLists.txt CMakePresets.json cmake script/bootstrap src -newermt "$created")" ]
}

echo "Construyendo imagen con netcat."
docker build -q -t netcat:latest netcat >/dev/null 2>&1 || fail "the netcat image cannot be built"
echo "Imagen con netcat construida."
echo "Levantando EchoServer."
image_is_current || make docker-image >/dev/null 2>&1 || fail "the images cannot be built"
./generar-compose.sh "$compose" 0 --service echo || fail "the compose file cannot be written"
dc up -d >/dev/null 2>&1 || fail "the server cannot be brought up"
tries=0
until [ "$(docker inspect -f '{{.State.Health.Status}}' server 2>/dev/null)" = healthy ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 60 ] || [ "$(docker inspect -f '{{.State.Running}}' server 2>/dev/null)" != true ]; then
        break # whether it answers is what is asked next
    fi
    sleep 0.5
done
echo "EchoServer listo."
status=0
if ./validar-echo-server.sh >/dev/null; then
    echo "SUCCESS: EchoServer retorna correctamente."
else
    echo "ERROR: EchoServer no retorna el mismo mensaje."
    status=1
fi
clean
trap - EXIT
echo "EchoServer cerrado."
exit "$status"
