# The packages: one for each component that something is installed with. Read last, when all of them are known.
find_program(GZIP gzip REQUIRED)

# Debian's own pages, at the date of the last commit, so that a package is the same whenever it is made.
set(date "Thu, 01 Jan 1970 00:00:00 +0000")
if(DEFINED ENV{SOURCE_DATE_EPOCH})
    string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
endif()
configure_file(changelog.in changelog @ONLY)
file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/triggers "activate-noawait ldconfig\n")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME quiniela)
set(CPACK_PACKAGE_CONTACT "The maintainers of quiniela <maintainers@quiniela.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package's description begins with its own
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)

set(CPACK_DEBIAN_QUINIELA_PACKAGE_NAME quiniela)
set(CPACK_DEBIAN_QUINIELA_PACKAGE_SECTION net)
set(CPACK_DEBIAN_QUINIELA_DESCRIPTION "central of a lottery, and its agencies
Agencies send their bets over TCP, the central stores each before it says
so, makes the draw once all have finished, and tells each agency its own
winners. No bet is lost or doubled, whatever is killed or cut meanwhile.
.
The package has the program with all its commands, and units for the
central. Nothing is started at its installation: the first start opens a
draw as /etc/quiniela/server.ini says.")
# Users and folders are made by systemd's tools, or by what stands in for them where systemd does not run.
set(CPACK_DEBIAN_QUINIELA_PACKAGE_DEPENDS
    "init-system-helpers (>= 1.54~), systemd | systemd-standalone-sysusers | systemd-sysusers, systemd | systemd-standalone-tmpfiles | systemd-tmpfiles")
set(CPACK_DEBIAN_QUINIELA_PACKAGE_RECOMMENDS "logrotate")
set(CPACK_DEBIAN_QUINIELA_PACKAGE_SUGGESTS "python3, openssl, prometheus, sqlite3")
set(CPACK_DEBIAN_QUINIELA_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_SOURCE_DIR}/postinst;${CMAKE_CURRENT_SOURCE_DIR}/prerm;${CMAKE_CURRENT_SOURCE_DIR}/postrm;${CMAKE_CURRENT_SOURCE_DIR}/conffiles")

set(CPACK_DEBIAN_LIBQUINIELA0_PACKAGE_NAME libquiniela0)
set(CPACK_DEBIAN_LIBQUINIELA0_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_LIBQUINIELA0_PACKAGE_CONTROL_EXTRA "${CMAKE_CURRENT_BINARY_DIR}/triggers")
set(CPACK_DEBIAN_LIBQUINIELA0_DESCRIPTION "library for agencies of a lottery
Sends an agency's bets to a central of quiniela, checks what the central
signs of them, and learns the agency's winners.")

set(CPACK_DEBIAN_LIBQUINIELA-DEV_PACKAGE_NAME libquiniela-dev)
set(CPACK_DEBIAN_LIBQUINIELA-DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_LIBQUINIELA-DEV_PACKAGE_SHLIBDEPS OFF)
# pkg-config reads the private requirements also where it is asked for flags alone.
set(CPACK_DEBIAN_LIBQUINIELA-DEV_PACKAGE_DEPENDS "libquiniela0 (= ${PROJECT_VERSION}), libsimdjson-dev, libssl-dev")
set(CPACK_DEBIAN_LIBQUINIELA-DEV_DESCRIPTION "library for agencies of a lottery (development)
Sends an agency's bets to a central of quiniela, checks what the central
signs of them, and learns the agency's winners.
.
The package has the header, the static library, and what pkg-config and
CMake look for.")

# Each package has its own changelog and copyright.
get_cmake_property(CPACK_COMPONENTS_ALL COMPONENTS)
list(REMOVE_ITEM CPACK_COMPONENTS_ALL Unspecified)
foreach(package IN LISTS CPACK_COMPONENTS_ALL)
    set(folder ${CMAKE_INSTALL_DATADIR}/doc/${package})
    install(FILES copyright DESTINATION ${folder} COMPONENT ${package})
    install(CODE "
        set(folder \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}\")
        execute_process(COMMAND ${GZIP} -9nc ${CMAKE_CURRENT_BINARY_DIR}/changelog OUTPUT_FILE \${folder}/changelog.gz COMMAND_ERROR_IS_FATAL ANY)"
        COMPONENT ${package})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${package}.lintian-overrides)
        install(FILES ${package}.lintian-overrides DESTINATION share/lintian/overrides RENAME ${package} COMPONENT ${package})
    endif()
endforeach()

include(CPack)
