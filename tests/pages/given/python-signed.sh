# Another central, which signs, and waits for the third of three agencies.
quiniela drain --store first.db
signing "$PWD/quiniela.db" friday
signed_agencies 1 2
