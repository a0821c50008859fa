# content/ linked into the binary. Samples beside rules and sources are for tests, not for the binary.
file(GLOB_RECURSE content_paths RELATIVE ${CMAKE_SOURCE_DIR}/content CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/content/*.yaml ${CMAKE_SOURCE_DIR}/content/*.html ${CMAKE_SOURCE_DIR}/content/*.css)
list(FILTER content_paths EXCLUDE REGEX "\\.samples\\.yaml$")
list(TRANSFORM content_paths PREPEND ${CMAKE_SOURCE_DIR}/content/ OUTPUT_VARIABLE content_full_paths)
set(content_out ${CMAKE_BINARY_DIR}/generated)
add_custom_command(
  OUTPUT ${content_out}/content.S ${content_out}/content_table.cpp
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/embed_files.py ${CMAKE_SOURCE_DIR}/content content ${content_out} ${content_paths}
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed_files.py ${content_full_paths}
  COMMENT "embedding content/")
# The assembler does not report .incbin files: name them, so that an edited rule is linked anew.
set_source_files_properties(${content_out}/content.S PROPERTIES OBJECT_DEPENDS "${content_full_paths}")
add_library(tanggap_content STATIC ${content_out}/content.S ${content_out}/content_table.cpp)
target_include_directories(tanggap_content PRIVATE ${CMAKE_SOURCE_DIR}/src)

# The style and the script of the page that `tanggap hunt --html` writes.
set(page_folder ${CMAKE_SOURCE_DIR}/src/app/hunt)
add_custom_command(
  OUTPUT ${content_out}/hunt_page.S ${content_out}/hunt_page_table.cpp
  COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/embed_files.py ${page_folder} hunt_page ${content_out} page.css page.js
  DEPENDS ${CMAKE_SOURCE_DIR}/tools/embed_files.py ${page_folder}/page.css ${page_folder}/page.js
  COMMENT "embedding the hunt's page")
set_source_files_properties(${content_out}/hunt_page.S PROPERTIES OBJECT_DEPENDS "${page_folder}/page.css;${page_folder}/page.js")
target_sources(tanggap_content PRIVATE ${content_out}/hunt_page.S ${content_out}/hunt_page_table.cpp)
