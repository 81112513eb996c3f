# A draw of seven agencies that is open, and knows its number.
quiniela drain --config /etc/quiniela/config.ini
export DRAW=2026-11-28
serve another.log --agencies 7
