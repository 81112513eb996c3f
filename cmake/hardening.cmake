# What makes a mistake in memory end the program rather than give it away. tests/e2e/test_binary.py reads the result.
include(CheckCCompilerFlag)
include(CheckLinkerFlag)
include(CheckPIESupported)

# At a random address, wherever it is started.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
check_pie_supported()

# Every symbol is looked up at the start, and the tables that calls go through are read-only from then on.
add_link_options(LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack)

# A function whose arrays were written past does not return.
add_compile_options(-fstack-protector-strong)

# On x86: jumps only to where a function begins, returns only to where a call came from, where processor, kernel and
# libc look after that. The linker marks the program for the second only: the C library's own first instructions
# are not made for the first everywhere.
check_c_compiler_flag(-fcf-protection=full QUINIELA_HAS_CF_PROTECTION)
if(QUINIELA_HAS_CF_PROTECTION)
    add_compile_options(-fcf-protection=full)
    check_linker_flag(C LINKER:-z,shstk QUINIELA_HAS_SHSTK)
    if(QUINIELA_HAS_SHSTK)
        add_link_options(LINKER:-z,shstk)
    endif()
endif()

# The C library's calls look at the size of what they write into. Only an optimised build has it, and AddressSanitizer
# looks closer by itself.
string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
if(CMAKE_C_FLAGS_${build_type} MATCHES "-O[1-3sgz]" AND NOT QUINIELA_SANITIZE)
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
