// Octets in tests: how to write them, how to compare them.
#pragma once

#include <gmock/gmock.h>

#include <cstddef>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <vector>

namespace vpcmirror {

// Octets({0x45, 0x00}); throws std::invalid_argument for a value above 255.
std::vector<std::byte> Octets(std::initializer_list<unsigned> values);

// Empty when equal, else where they first differ and the 16 bytes around it:
//   first difference at offset 26 (0x1a) of 36 expected and 36 actual bytes
//     offset    10 11 12 ...
//     expected  0a 00 00 ...
//     actual    0a 00 00 ...
std::string HexDiff(std::span<const std::byte> expected, std::span<const std::byte> actual);

class BytesAreMatcher {
 public:
  using is_gtest_matcher = void;

  explicit BytesAreMatcher(std::vector<std::byte> expected) : expected_(std::move(expected)) {}

  bool MatchAndExplain(std::span<const std::byte> actual, std::ostream* listener) const {
    const std::string difference = HexDiff(expected_, actual);
    if (listener != nullptr) *listener << difference;
    return difference.empty();
  }
  void DescribeTo(std::ostream* out) const { *out << "is these " << expected_.size() << " bytes"; }
  void DescribeNegationTo(std::ostream* out) const {
    *out << "is other than these " << expected_.size() << " bytes";
  }

 private:
  std::vector<std::byte> expected_;
};

// EXPECT_THAT(frame, BytesAre(Octets({...}))): for what converts to a span of bytes.
inline BytesAreMatcher BytesAre(std::span<const std::byte> expected) {
  return BytesAreMatcher(std::vector<std::byte>(expected.begin(), expected.end()));
}

}  // namespace vpcmirror
