# Writes files as arrays of C: bytes rather than a text, as a text of C may have no more than 4095 characters.
#   embed(VARIABLE FOLDER FILE…)  VARIABLE: the bytes of the files, one after the other, to stand between braces
function(embed variable folder)
    set(all)
    foreach(file IN LISTS ARGN)
        file(READ ${folder}/${file} digits HEX)
        string(APPEND all "${digits}")
    endforeach()
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${all}")
    string(REPLACE "0x0a," "0x0a,\n" bytes "${bytes}") # a line of the file a line
    set(${variable} "${bytes}" PARENT_SCOPE)
endfunction()
