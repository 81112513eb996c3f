# A draw that was made by a server with its own file.
quiniela sample --sizes 300,310,280 --winners 1,0,2
settings 'STORE = /var/lib/quiniela/night.db' 'AGENCIES = 3' 'LOG_FILE = /var/log/quiniela/quiniela.log' 'AUDIT_LOG = /var/log/quiniela/audit.log'
quiniela server --config /etc/quiniela/config.ini &
for agency in 1 2 3; do
    quiniela client --id $agency >"agency-$agency.log" &
    clients="$clients $!"
done
wait $clients
