# The pages as they are installed: those of docs/, and beside them those above it. A link leads to where its target is then, and
# of a link to what is not installed (sources) the text alone is left.
set(above README.md README.es.md CHANGELOG.md SECURITY.md)
list(JOIN above "|" of_above)
string(REPLACE "." "[.]" of_above "${of_above}")
file(GLOB_RECURSE pages CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/docs/*.md)

# install_page(FROM TO UP): UP is the way from the page's folder up to docs/, "" or "../".
function(install_page from to up)
    file(READ ${from} text)
    string(REGEX REPLACE "([(\"])docs/" "\\1" text "${text}") # of the pages above
    string(REGEX REPLACE "\\]\\(${up}[.][.]/(${of_above})" "](${up}\\1" text "${text}")
    string(REGEX REPLACE "\\]\\((${up}[.][.]/)?verifiers/" "](${up}../../quiniela/verifiers/" text "${text}")
    string(REGEX REPLACE "\\[([^][]*)\\]\\((${up}[.][.]/)?((src|lib|clients)/|CONTRIBUTING)[^)]*\\)" "\\1" text "${text}")
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/pages/${to} "${text}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${from})
endfunction()

file(REMOVE_RECURSE ${CMAKE_CURRENT_BINARY_DIR}/pages)
foreach(page IN LISTS above)
    install_page(${PROJECT_SOURCE_DIR}/${page} ${page} "")
endforeach()
foreach(page IN LISTS pages)
    string(REGEX REPLACE "[^/]+/" "../" up "${page}")
    string(REGEX REPLACE "[^/]+$" "" up "${up}")
    install_page(${PROJECT_SOURCE_DIR}/docs/${page} ${page} "${up}")
endforeach()
