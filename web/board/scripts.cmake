# The board's scripts, in the order in which they stand in board.js: each uses what stands before it, and, once all are there, any other.
set(QUINIELA_BOARD_SCRIPTS
    words_en.js words_es.js say.js nodes.js moments.js draw.js chart.js agencies.js table.js seal.js asking.js map.js fewer.js live.js aloud.js board.js)
