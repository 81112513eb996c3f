# Five of seven agencies have finished, the third has sent some, and the seventh nothing.
agencies 1 2 4 5 6
until_said '5 of 7 finished' quiniela status
part 3 120
quiniela backup --to /backup/
