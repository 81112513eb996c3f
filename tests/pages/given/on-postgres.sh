# A PostgreSQL at db1, db2 and db3 with a draw that has been opened, and agencies that look for a central.
python3 -B "$QUINIELA_ROOT/tests/pages/postgres.py" >postgres.log 2>&1 &
until grep -q ready postgres.log; do
    kill -0 $! || { cat postgres.log; return 1; }
    sleep 0.02
done
serve opening.log --store postgresql://quiniela@db1/quiniela --agencies 5
quiniela drain --store postgresql://quiniela@db1/quiniela
quiniela sample --sizes 300,310,280,250,200 --winners 1,0,2,0,0
agencies 1 2 4 5
