// Text of strangers in lines that are never too long.
#pragma once

#include <string>
#include <string_view>

namespace vpcmirror {

// `head` as it is, then the words of `text` as LineText has them, in lines of at most `width`
// columns, those after the first indented. A word that is longer than a line is broken.
// No newline at the end.
std::string Paragraph(std::string_view head, std::string_view text, int width, int indent);

}  // namespace vpcmirror
