# The exports of the contract, tested as functions. ci/update-fixtures holds the checked-in files
# against the program.

add_library(ailab_mock_export STATIC
    cli/export_build.c cli/export_contract.c cli/export_openapi.c cli/export_responses.c)
set(template "${CMAKE_CURRENT_SOURCE_DIR}/cli/openapi.template.json")
set_source_files_properties(cli/export_openapi.c PROPERTIES
    COMPILE_DEFINITIONS "AILAB_OPENAPI_TEMPLATE=\"${template}\"" OBJECT_DEPENDS "${template}"
    COMPILE_OPTIONS -fno-lto) # its symbol comes from the assembler, which the optimiser cannot see
target_include_directories(ailab_mock_export PUBLIC cli)
target_link_libraries(ailab_mock_export PRIVATE ailab_build PUBLIC ailab_mock_rooms)
ailab_tests("${CMAKE_CURRENT_SOURCE_DIR}/cli/tests" ailab_mock_export)
