# cmake -D OUTPUT=file.cc -D HEADER=header.h -D "FILES=name=path;..." -P embed.cmake: defines
# each `const std::string_view vpcmirror::name` that the header declares, as the file's bytes.
set(source "#include \"${HEADER}\"\n\nnamespace vpcmirror {\n\n")
foreach(pair IN LISTS FILES)
  string(REGEX MATCH "^([^=]+)=(.+)$" found "${pair}")
  set(name ${CMAKE_MATCH_1})
  file(READ ${CMAKE_MATCH_2} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR size "${digits} / 2")
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(APPEND source "const std::string_view ${name}(\"${bytes}\", ${size});\n")
endforeach()
string(APPEND source "\n}  // namespace vpcmirror\n")
file(WRITE ${OUTPUT} "${source}")
