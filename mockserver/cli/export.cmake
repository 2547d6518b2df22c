# The exports of the contract, tested as functions. ci/update-fixtures holds the checked-in files
# against the program.

add_library(ailab_mock_export STATIC
    cli/export_build.c cli/export_contract.c cli/export_openapi.c cli/export_paths.c
    cli/export_responses.c cli/export_schemas.c)
target_include_directories(ailab_mock_export PUBLIC cli)
target_link_libraries(ailab_mock_export PRIVATE ailab_build PUBLIC ailab_mock_rooms)
ailab_tests("${CMAKE_CURRENT_SOURCE_DIR}/cli/tests" ailab_mock_export)
