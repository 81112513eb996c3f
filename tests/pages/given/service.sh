# The service, which has opened a night whose number comes by hand.
settings 'STORE = /var/lib/quiniela/quiniela.db' 'AGENCIES = 5' 'NUMBER = manual'
serve service.log --config /etc/quiniela/server.ini
