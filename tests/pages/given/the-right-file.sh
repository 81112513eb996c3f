# Agency 3 has sent the right file.
agencies 3
until_said '6 of 7 finished' quiniela status
