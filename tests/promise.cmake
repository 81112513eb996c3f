# The name of a test is its id and what it promises, so that `ctest -N` reads as a list of promises. The promise is the
# first line of the test's own file: one sentence, of at most 100 characters, that ends with a full stop.
#   quiniela_name(test e2e.told FILE)   sets test to "e2e.told: Only what has arrived is taken for told, …"
function(quiniela_name variable id source)
    file(STRINGS ${source} lines LIMIT_COUNT 2 ENCODING UTF-8)
    list(GET lines 0 first)
    if(NOT first MATCHES "^(// |\"\"\")([^ ].*)$")
        set(first)
    endif()
    string(REGEX REPLACE "^(// |\"\"\")|(\"\"\")$" "" first "${first}")
    string(LENGTH "${first}" length)
    if(NOT first MATCHES "^[^;]+[.]$" OR first MATCHES "[.] " OR length GREATER 101)
        cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
        message(FATAL_ERROR "${source}: the first line says what the test promises, in one sentence of at most 100 "
                "characters, without a semicolon, ending with a full stop: it becomes part of the test's name. "
                "In C: // Whoever has most connections loses one when there is no room.  "
                "In Python: \"\"\"What goes in up to a newline comes back unchanged.\"\"\"  What else there is to say "
                "follows on the next lines (in Python behind an empty one).")
    endif()
    string(REGEX REPLACE "[.]$" "" promise "${first}")
    set(${variable} "${id}: ${promise}" PARENT_SCOPE)
endfunction()
