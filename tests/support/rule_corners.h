// Random rules, and flows at the corners of rules: what set arithmetic gets wrong first.
// Who includes this links vpcmirror_mirror.
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "models/mirror/condition.h"
#include "models/mirror/flow_set.h"
#include "tests/support/addresses.h"

namespace vpcmirror {

// The same numbers everywhere, which std::uniform_int_distribution does not promise.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : engine_(seed) {}
  std::uint32_t Below(std::size_t count) { return static_cast<std::uint32_t>(engine_() % count); }
  bool OneIn(std::uint32_t count) { return Below(count) == 0; }
  template <class T>
  const T& Of(std::span<const T> some) {
    return some[Below(some.size())];
  }

 private:
  std::mt19937 engine_;
};

// Few values of each field, so that rules often meet, hold and cover each other.
inline Condition RandomCondition(Dice& dice) {
  static const std::vector<IpPrefix> nets = {Prefix("10.0.0.0/8"),
                                             Prefix("10.0.0.0/9"),
                                             Prefix("10.128.0.0/9"),
                                             Prefix("10.1.0.0/16"),
                                             Prefix("10.1.2.0/24"),
                                             Prefix("10.1.2.3/32"),
                                             Prefix("192.168.0.0/16"),
                                             Prefix("0.0.0.0/0"),
                                             Prefix("255.255.255.255/32"),
                                             Prefix("2001:db8::/32"),
                                             Prefix("2001:db8::/33"),
                                             Prefix("2001:db8::1/128"),
                                             Prefix("::/0")};
  static const std::vector<std::uint8_t> protocols = {kProtocolTcp,  kProtocolTcp,  kProtocolUdp,
                                                      kProtocolSctp, kProtocolIcmp, 255};
  static const std::vector<PortRange> ports = {
      {0, 65535},  {0, 0},         {1, 80},    {80, 80},      {81, 65535}, {443, 443},
      {400, 8080}, {65535, 65535}, {0, 65534}, {1024, 65535}, {2, 65535}};
  Condition condition;
  if (dice.OneIn(12)) condition.family = dice.OneIn(2) ? IpFamily::kV4 : IpFamily::kV6;
  if (!dice.OneIn(3)) condition.source = dice.Of<IpPrefix>(nets);
  if (!dice.OneIn(3)) condition.destination = dice.Of<IpPrefix>(nets);
  if (!dice.OneIn(3)) condition.protocol = dice.Of<std::uint8_t>(protocols);
  if (dice.OneIn(4)) condition.source_ports = dice.Of<PortRange>(ports);
  if (dice.OneIn(2)) condition.destination_ports = dice.Of<PortRange>(ports);
  return condition;
}

// The first and last value of each field of some conditions, and those just outside.
class Corners {
 public:
  explicit Corners(std::span<const Condition> conditions) {
    for (const IpFamily family : {IpFamily::kV4, IpFamily::kV6}) AddAddress(0, family);
    for (const Condition& each : conditions) {
      for (const auto& prefix : {each.source, each.destination}) {
        if (prefix) AddPrefix(*prefix);
      }
      if (each.protocol) protocols_.push_back(*each.protocol);
      for (const PortRange& range : {each.source_ports, each.destination_ports}) {
        for (const int port : {range.first - 1, range.first + 0, range.last + 0, range.last + 1}) {
          ports_.push_back(static_cast<std::uint16_t>(port));
        }
      }
    }
  }

  FlowKey Draw(Dice& dice) const {
    const auto& addresses = addresses_[dice.OneIn(4) ? 1 : 0];
    FlowKey flow{.source = dice.Of<IpAddress>(addresses),
                 .destination = dice.Of<IpAddress>(addresses),
                 .protocol = dice.Of<std::uint8_t>(protocols_)};
    const bool hides_ports = dice.OneIn(4);
    if (HasPorts(flow.protocol) && !hides_ports) {
      flow.ports = Ports::kKnown;
      flow.source_port = dice.Of<std::uint16_t>(ports_);
      flow.destination_port = dice.Of<std::uint16_t>(ports_);
    } else if (HasPorts(flow.protocol)) {
      flow.ports = dice.OneIn(2) ? Ports::kLaterFragment : Ports::kNotCaptured;
    } else if (hides_ports) {
      flow.ports = Ports::kLaterFragment;
    }
    return flow;
  }

 private:
  void AddAddress(AddressNumber number, IpFamily family) {
    addresses_[family == IpFamily::kV4 ? 0 : 1].push_back(AddressOf(number, family));
  }
  void AddPrefix(const IpPrefix& prefix) {
    const IpFamily family = prefix.address().family();
    const AddressNumber first = NumberOf(prefix.address());
    const int host_bits = (family == IpFamily::kV4 ? 32 : 128) - prefix.length();
    const AddressNumber last =
        host_bits == 128 ? ~AddressNumber{0} : first + ((AddressNumber{1} << host_bits) - 1);
    for (const AddressNumber each : {first - 1, first, last, last + 1}) AddAddress(each, family);
  }

  std::array<std::vector<IpAddress>, 2> addresses_;
  std::vector<std::uint8_t> protocols_{kProtocolTcp, kProtocolUdp, kProtocolIcmp, 89};
  std::vector<std::uint16_t> ports_{0, 1, 65535};
};

}  // namespace vpcmirror
