// Every way to find a condition against FindFirst, on conditions and flows made of bytes. The
// first octet of the input is how many conditions there are; the rest of it is those, then flows
// until it ends.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/mirror/classifier.h"
#include "models/mirror/compare_lanes.h"
#include "models/mirror/condition.h"
#include "tests/fuzz/require.h"

namespace vpcmirror {
namespace {

// Octets from the input, zeros behind its end.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> octets) : octets_(octets) {}

  bool empty() const { return octets_.empty(); }
  std::uint8_t Octet() {
    if (octets_.empty()) return 0;
    const std::uint8_t octet = octets_.front();
    octets_ = octets_.subspan(1);
    return octet;
  }
  std::uint16_t Port() { return static_cast<std::uint16_t>(Octet() * 256 + Octet()); }

 private:
  std::span<const std::uint8_t> octets_;
};

// Two octets make an address, so that few bits tell addresses apart, some far from others.
IpAddress AddressOf(Input& input, bool is_ipv6) {
  const std::uint8_t front = input.Octet();
  const std::uint8_t back = input.Octet();
  if (!is_ipv6) return IpAddress::V4(std::uint32_t{front} << 20 | back);
  std::array<std::byte, 16> octets{};
  octets[2] = octets[9] = std::byte{front};
  octets[15] = std::byte{back};
  return IpAddress::V6(octets);
}

IpPrefix PrefixOf(Input& input, bool is_ipv6, std::uint8_t shape) {
  constexpr std::array kShares = {0, 5, 8, 16};  // sixteenths of the address
  const int bits = is_ipv6 ? 128 : 32;
  return {AddressOf(input, is_ipv6), kShares[shape % kShares.size()] * bits / 16};
}

PortRange PortsOf(Input& input, std::uint8_t shape) {
  switch (shape % 4) {
    case 0:
      return {};
    case 1:
      return {.first = 0, .last = 65535};
    case 2: {
      const std::uint16_t port = input.Port();
      return {.first = port, .last = port};
    }
    default: {
      const std::uint16_t first = input.Port();
      return {.first = first, .last = static_cast<std::uint16_t>(first | input.Octet())};
    }
  }
}

Condition ConditionOf(Input& input) {
  const std::uint8_t fields = input.Octet();
  const std::uint8_t shapes = input.Octet();
  Condition condition;
  const bool is_ipv6 = (fields & 1) != 0;
  if ((fields & 2) != 0) condition.family = is_ipv6 ? IpFamily::kV6 : IpFamily::kV4;
  if ((fields & 4) != 0) condition.source = PrefixOf(input, is_ipv6, shapes);
  if ((fields & 8) != 0) condition.destination = PrefixOf(input, is_ipv6, shapes >> 2);
  if ((fields & 16) != 0) condition.protocol = (fields & 32) != 0 ? kProtocolTcp : kProtocolUdp;
  condition.source_ports = PortsOf(input, shapes >> 4);
  condition.destination_ports = PortsOf(input, shapes >> 6);
  return condition;
}

FlowKey FlowOf(Input& input) {
  const std::uint8_t kind = input.Octet();
  const bool is_ipv6 = (kind & 1) != 0;
  FlowKey flow{.source = AddressOf(input, is_ipv6),
               .destination = AddressOf(input, is_ipv6 != ((kind & 0xe0) == 0xe0)),
               .protocol = (kind & 2) != 0 ? kProtocolTcp : kProtocolUdp,
               .ports = (kind & 0xc) == 0xc ? Ports::kLaterFragment : Ports::kKnown};
  if (flow.ports == Ports::kKnown) {
    flow.source_port = input.Port();
    flow.destination_port = input.Port();
  }
  return flow;
}

void Check(const std::vector<Condition>& conditions, const std::vector<FlowKey>& flows,
           const ClassifierForm& form) {
  const Classifier classifier(conditions, form);
  std::vector<std::uint32_t> found(flows.size());
  classifier.FindEach(flows, found);
  for (std::size_t i = 0; i < flows.size(); ++i) {
    const std::uint32_t want = FindFirst(conditions, flows[i]);
    Require(found[i] == want, "what is found of many is the first that holds");
    Require(classifier.Find(flows[i]) == want, "what is found of one is the first that holds");
  }
}

}  // namespace
}  // namespace vpcmirror

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vpcmirror;
  Input input(std::span(data, size));
  std::vector<Condition> conditions;
  for (int left = input.Octet(); left > 0 && !input.empty(); --left) {
    conditions.push_back(ConditionOf(input));
  }
  std::vector<FlowKey> flows;
  while (!input.empty()) flows.push_back(FlowOf(input));
  for (const Lanes lanes : {Lanes::kPlain, Lanes::kSse42, Lanes::kAvx2, Lanes::kAvx512}) {
    if (!CanRun(lanes)) continue;
    for (const Shape shape : {Shape::kByCost, Shape::kCompareAll, Shape::kTables}) {
      Check(conditions, flows, {.lanes = lanes, .shape = shape});
    }
  }
  return 0;
}
