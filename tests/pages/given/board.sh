# A board.
serve night.log --store night.db --http-port 8080
