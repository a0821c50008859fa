# The console inside the program: the library tanggap_console_assets, with console_assets.h.
#
# TANGGAP_WEB_DIST names the folder that `npm run build` wrote (web/dist); where it is empty or
# holds no index.html the table is empty, and the server answers /app/ by saying so.
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)

set(console_dir ${CMAKE_BINARY_DIR}/console)
file(MAKE_DIRECTORY ${console_dir})
# Without index.html nothing is embedded; configure again after the first build of the console.
set(console_index ${TANGGAP_WEB_DIST}/index.html)
if(NOT EXISTS ${console_index})
  set(console_index "")
endif()

add_custom_command(
  OUTPUT ${console_dir}/console_assets.S ${console_dir}/console_assets.cpp
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/tools/embed_assets.py "${TANGGAP_WEB_DIST}"
          ${console_dir}/console_assets.S ${console_dir}/console_assets.cpp ${console_dir}/console_assets.d
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed_assets.py ${console_index}
  DEPFILE ${console_dir}/console_assets.d
  COMMENT "Embedding the console"
  VERBATIM)

add_library(tanggap_console_assets STATIC ${console_dir}/console_assets.S ${console_dir}/console_assets.cpp)
target_include_directories(tanggap_console_assets PUBLIC ${CMAKE_SOURCE_DIR}/cmake)
# .incbin is not a dependency the assembler reports: the object follows its inputs by hand.
if(console_index)
  file(GLOB_RECURSE console_files CONFIGURE_DEPENDS ${TANGGAP_WEB_DIST}/*)
  set_source_files_properties(${console_dir}/console_assets.S PROPERTIES OBJECT_DEPENDS "${console_files}")
endif()
