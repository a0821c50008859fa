# Warnings, hardening and sanitizers for every target. Each hardening flag is probed: a compiler
# that does not know one builds without it and says so.
include(CheckCXXCompilerFlag)
include(CheckLinkerFlag)

function(tanggap_add_if_known flag)
  string(MAKE_C_IDENTIFIER "HAS${flag}" known)
  check_cxx_compiler_flag("${flag}" ${known})
  if(${known})
    add_compile_options("${flag}")
  else()
    message(STATUS "compiler does not know ${flag}")
  endif()
endfunction()

function(tanggap_link_if_known flag)
  string(MAKE_C_IDENTIFIER "HASLINK${flag}" known)
  check_linker_flag(CXX "${flag}" ${known})
  if(${known})
    add_link_options("${flag}")
  else()
    message(STATUS "linker does not know ${flag}")
  endif()
endfunction()

add_compile_options(-Wall -Wextra -Wformat=2 -Wconversion -Wsign-conversion -Wimplicit-fallthrough
                    -Werror=format-security -Wshadow -Wnon-virtual-dtor -fno-omit-frame-pointer -pthread)
if(DEFINED ENV{CI} OR TANGGAP_WERROR)
  add_compile_options(-Werror)
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# The project's own folder is written as "." in binaries: builds are alike wherever the clone lies.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)

# What runs once for every event is optimised under sanitizers too: its tests read whole corpora. The rest is
# not, since most of a sanitized build's time went into optimising it.
function(tanggap_hot target)
  if(TANGGAP_SANITIZE)
    target_compile_options(${target} PRIVATE -O1)
  endif()
endfunction()

if(TANGGAP_SANITIZE)
  add_compile_options(-fsanitize=${TANGGAP_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${TANGGAP_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()

add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  foreach(flag -fstack-clash-protection -fstack-protector-strong -fcf-protection=full -fno-delete-null-pointer-checks
               -fno-strict-overflow -fno-strict-aliasing -ftrivial-auto-var-init=zero -fstrict-flex-arrays=3)
    tanggap_add_if_known(${flag})
  endforeach()
  foreach(flag -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,-z,separate-code -Wl,--as-needed)
    tanggap_link_if_known(${flag})
  endforeach()
  add_link_options(-pie)
endif()
