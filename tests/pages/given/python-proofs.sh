# What the operator gives to a bettor, and to an agency.
quiniela prove --store quiniela.db --draw friday --agency 3 --bet 7 --output bet.tlog-proof
quiniela prove --store quiniela.db --draw friday --agency 3 --key --output agency-3.salt-key --entry agency-3.entry
