#!/bin/sh
# Writes a compose file: generar-compose.sh FILE N. What comes behind N goes to `quiniela compose` as it is, such as
# --service echo.
set -eu
if [ $# -lt 2 ]; then
    echo "usage: generar-compose.sh FILE N [--service lottery|bet|echo] [--data DIR] [--store postgres --servers N]" >&2
    exit 2
fi
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
file=$1
number=$2
shift 2
[ -x "$root/build/release/quiniela" ] || "$root/script/build" >&2
exec "$root/build/release/quiniela" compose -o "$file" "$@" -- "$number"
