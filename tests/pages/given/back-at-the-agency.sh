# A draw that is open again, for the agency's technician.
cd ..
quiniela drain --config "$CONFIG"
serve central.log --agencies 5 --store second.db
