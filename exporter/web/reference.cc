#include "exporter/web/reference.h"

// The assembler puts the files in as they are: there is no copy of them for a compiler to read.
// EXPORTER_REFERENCE is their folder.
__asm__(R"(
  .pushsection .rodata, "a"
exporter_reference_page:
  .incbin ")" EXPORTER_REFERENCE R"(/index.html"
exporter_reference_page_end:
exporter_reference_script:
  .incbin ")" EXPORTER_REFERENCE R"(/redoc.standalone.js"
exporter_reference_script_end:
  .popsection
)");

extern "C" {
extern const char exporter_reference_page[];
extern const char exporter_reference_page_end[];
extern const char exporter_reference_script[];
extern const char exporter_reference_script_end[];
}

namespace exporter::web {

std::string_view reference_page() { return {exporter_reference_page, exporter_reference_page_end}; }

std::string_view reference_script() {
  return {exporter_reference_script, exporter_reference_script_end};
}

}  // namespace exporter::web
