# A central that waits for the third of three agencies, whose file is here.
quiniela sample --sizes 300,310,280 --winners 1,0,2
serve central.log --agencies 3 --store first.db
agencies 1 2
cp data/agency-3.csv .
