#include "tests/support/hex_diff.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace vpcmirror {
namespace {

constexpr std::size_t kRowBytes = 16;

std::string Hex(std::size_t value, int digits) {
  std::array<char, 20> text{};
  std::snprintf(text.data(), text.size(), "%0*zx", digits, value);
  return text.data();
}

std::string Row(const char* name, std::span<const std::byte> octets, std::size_t first) {
  std::string row = std::string("\n  ") + name;
  for (std::size_t at = first; at < first + kRowBytes; ++at) {
    row += ' ';
    row += at < octets.size() ? Hex(std::to_integer<std::size_t>(octets[at]), 2) : "--";
  }
  return row;
}

}  // namespace

std::vector<std::byte> Octets(std::initializer_list<unsigned> values) {
  std::vector<std::byte> octets;
  for (const unsigned value : values) {
    if (value > 0xff) throw std::invalid_argument("not an octet: " + std::to_string(value));
    octets.push_back(static_cast<std::byte>(value));
  }
  return octets;
}

std::string HexDiff(std::span<const std::byte> expected, std::span<const std::byte> actual) {
  const auto [in_expected, in_actual] = std::ranges::mismatch(expected, actual);
  if (in_expected == expected.end() && in_actual == actual.end()) return "";
  const auto offset = static_cast<std::size_t>(in_expected - expected.begin());
  const std::size_t first = offset - offset % kRowBytes;
  std::string text = "first difference at offset " + std::to_string(offset) + " (0x" +
                     Hex(offset, 2) + ") of " + std::to_string(expected.size()) + " expected and " +
                     std::to_string(actual.size()) + " actual bytes";
  text += "\n  offset   ";
  for (std::size_t at = first; at < first + kRowBytes; ++at) text += ' ' + Hex(at, 2);
  return text + Row("expected ", expected, first) + Row("actual   ", actual, first);
}

}  // namespace vpcmirror
