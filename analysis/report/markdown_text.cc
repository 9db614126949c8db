#include "analysis/report/markdown_text.h"

#include <algorithm>
#include <cstddef>

#include "analysis/report/characters.h"

namespace vpcmirror {
namespace {

// Characters that are syntax within a line (CommonMark 0.30, 6; GFM 4.10; GitHub's `$`).
constexpr std::string_view kInlineSyntax = "\\`*_[]|~$";

std::string_view HtmlEntity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
  }
  return "";
}

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const bool is_quote = c == '"' || c == '\'';
    const std::string_view entity = is_quote ? "" : HtmlEntity(c);
    if (kInlineSyntax.find(c) != std::string_view::npos) out += '\\';
    out += entity.empty() ? std::string_view(&c, 1) : entity;
  }
}

bool IsWebAddress(std::string_view word) {
  return word.starts_with("https://") || word.starts_with("http://");
}

// An empty comment, which GitHub does not show, in the middle of what it would make a link of:
// no backslash keeps it from that.
std::string WithoutLinks(std::string_view markdown) {
  constexpr std::string_view kNothing = "<!-- -->";
  std::string out;
  for (std::size_t i = 0; i < markdown.size(); ++i) {
    const char c = markdown[i];
    if (c == ':' && markdown.substr(i, 3) == "://") out += kNothing;
    const bool is_www = c == '.' && i >= 3 && (markdown[i - 1] | 0x20) == 'w' &&
                        (markdown[i - 2] | 0x20) == 'w' && (markdown[i - 3] | 0x20) == 'w';
    if (is_www) out += kNothing;
    out += c;
    if (c == '@' || c == '#') out += kNothing;
  }
  return out;
}

}  // namespace

std::string MarkdownText(std::string_view text) {
  const std::string line = LineText(text);
  std::string out;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    const std::string_view word = std::string_view(line).substr(at, end - at);
    if (IsWebAddress(word) && word.find_first_of("|<>\"`") == std::string_view::npos) {
      out += word;
    } else {
      AppendEscaped(out, word);
    }
    if (end < line.size()) out += ' ';
    at = end + 1;
  }
  return out;
}

std::string StrangersMarkdown(std::string_view text) {
  std::string escaped;
  AppendEscaped(escaped, LineText(text));
  return WithoutLinks(escaped);
}

std::string HtmlText(std::string_view text) {
  std::string out;
  for (const char c : LineText(text)) {
    const std::string_view entity = HtmlEntity(c);
    out += entity.empty() ? std::string_view(&c, 1) : entity;
  }
  return out;
}

}  // namespace vpcmirror
