# A store whose draw is made, without a server.
mkdir -p drawn
quiniela sample --dir drawn/data --sizes 300,310,280 --winners 1,0,2
(
    cd drawn
    serve night.log --agencies 3 --store ../night.db --server-port 0 --consult-server-port 0
    ports=$(sed -n 's/.*action: listen .* port: \([0-9]*\) | consult_port: \([0-9]*\).*/\1 \2/p' night.log | head -n 1)
    for agency in 1 2 3; do
        quiniela client --id $agency --server-address "127.0.0.1:${ports% *}" --server-consult-address "127.0.0.1:${ports#* }" >/dev/null &
        clients="$clients $!"
    done
    wait $clients
    quiniela drain --store ../night.db
)
