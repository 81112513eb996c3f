# Writes verifiers/page/ as a source of C: its page, its style, and its scripts, one after the other.
#   cmake -DFOLDER=verifiers/page -DOUTPUT=page_files.c -P embed_page.cmake
include(${CMAKE_CURRENT_LIST_DIR}/embed.cmake)
include(${FOLDER}/scripts.cmake)

set(source "// Made of verifiers/page/ by cmake/embed_page.cmake.\n#include \"cli/page_files.h\"\n\n")
macro(add name)
    embed(bytes ${FOLDER} ${ARGN})
    string(APPEND source "const unsigned char ${name}[] = {${bytes}};\nconst size_t ${name}_bytes = sizeof ${name};\n")
endmacro()

add(page_html page.html)
add(page_style page.css)
add(page_script ${QUINIELA_PAGE_SCRIPTS})
file(WRITE ${OUTPUT} "${source}")
