#include "sim/input/json_syntax.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace vpcmirror::sim {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";
constexpr std::string_view kEndsWord = " \t\r\n,:[]{}\"/";

// Behind white space and comments. Stays at the start of a comment that is not
// closed, or of a lone slash.
std::size_t SkipBlank(std::string_view text, std::size_t offset) {
  while (offset < text.size()) {
    if (kWhiteSpace.find(text[offset]) != std::string_view::npos) {
      ++offset;
      continue;
    }
    const std::string_view two = text.substr(offset, 2);
    if (two == "//") {
      offset = std::min(text.find('\n', offset), text.size());
    } else if (two == "/*") {
      const std::size_t close = text.find("*/", offset + 2);
      if (close == std::string_view::npos) return offset;
      offset = close + 2;
    } else {
      return offset;
    }
  }
  return text.size();
}

// The word at `offset` as a message shows it: short and printable.
std::string Show(std::string_view text, std::size_t offset) {
  const auto c = static_cast<unsigned char>(text[offset]);
  if (c < 0x20 || c == 0x7f) return fmt::format("the control character 0x{:02x}", c);
  std::size_t end = text[offset] == '"'
                        ? SkipToken(text, offset)
                        : std::min(text.find_first_of(kEndsWord, offset), text.size());
  end = std::max(end, offset + 1);
  constexpr std::size_t kLongest = 32;
  if (end - offset > kLongest) {
    end = offset + kLongest;
    while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
    return fmt::format("{}...", text.substr(offset, end - offset));
  }
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
  return std::string(text.substr(offset, end - offset));
}

