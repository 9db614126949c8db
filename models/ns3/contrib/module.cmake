# The models as a module of ns-3, by ns-3's own build_lib: docs/ns3.md says how to use it.
# The root's CMakeLists.txt includes this where the folder is contrib/vpcmirror.

# The models are C++20; of ns-3 3.37 they include the headers that are, too.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_EXTENSIONS OFF)

file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/models/*/*.cc)
build_lib(
  LIBNAME vpcmirror
  SOURCE_FILES ${sources}
  HEADER_FILES models/ns3/contrib/vpcmirror.h
  LIBRARIES_TO_LINK ${VPCMIRROR_NEEDS}
  IGNORE_PCH
)
# The other headers are not copied to ns3/, where models/wire/address.h would be ns-3's own
# address.h. Not before build_lib, which exports whatever it finds as if it were installed.
set(here $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>)
target_include_directories(${libvpcmirror-obj} PRIVATE ${here})
target_include_directories(${libvpcmirror} PUBLIC ${here})

if(ENABLE_EXAMPLES)
  file(GLOB examples CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/models/ns3/examples/*.cc)
  foreach(example IN LISTS examples)
    cmake_path(GET example STEM name)
    build_lib_example(
      NAME ${name}
      SOURCE_FILES ${example}
      LIBRARIES_TO_LINK ${libvpcmirror} ${libapplications} ${libcsma}
      IGNORE_PCH
    )
  endforeach()
endif()
