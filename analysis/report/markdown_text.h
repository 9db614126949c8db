// Text that Markdown shows as it is.
#pragma once

#include <string>
#include <string_view>

namespace vpcmirror {

// `text` in one line for GitHub Flavored Markdown, a cell of a table too: nothing of it is
// syntax. Addresses of the web stay links.
std::string MarkdownText(std::string_view text);

// The same of what strangers wrote: it is no link, no mention of a person and no reference to
// an issue either.
std::string StrangersMarkdown(std::string_view text);

// `text` in one line inside an HTML element.
std::string HtmlText(std::string_view text);

}  // namespace vpcmirror
