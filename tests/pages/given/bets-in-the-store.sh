# A server whose draw is open, with bets.
quiniela sample --sizes 300,310,280 --winners 1,0,2
serve night.log --agencies 4 --store /var/lib/quiniela/night.db
part 1 100
part 3 200
