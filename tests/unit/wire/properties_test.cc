// Laws that hold for any address, flow and frame, checked on drawn ones.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/wire/address.h"
#include "models/wire/encapsulation.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "models/wire/frame_template.h"
#include "tests/unit/wire/sample_frames.h"

namespace vpcmirror {
namespace {

IpAddress AnyAddress() {
  if (*rc::gen::arbitrary<bool>()) return IpAddress::V4(*rc::gen::arbitrary<std::uint32_t>());
  const auto drawn =
      *rc::gen::container<std::array<std::uint8_t, 16>>(rc::gen::arbitrary<std::uint8_t>());
  std::array<std::byte, 16> octets;
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<std::byte>(drawn[i]);
  return IpAddress::V6(octets);
}

FlowKey AnyIpv4Flow() {
  return {.source = IpAddress::V4(*rc::gen::arbitrary<std::uint32_t>()),
          .destination = IpAddress::V4(*rc::gen::arbitrary<std::uint32_t>()),
          .source_port = *rc::gen::arbitrary<std::uint16_t>(),
          .destination_port = *rc::gen::arbitrary<std::uint16_t>(),
          .protocol = *rc::gen::element(kProtocolTcp, kProtocolUdp),
          .ports = Ports::kKnown};
}

RC_GTEST_PROP(AddressProperty, IsReadAsItWasPrinted, ()) {
  const IpAddress address = AnyAddress();
  RC_ASSERT(ParseIpAddress(ToString(address)) == address);
}

RC_GTEST_PROP(PrefixProperty, HoldsItsAddressAndIsReadAsItWasPrinted, ()) {
  const IpAddress address = AnyAddress();
  const int length = *rc::gen::inRange(0, address.is_v4() ? 33 : 129);
  const IpPrefix prefix(address, length);
  RC_ASSERT(prefix.Contains(address));
  RC_ASSERT(prefix.Contains(prefix));
  RC_ASSERT(ParseIpPrefix(ToString(prefix)) == prefix);
}

RC_GTEST_PROP(FlowHashProperty, MeetsItsReplyOnlyWhenSymmetric, ()) {
  const FlowKey flow = AnyIpv4Flow();
  RC_PRE(flow != Reversed(flow));
  RC_ASSERT(FlowHash(flow, HashSymmetry::kSymmetric) ==
            FlowHash(Reversed(flow), HashSymmetry::kSymmetric));
  RC_ASSERT(FlowHash(flow, HashSymmetry::kDirectional) !=
            FlowHash(Reversed(flow), HashSymmetry::kDirectional));
}

FlowKey AnyFlow() {
  FlowKey flow = AnyIpv4Flow();
  flow.source = AnyAddress();
  flow.destination = AnyAddress();
  return flow;
}

RC_GTEST_PROP(FlowHashProperty, IsSymmetricForAnyFamilies, ()) {
  const FlowKey flow = AnyFlow();
  RC_ASSERT(FlowHash(flow, HashSymmetry::kSymmetric) ==
            FlowHash(Reversed(flow), HashSymmetry::kSymmetric));
}

// RFC 791 and 4291 addresses sort as their octets do, IPv4 before IPv6.
RC_GTEST_PROP(AddressProperty, SortsAsItsOctetsDo, ()) {
  const IpAddress a = AnyAddress();
  const IpAddress b = AnyAddress();
  const bool octets_less = std::ranges::lexicographical_compare(a.octets(), b.octets());
  RC_ASSERT((a < b) == (a.is_v4() == b.is_v4() ? octets_less : a.is_v4()));
  RC_ASSERT((a == b) == (a.is_v4() == b.is_v4() && std::ranges::equal(a.octets(), b.octets())));
  RC_ASSERT(a == IpAddress(a));
}

// Bit by bit, which is what a prefix is.
bool AgreeInFirstBits(const IpAddress& a, const IpAddress& b, int bits) {
  for (int bit = 0; bit < bits; ++bit) {
    const auto octet = static_cast<std::size_t>(bit / 8);
    const std::byte differs = a.octets()[octet] ^ b.octets()[octet];
    if ((differs & (std::byte{0x80} >> (bit % 8))) != std::byte{0}) return false;
  }
  return true;
}

RC_GTEST_PROP(PrefixProperty, HoldsWhatAgreesWithItBitByBit, ()) {
  const IpAddress address = AnyAddress();
  const int bits = address.is_v4() ? 32 : 128;
  const IpPrefix prefix(address, *rc::gen::inRange(0, bits + 1));
  std::array<std::byte, 16> octets{};
  std::ranges::copy(address.octets(), octets.begin());
  const int flipped = *rc::gen::inRange(0, bits);
  octets[static_cast<std::size_t>(flipped / 8)] ^= std::byte{0x80} >> (flipped % 8);
  const IpAddress near = address.is_v4()
                             ? IpAddress::V4(std::span<const std::byte>(octets).first<4>())
                             : IpAddress::V6(octets);
  RC_ASSERT(prefix.Contains(near) == AgreeInFirstBits(address, near, prefix.length()));
  RC_ASSERT(prefix.Contains(near) == (flipped >= prefix.length()));
}

RC_GTEST_PROP(FrameProperty, IsParsedAsTheFlowThatItWasMadeOf, ()) {
  const FlowKey flow = AnyIpv4Flow();
  const FrameTemplate made(flow, {}, {});
  const Bytes length(*rc::gen::inRange<std::int64_t>(60, 9001));
  std::array<std::byte, FrameTemplate::kMaxHeaderBytes> header{};
  made.Write(length, 1, header);
  const FrameInfo info = ParseFrame(std::span(header).first(made.header_bytes()), length);
  RC_ASSERT(info.state == FrameState::kWhole);
  RC_ASSERT(info.flow == flow);
}

// Samples spoilt in up to four places, cut and lengthened anyhow.
RC_GTEST_PROP(FrameProperty, IsTheSameTheShortAndTheLongWay, ()) {
  const auto samples = SampleFrames();
  std::vector<std::byte> octets = samples[*rc::gen::inRange<std::size_t>(0, samples.size())].octets;
  const int spoilt = *rc::gen::inRange(0, 5);
  for (int i = 0; i < spoilt; ++i) {
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, octets.size());
    octets[at] = static_cast<std::byte>(*rc::gen::arbitrary<std::uint8_t>());
  }
  octets.resize(*rc::gen::inRange<std::size_t>(0, octets.size() + 1));
  octets.shrink_to_fit();
  const Bytes wire(*rc::gen::inRange<std::int64_t>(0, 70'000));
  RC_ASSERT(ParseFrame(octets, wire) == ParseFrameStepwise(octets, wire));
}

RC_GTEST_PROP(EncapsulationProperty, NeverMakesAPacketOverTheMtu, ()) {
  const Encapsulation vxlan(TunnelSettings{});
  const Bytes mtu(*rc::gen::inRange<std::int64_t>(68, 65536));
  const Bytes inner = vxlan.MaxInner(mtu);
  RC_ASSERT(inner + Bytes(static_cast<std::int64_t>(vxlan.header_bytes())) <= mtu);
}

}  // namespace
}  // namespace vpcmirror
