# The board's scripts, in the order in which they stand in /board.js.
set(QUINIELA_BOARD_SCRIPTS board.js)
