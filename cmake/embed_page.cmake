# Writes verifiers/page/ as a source of C: its page, its style, and its scripts, one after the other.
#   cmake -DFOLDER=verifiers/page -DOUTPUT=page_files.c -P embed_page.cmake
include(${FOLDER}/scripts.cmake)

# Bytes rather than a text: a text of C may have no more than 4095 characters.
function(embed variable name)
    set(all)
    foreach(file IN LISTS ARGN)
        file(READ ${FOLDER}/${file} digits HEX)
        string(APPEND all "${digits}")
    endforeach()
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${all}")
    string(REPLACE "0x0a," "0x0a,\n" bytes "${bytes}") # a line of the file a line
    set(${variable} "const unsigned char ${name}[] = {${bytes}};\nconst size_t ${name}_bytes = sizeof ${name};\n" PARENT_SCOPE)
endfunction()

embed(html page_html page.html)
embed(style page_style page.css)
embed(script page_script ${QUINIELA_PAGE_SCRIPTS})
file(WRITE ${OUTPUT} "// Made of verifiers/page/ by cmake/embed_page.cmake.\n#include \"cli/page_files.h\"\n\n${html}${style}${script}")
