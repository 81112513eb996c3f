# The other agencies have finished.
quiniela sample --sizes 300,310,280,250,200 --winners 1,0,2,0,0
for agency in 2 3 4 5; do
    quiniela client --id $agency --tls-cert keys/agency-$agency.crt --tls-key keys/agency-$agency.key --tls-ca keys/ca.crt >/dev/null 2>&1 &
done
