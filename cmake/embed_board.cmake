# Writes web/board/ as a source of C: its page, its style, its scripts, one after the other, and its icon.
#   cmake -DFOLDER=web/board -DOUTPUT=board_files.c -P embed_board.cmake
include(${CMAKE_CURRENT_LIST_DIR}/embed.cmake)
include(${FOLDER}/scripts.cmake)

set(source "// Made of web/board/ by cmake/embed_board.cmake.\n#include \"board/page.h\"\n\n")
set(members)
macro(add name)
    embed(bytes ${FOLDER} ${ARGN})
    string(APPEND source "static const unsigned char ${name}[] = {${bytes}};\n")
    string(APPEND members "    .${name} = {${name}, sizeof ${name}},\n")
endmacro()

add(html board.html)
add(style board.css)
add(script ${QUINIELA_BOARD_SCRIPTS})
add(icon favicon.svg)
file(WRITE ${OUTPUT} "${source}\nconst struct board_page board_page = {\n${members}};\n")
