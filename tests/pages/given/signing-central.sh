# Another central, which signs; the other agencies have finished.
quiniela drain --store first.db
quiniela sample --dir friday --sizes 300,310,280 --winners 1,0,2
signing "$PWD/quiniela.db" friday
(ln -s friday data-of-friday; cd friday && ln -s . data && signed_agencies 1 2)
