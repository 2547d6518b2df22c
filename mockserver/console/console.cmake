# Gzips the files of the console for src/console/console.c: what files.def names, from this folder,
# and two files that stand elsewhere.

find_program(AILAB_GZIP gzip REQUIRED)
set(console "${CMAKE_CURRENT_LIST_DIR}")
file(GLOB console_files CONFIGURE_DEPENDS
     "${console}/*.html" "${console}/*.css" "${console}/*.svg" "${console}/*.js" "${console}/vendor/*.js")
list(APPEND console_files "${PROJECT_SOURCE_DIR}/fixtures/page.css"
                          "${CMAKE_CURRENT_SOURCE_DIR}/SCENARIOS.md")
set(console_gzipped "${CMAKE_CURRENT_BINARY_DIR}/console")
file(MAKE_DIRECTORY "${console_gzipped}")
set(console_outputs "")
foreach(file IN LISTS console_files)
    get_filename_component(name "${file}" NAME)
    add_custom_command(OUTPUT "${console_gzipped}/${name}.gz"
        COMMAND "${AILAB_GZIP}" -9nc "${file}" > "${console_gzipped}/${name}.gz"
        DEPENDS "${file}" VERBATIM)
    list(APPEND console_outputs "${console_gzipped}/${name}.gz")
endforeach()
add_custom_target(ailab_mock_console DEPENDS ${console_outputs})
set_source_files_properties(src/console/console.c PROPERTIES
    COMPILE_DEFINITIONS "AILAB_CONSOLE_DIR=\"${console_gzipped}\""
    OBJECT_DEPENDS "${console_outputs}"
    COMPILE_OPTIONS -fno-lto) # its symbols come from the assembler, which the optimiser cannot see
