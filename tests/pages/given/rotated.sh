# An audit log that was rotated twice.
serve rotated.log --store rotated.db --server-port 0 --consult-server-port 0 --audit-log audit.log
for number in 2 1; do
    mv audit.log audit.log.$number
    quiniela reload --store rotated.db
done
quiniela drain --store rotated.db
