# The stories of what uses a processor's wide instructions once more, as processors do it that have none of them.

# quiniela_plain(NAME LIBRARY SOURCE…): the unit test NAME with the library's sources, compiled so.
function(quiniela_plain name library)
    set(program test_${name}_plain)
    add_executable(${program} unit/test_${name}.c ${ARGN})
    target_link_libraries(${program} PRIVATE ${library} PkgConfig::CMOCKA)
    target_compile_definitions(${program} PRIVATE QUINIELA_PLAIN)
    quiniela_name(test unit.${name}_plain ${CMAKE_CURRENT_SOURCE_DIR}/unit/test_${name}.c)
    string(APPEND test ", without wide instructions")
    add_test(NAME "${test}" COMMAND ${program})
    set_tests_properties("${test}" PROPERTIES LABELS unit TIMEOUT ${unit_s})
endfunction()

if(NOT is_tsan) # which have one thread
    quiniela_plain(bet bet unit/one_thread.c ${PROJECT_SOURCE_DIR}/src/bet/bet.c)
    quiniela_plain(seal_hash seal unit/one_thread.c ${PROJECT_SOURCE_DIR}/src/seal/hash_pair.c)
endif()
