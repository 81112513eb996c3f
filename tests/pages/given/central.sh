# A central that waits for five agencies, of which four have finished.
quiniela sample --sizes 300,310,280,250,200 --winners 1,0,2,0,0
serve central.log --agencies 5 --store first.db
agencies 1 2 4 5
