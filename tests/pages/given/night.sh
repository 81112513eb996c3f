# A draw of seven agencies that has been opened, without a bet.
settings 'STORE = /var/lib/quiniela/night.db'
quiniela sample --sizes 300,310,120,340,330,350,200 --winners 1,0,1,0,1,0,0
serve opening.log --store /var/lib/quiniela/night.db --agencies 7 --number manual
quiniela drain --store /var/lib/quiniela/night.db
