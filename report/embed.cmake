# Writes OUTPUT, a C file that defines SYMBOL as the concatenated bytes of FILES (comma-separated).
set(hex "")
string(REPLACE "," ";" files "${FILES}")
foreach(file IN LISTS files)
  file(READ ${file} contents HEX)
  string(APPEND hex "${contents}0a")
endforeach()
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE ${OUTPUT}
  "extern const unsigned char ${SYMBOL}[];\nconst unsigned char ${SYMBOL}[] = {\n${bytes}0};\n")
