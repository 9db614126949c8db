// What holds for every frame, and for bytes that are none.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "models/wire/frame.h"
#include "models/wire/plain_frame.h"
#include "tests/unit/wire/sample_frames.h"

namespace vpcmirror {
namespace {

void ExpectOffsetsInside(const FrameInfo& info, std::size_t captured) {
  ASSERT_EQ(info.captured, Bytes(static_cast<std::int64_t>(captured)));
  ASSERT_GE(info.wire_length, info.captured);
  ASSERT_LE(info.network_offset, captured);
  ASSERT_LE(info.transport_offset, captured);
  ASSERT_LE(info.payload_offset, captured);
  if (info.transport_offset > 0) {
    ASSERT_GT(info.transport_offset, info.network_offset);
  }
  if (info.payload_offset > 0) {
    ASSERT_GT(info.payload_offset, info.transport_offset);
  }
  ASSERT_EQ(info.state == FrameState::kMalformed, info.fault != FrameFault::kNone);
  if (info.flow.ports == Ports::kKnown) {
    ASSERT_TRUE(info.has_flow);
    ASSERT_LE(info.transport_offset + 4u, captured);
  } else {
    ASSERT_EQ(info.flow.source_port, 0);
    ASSERT_EQ(info.flow.destination_port, 0);
  }
}

// An exact-size heap block, so that AddressSanitizer sees one byte too far. Of every
// frame of these tests the short way of ParseFrame must say what the long way does.
FrameInfo ParseBothWays(const std::vector<std::byte>& octets, std::size_t captured,
                        std::size_t wire) {
  const std::vector<std::byte> exact(octets.begin(),
                                     octets.begin() + static_cast<std::ptrdiff_t>(captured));
  const Bytes wire_length(static_cast<std::int64_t>(wire));
  const FrameInfo info = ParseFrame(exact, wire_length);
  EXPECT_EQ(info, ParseFrameStepwise(exact, wire_length));
  return info;
}

TEST(FramePropertyTest, SamplesAreWhole) {
  for (const auto& [name, octets] : SampleFrames()) {
    const FrameInfo info = ParseBothWays(octets, octets.size(), octets.size());
    EXPECT_EQ(info.state, FrameState::kWhole) << name << ' ' << ToString(info.fault);
    ExpectOffsetsInside(info, octets.size());
  }
}

TEST(FramePropertyTest, CuttingTheCaptureNeverMakesAFrameMalformed) {
  for (const auto& [name, octets] : SampleFrames()) {
    const FrameInfo whole = ParseBothWays(octets, octets.size(), octets.size());
    for (std::size_t captured = 0; captured <= octets.size(); ++captured) {
      SCOPED_TRACE(testing::Message() << captured << " bytes of " << name);
      const FrameInfo info = ParseBothWays(octets, captured, octets.size());
      ASSERT_NE(info.state, FrameState::kMalformed) << ToString(info.fault);
      ExpectOffsetsInside(info, captured);
      if (info.state == FrameState::kWhole) {
        ASSERT_EQ(info.flow, whole.flow);
      }
      if (info.has_flow) {
        ASSERT_EQ(info.flow.source, whole.flow.source);
      }
      if (info.flow.ports == Ports::kKnown) {
        ASSERT_EQ(info.flow, whole.flow);
      }
    }
  }
}

// Longer captures never know less: once whole, whole to the end.
TEST(FramePropertyTest, MoreCapturedBytesNeverLoseAHeader) {
  for (const auto& [name, octets] : SampleFrames()) {
    bool was_whole = false;
    for (std::size_t captured = 0; captured <= octets.size(); ++captured) {
      const bool whole = ParseBothWays(octets, captured, octets.size()).state == FrameState::kWhole;
      ASSERT_TRUE(whole || !was_whole) << captured << " bytes of " << name;
      was_whole = whole;
    }
    EXPECT_TRUE(was_whole) << name;
  }
}

TEST(FramePropertyTest, BytesBehindThePacketChangeNothing) {
  for (const auto& [name, octets] : SampleFrames()) {
    const FrameInfo bare = ParseBothWays(octets, octets.size(), octets.size());
    std::vector<std::byte> padded = octets;
    padded.resize(octets.size() + 46, std::byte{0xff});
    const FrameInfo info = ParseBothWays(padded, padded.size(), padded.size());
    EXPECT_EQ(info.state, bare.state) << name;
    EXPECT_EQ(info.flow, bare.flow) << name;
    EXPECT_EQ(info.payload_offset, bare.payload_offset) << name;
  }
}

// One octet of the headers of every sample takes every value, the frame whole or
// longer on the wire than captured.
TEST(FramePropertyTest, ShortWaySaysWhatTheLongWayDoesOfAnyOctet) {
  constexpr std::size_t kLongestPlainHeaders = 14 + 2 * 4 + 40 + 20;
  for (auto [name, octets] : SampleFrames()) {
    const Bytes whole(std::ssize(octets));
    for (std::size_t at = 12; at < std::min(octets.size(), kLongestPlainHeaders); ++at) {
      const std::byte original = octets[at];
      for (int value = 0; value < 256; ++value) {
        octets[at] = static_cast<std::byte>(value);
        for (const Bytes wire : {whole, whole + Bytes(1500)}) {
          ASSERT_EQ(ParseFrame(octets, wire), ParseFrameStepwise(octets, wire))
              << name << " with " << value << " at " << at;
        }
      }
      octets[at] = original;
    }
  }
}

// The words of a flow, read from the frame and made of its key, at any capture length.
TEST(FramePropertyTest, WordsOfPlainFramesAreThoseOfTheirFlow) {
  int of_ipv4 = 0;
  int of_ipv6 = 0;
  for (const auto& [name, octets] : SampleFrames()) {
    for (std::size_t captured = 0; captured <= octets.size(); ++captured) {
      const auto cut = std::span(octets).first(captured);
      const FrameInfo info = ParseFrame(cut, Bytes(std::ssize(octets)));
      VisitPlainFrame(
          cut, Bytes(std::ssize(octets)),
          [&, &name = name](const auto& plain) {
            if constexpr (std::is_same_v<decltype(plain.Words()), Ipv4FlowWords>) {
              ++of_ipv4;
              EXPECT_EQ(plain.Words(), Ipv4FlowWordsOf(info.flow)) << name;
            } else {
              ++of_ipv6;
              EXPECT_EQ(plain.Words(), WideFlowWordsOf(info.flow)) << name;
            }
            EXPECT_EQ(plain.wire_length(), info.wire_length) << name;
          },
          [] {});
    }
  }
  EXPECT_GT(of_ipv4, 0);
  EXPECT_GT(of_ipv6, 0);
}

// Every capture length with every wire length around it, negative and too small ones too.
TEST(FramePropertyTest, ShortWaySaysWhatTheLongWayDoesOfAnyLength) {
  for (const auto& [name, octets] : SampleFrames()) {
    for (std::size_t captured = 0; captured <= octets.size(); ++captured) {
      const auto cut = std::span(octets).first(captured);
      for (std::int64_t wire = -1; wire <= std::ssize(octets) + 2; ++wire) {
        ASSERT_EQ(ParseFrame(cut, Bytes(wire)), ParseFrameStepwise(cut, Bytes(wire)))
            << name << ": " << captured << " captured of " << wire;
      }
    }
  }
}

// A fault found in a cut capture is one of the frame, so more bytes do not heal it.
TEST(FramePropertyTest, SpoiltSamplesStayInBounds) {
  std::mt19937 random(20);
  for (const auto& [name, octets] : SampleFrames()) {
    for (int round = 0; round < 3'000; ++round) {
      std::vector<std::byte> spoilt = octets;
      const std::size_t headers = std::min<std::size_t>(spoilt.size(), 130);
      for (int i = 0; i < 3; ++i) spoilt[random() % headers] = static_cast<std::byte>(random());
      const std::size_t captured = random() % (spoilt.size() + 1);
      const FrameInfo cut = ParseBothWays(spoilt, captured, spoilt.size());
      ExpectOffsetsInside(cut, captured);
      if (cut.state != FrameState::kMalformed) continue;
      ASSERT_EQ(ParseBothWays(spoilt, spoilt.size(), spoilt.size()).fault, cut.fault) << name;
    }
  }
}

TEST(FramePropertyTest, RandomBytesStayInBounds) {
  std::mt19937 random(21);
  for (int round = 0; round < 100'000; ++round) {
    std::vector<std::byte> octets(random() % 200);
    for (std::byte& octet : octets) octet = static_cast<std::byte>(random());
    // Most random EtherTypes are unknown: lead the parser into IP and tags.
    constexpr std::uint16_t kTypes[] = {kEtherTypeIpv4, kEtherTypeIpv6, kEtherTypeVlan};
    if (octets.size() >= 15 && round % 4 != 0) {
      const std::uint16_t type = kTypes[random() % 3];
      octets[12] = static_cast<std::byte>(type >> 8);
      octets[13] = static_cast<std::byte>(type);
      octets[14] = type == kEtherTypeIpv6 ? std::byte{0x60} : std::byte{0x45};
    }
    ExpectOffsetsInside(ParseBothWays(octets, octets.size(), random() % 3'000), octets.size());
  }
}

}  // namespace
}  // namespace vpcmirror
