# Headers of others that most files include are read once (cmake/precompiled). A file still includes what
# it uses: -DTANGGAP_PRECOMPILED=OFF builds without, and shows what is missing.
option(TANGGAP_PRECOMPILED "Read the usual headers once" ON)

# A precompiled header serves only what is compiled as it is: there is one for the rooms, one for those that are
# HOT, and one for test programs (of a program itself, since the code of programs and of libraries differs).
function(tanggap_precompiled_set name kind)
  set(source ${CMAKE_BINARY_DIR}/precompiled/${name}.cpp)
  if(kind STREQUAL PROGRAM)
    file(WRITE ${source} "int main() {}\n")
    add_executable(tanggap_precompiled_${name} EXCLUDE_FROM_ALL ${source})
  else()
    file(WRITE ${source} "")
    add_library(tanggap_precompiled_${name} OBJECT EXCLUDE_FROM_ALL ${source})
  endif()
  string(REPLACE _hot "" header ${name})
  target_precompile_headers(tanggap_precompiled_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/precompiled/${header}.h)
  target_compile_options(tanggap_precompiled_${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp") # for ccache
  target_link_libraries(tanggap_precompiled_${name} PRIVATE fmt::fmt ${ARGN})
  if(name MATCHES _hot)
    tanggap_hot(tanggap_precompiled_${name})
  endif()
endfunction()

function(tanggap_precompile target set)
  if(TANGGAP_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM tanggap_precompiled_${set})
  endif()
endfunction()

if(TANGGAP_PRECOMPILED AND CCACHE)
  # ccache compares a precompiled header by its content, not by its time.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