std::size_t SkipString(std::string_view text, std::size_t offset) {
  for (std::size_t i = offset + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

std::size_t SkipDigits(std::string_view text, std::size_t offset) {
  return std::min(text.find_first_not_of("0123456789", offset), text.size());
}

// Behind the longest JSON number at `offset`; `offset` when there is none.
std::size_t SkipNumber(std::string_view text, std::size_t offset) {
  const std::size_t whole = text.substr(offset, 1) == "-" ? offset + 1 : offset;
  std::size_t end = text.substr(whole, 1) == "0" ? whole + 1 : SkipDigits(text, whole);
  if (end == whole) return offset;
  if (text.substr(end, 1) == ".") {
    const std::size_t fraction = SkipDigits(text, end + 1);
    if (fraction > end + 1) end = fraction;
  }
  if (text.substr(end, 1) == "e" || text.substr(end, 1) == "E") {
    const std::string_view sign = text.substr(std::min(end + 1, text.size()), 1);
    const std::size_t digits = end + 1 + (sign == "+" || sign == "-" ? 1 : 0);
    const std::size_t exponent = SkipDigits(text, digits);
    if (exponent > digits) end = exponent;
  }
  return end;
}

constexpr std::size_t kEscapeBytes = 6;  // "\u0041"

// The UTF-16 code unit that \u and four digits at `offset` stand for.
std::optional<unsigned> EscapedUnit(std::string_view text, std::size_t offset) {
  const std::string_view escape = text.substr(std::min(offset, text.size()), kEscapeBytes);
  if (escape.size() != kEscapeBytes || escape.substr(0, 2) != "\\u") return std::nullopt;
  unsigned unit = 0;
  const char* const end = escape.data() + escape.size();
  const auto read = std::from_chars(escape.data() + 2, end, unit, 16);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return unit;
}

bool IsSurrogate(unsigned unit) { return unit >= 0xd800 && unit <= 0xdfff; }
bool IsSurrogatePair(unsigned first, std::optional<unsigned> second) {
  return first <= 0xdbff && second && *second >= 0xdc00 && *second <= 0xdfff;
}

SyntaxFault FaultInString(std::string_view text, std::size_t start) {
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"') break;
    if (c == '\n' || c == '\r') {
      return {start, false, "the string that begins here has no closing \" on its line",
              "\\n for a line break inside a string"};
    }
    if (c < 0x20) {
      return {i, false, fmt::format("a control character (0x{:02x}) in a string", c),
              fmt::format("\\u{:04x}, or \\t for a tab", c)};
    }
    if (c != '\\') continue;
    const char escape = i + 1 < text.size() ? text[i + 1] : '\0';
    if (std::string_view("\"\\/bfnrt").find(escape) != std::string_view::npos) {
      ++i;
      continue;
    }
    const std::optional<unsigned> unit = EscapedUnit(text, i);
    if (!unit) {
      return {i, false, "a backslash that JSON does not know",
              "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t, or \\u and four hexadecimal digits"};
    }
    if (IsSurrogate(*unit)) {
      if (!IsSurrogatePair(*unit, EscapedUnit(text, i + kEscapeBytes))) {
        return {
            i, false,
            fmt::format("{} is half of a character (a lone surrogate)",
                        text.substr(i, kEscapeBytes)),
            "both halves, \\ud800 to \\udbff and then \\udc00 to \\udfff, or the character itself"};
      }
      i += kEscapeBytes;
    }
    i += kEscapeBytes - 1;
  }
  return {start, true, "the file ends inside a string", "a closing \""};
}

SyntaxFault FaultInValue(std::string_view text, std::size_t offset) {
  const char c = text[offset];
  if (c == '"') return FaultInString(text, offset);
  if (c == '\'') return {offset, false, "a string in single quotes", "double quotes"};
  const std::string shown = Show(text, offset);
  if (c == '-' || (c >= '0' && c <= '9')) {
    return {offset, false, fmt::format("{} is not a JSON number", shown),
            "a decimal number, or a quantity in quotes such as \"10 Gbps\""};
  }
  if (c == '+' || c == '.') {
    return {offset, false, fmt::format("{} is not a JSON number", shown),
            "a number without a leading + or point"};
  }
  return {offset, false, fmt::format("{} is not a JSON value", shown),
          "a string in double quotes, a number, true, false, an object or an array"};
}

// What must not stand where a value should: closing brackets and separators.
bool IsPunctuation(char c) { return std::string_view(",:]}").find(c) != std::string_view::npos; }

SyntaxFault FaultAtValue(std::string_view text, std::size_t offset, bool behind_comma,
                         std::string_view closing) {
  if (offset == text.size()) {
    return {offset, true, "the file ends where a value should be", "a value"};
  }
  if (behind_comma && text.substr(offset, 1) == closing) {
    return {offset, false, fmt::format("a comma before \"{}\"", closing),
            "no comma behind the last element"};
  }
  if (IsPunctuation(text[offset])) {
    return {offset, false, fmt::format("found \"{}\" where a value should be", text[offset]),
            "a string in double quotes, a number, true, false, an object or an array"};
  }
  return FaultInValue(text, offset);
}

SyntaxFault FaultAtKey(std::string_view text, std::size_t offset, bool behind_comma) {
  if (offset == text.size())
    return {offset, true, "the file ends where a key should be", "a closing \"}\""};
  if (text[offset] == '"') return FaultInString(text, offset);
  if (behind_comma && text[offset] == '}') {
    return {offset, false, "a comma before \"}\"", "no comma behind the last element"};
  }
  return {offset, false, fmt::format("found {} where a key should be", Show(text, offset)),
          "a key in double quotes"};
}

SyntaxFault FaultAtSeparator(std::string_view text, std::size_t offset, std::string_view closing) {
  if (offset == text.size()) {
    return {offset, true, "the file ends too early", fmt::format("a closing \"{}\"", closing)};
  }
  return {offset, false, fmt::format("found {} behind a value", Show(text, offset)),
          fmt::format("\",\" and the next element, or \"{}\"", closing)};
}

// The next thing to read, and whether a comma led to it.
struct Ahead {
  std::size_t offset;
  bool comma;
};

Ahead SkipComma(std::string_view text, std::size_t offset) {
  if (offset < text.size() && text[offset] == ',') return {SkipBlank(text, offset + 1), true};
  return {offset, false};
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : starts_{0} {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts_.push_back(i + 1);
  }
}

TextPosition LineIndex::At(std::size_t offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return {static_cast<int>(next - starts_.begin()), static_cast<int>(offset - *(next - 1)) + 1};
}

std::size_t SkipBetweenTokens(std::string_view text, std::size_t offset) {
  offset = SkipBlank(text, offset);
  while (offset < text.size() && (text[offset] == ',' || text[offset] == ':')) {
    offset = SkipBlank(text, offset + 1);
  }
  return offset;
}

std::size_t SkipToken(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return text.size();
  switch (text[offset]) {
    case '"':
      return SkipString(text, offset);
    case 't':  // true
    case 'n':  // null
      return std::min(offset + 4, text.size());
    case 'f':  // false
      return std::min(offset + 5, text.size());
    default:
      break;
  }
  const std::size_t end = SkipNumber(text, offset);
  return end > offset ? end : offset + 1;
}

SyntaxFault FindSyntaxFault(std::string_view text, std::size_t offset, SyntaxState state) {
  const auto in_word = [&](std::size_t at) {
    return at < text.size() && kEndsWord.find(text[at]) == std::string_view::npos;
  };
  // "10Gbps" and "01": the parser took the number at the front for the whole.
  if (offset > 0 && in_word(offset - 1) && in_word(offset)) {
    return FaultInValue(text, text.find_last_of(kEndsWord, offset) + 1);
  }
  offset = SkipBlank(text, offset);
  const bool behind_colon =
      state == SyntaxState::kAfterKey && offset < text.size() && text[offset] == ':';
  const Ahead ahead =
      behind_colon ? Ahead{SkipBlank(text, offset + 1), false} : SkipComma(text, offset);
  if (text.substr(ahead.offset, 2) == "/*") {
    return {ahead.offset, false, "the comment that begins here is not closed", "a closing */"};
  }
  if (text.substr(ahead.offset, 1) == "/") {
    return {ahead.offset, false, "a lone \"/\"", "// or /* */ for a comment"};
  }
  switch (state) {
    case SyntaxState::kStart:
      return FaultAtValue(text, offset, false, "");
    case SyntaxState::kObjectStart:
      return FaultAtKey(text, offset, false);
    case SyntaxState::kAfterKey:
      if (behind_colon) return FaultAtValue(text, ahead.offset, false, "");
      if (offset == text.size()) return {offset, true, "the file ends behind a key", "\":\""};
      return {offset, false, fmt::format("found {} behind a key", Show(text, offset)),
              "\":\" and a value"};
    case SyntaxState::kAfterMember:
      if (ahead.comma) return FaultAtKey(text, ahead.offset, true);
      return FaultAtSeparator(text, offset, "}");
    case SyntaxState::kArrayStart:
      return FaultAtValue(text, offset, false, "");
    case SyntaxState::kAfterItem:
      if (ahead.comma) return FaultAtValue(text, ahead.offset, true, "]");
      return FaultAtSeparator(text, offset, "]");
    case SyntaxState::kEnd:
      break;
  }
  if (offset >= text.size()) return {text.size(), true, "the file ends too early", ""};
  return {offset, false, fmt::format("found {} behind the end of the document", Show(text, offset)),
          "one JSON object and nothing behind it"};
}

std::optional<std::size_t> FindInvalidUtf8(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    const unsigned next = byte(i + 1);
    std::size_t length = 1;
    if (lead >= 0xc2 && lead <= 0xdf) {
      length = 2;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      length = 3;
      if ((lead == 0xe0 && next < 0xa0) || (lead == 0xed && next > 0x9f)) return i;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      length = 4;
      if ((lead == 0xf0 && next < 0x90) || (lead == 0xf4 && next > 0x8f)) return i;
    } else if (lead >= 0x80) {
      return i;
    }
    for (std::size_t k = 1; k < length; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return i;
    }
    i += length;
  }
  return std::nullopt;
}

std::optional<SyntaxFault> FindBadByte(std::string_view text) {
  if (const auto offset = FindInvalidUtf8(text)) {
    const auto byte = static_cast<unsigned char>(text[*offset]);
    return SyntaxFault{
        .offset = *offset,
        .message = fmt::format("the byte 0x{:02x} is not UTF-8 text", static_cast<unsigned>(byte)),
        .accepted = "a file saved as UTF-8"};
  }
  if (const auto offset = text.find('\0'); offset != std::string_view::npos) {
    return SyntaxFault{.offset = offset,
                       .message = "a NUL byte (0x00)",
                       .accepted = "a text without NUL bytes, saved as UTF-8"};
  }
  return std::nullopt;
}

}  // namespace vpcmirror::sim
