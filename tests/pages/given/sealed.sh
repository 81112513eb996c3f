# A signed draw that is sealed; agency 3 has sent many bets.
quiniela sample --sizes 300,310,12400 --winners 1,0,2
printf 'Ana,Paz,30904465,1999-03-17,7574\n' >>data/agency-3.csv
signing "$PWD/quiniela.db" 2026-11-25 'NUMBER = manual' "AUDIT_LOG = $PWD/audit.log"
signed_agencies 1 2 3
sealed
cp data/agency-3.csv data/agency-3.seal .
mkdir -p /media/usb
