#include "analysis/report/characters.h"

#include <algorithm>
#include <cstdint>
#include <iterator>

#include "analysis/report/text_layout.h"

namespace vpcmirror {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

// What the first byte says (RFC 3629): bytes in all, its own bits, and the least code that
// needs so many bytes.
struct Lead {
  std::size_t bytes = 0;  // 0: begins no character
  std::uint8_t bits = 0;
  char32_t least = 0;
};

Lead LeadOf(std::uint8_t byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xc0 && byte < 0xe0) return {2, static_cast<std::uint8_t>(byte & 0x1f), 0x80};
  if (byte >= 0xe0 && byte < 0xf0) return {3, static_cast<std::uint8_t>(byte & 0x0f), 0x800};
  if (byte >= 0xf0 && byte < 0xf8) return {4, static_cast<std::uint8_t>(byte & 0x07), 0x10000};
  return {};
}

struct CodeRange {
  char32_t first;
  char32_t last;
};

// The blocks of Unicode 15.0 that are of combining marks, and joiners and selectors.
constexpr CodeRange kCombining[] = {
    {0x0300, 0x036f}, {0x0483, 0x0489},   {0x0591, 0x05bd},  {0x064b, 0x065f}, {0x1ab0, 0x1aff},
    {0x1dc0, 0x1dff}, {0x200b, 0x200f},   {0x20d0, 0x20ff},  {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff}, {0x1f3fb, 0x1f3ff}, {0xe0100, 0xe01ef}};
// The blocks that are wide (W and F) in EastAsianWidth of Unicode 15.0, and emoji.
constexpr CodeRange kWide[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
                               {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},
                               {0xa960, 0xa97f},   {0xac00, 0xd7a3},   {0xf900, 0xfaff},
                               {0xfe30, 0xfe6f},   {0xff00, 0xff60},   {0xffe0, 0xffe6},
                               {0x1b000, 0x1b2ff}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
                               {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

template <std::size_t N>
bool IsIn(const CodeRange (&ranges)[N], char32_t code) {
  return std::any_of(std::begin(ranges), std::end(ranges), [&](const CodeRange& range) {
    return code >= range.first && code <= range.last;
  });
}

std::string WithoutBadBytes(std::string_view text, std::string_view instead) {
  std::string good;
  good.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    good += character.is_valid ? text.substr(at, character.bytes) : instead;
    at += character.bytes;
  }
  return good;
}

}  // namespace

Character CharacterAt(std::string_view text, std::size_t offset) {
  const Lead lead = LeadOf(static_cast<std::uint8_t>(text[offset]));
  if (lead.bytes == 0 || offset + lead.bytes > text.size()) return {};
  char32_t code = lead.bits;
  for (std::size_t i = 1; i < lead.bytes; ++i) {
    const auto byte = static_cast<std::uint8_t>(text[offset + i]);
    if ((byte & 0xc0) != 0x80) return {};
    code = code << 6 | (byte & 0x3fu);
  }
  const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < lead.least || code > 0x10ffff || is_surrogate) return {};
  return {code, lead.bytes, true};
}

int ColumnsOf(char32_t code) {
  if (code < 0x300) return 1;
  if (IsIn(kCombining, code)) return 0;
  return IsIn(kWide, code) ? 2 : 1;
}

std::string Utf8Text(std::string_view text) { return WithoutBadBytes(text, kReplacement); }

std::string LineText(std::string_view text) { return Printable(WithoutBadBytes(text, "?")); }

int WidthOf(std::string_view text) {
  int width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = CharacterAt(text, at);
    width += ColumnsOf(character.code);
    at += character.bytes;
  }
  return width;
}

}  // namespace vpcmirror
