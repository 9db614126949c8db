// Laws that hold for any address, flow and frame, checked on drawn ones.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdint>

#include "models/wire/address.h"
#include "models/wire/encapsulation.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"
#include "models/wire/frame_template.h"

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

RC_GTEST_PROP(EncapsulationProperty, NeverMakesAPacketOverTheMtu, ()) {
  const Encapsulation vxlan(TunnelSettings{});
  const Bytes mtu(*rc::gen::inRange<std::int64_t>(68, 65536));
  const Bytes inner = vxlan.MaxInner(mtu);
  RC_ASSERT(inner + Bytes(static_cast<std::int64_t>(vxlan.header_bytes())) <= mtu);
}

}  // namespace
}  // namespace vpcmirror
