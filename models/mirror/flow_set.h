// Sets of flows, and exact arithmetic on them.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/mirror/condition.h"
#include "models/mirror/range_set.h"
#include "models/wire/address.h"
#include "models/wire/flow_key.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// An address as a number, the last bit on the wire the lowest.
__extension__ typedef unsigned __int128 AddressNumber;

AddressNumber NumberOf(const IpAddress& address);
IpAddress AddressOf(AddressNumber number, IpFamily family);

// The flows whose fields lie each in a set of its own, which no field's is empty of.
struct FlowBox {
  IpFamily family = IpFamily::kV4;
  bool has_ports = false;      // FlowKey::ports is kKnown; else any other
  std::bitset<256> protocols;  // only those that have ports, where has_ports
  RangeSet<std::uint16_t> source_ports;
  RangeSet<std::uint16_t> destination_ports;  // both 0-65535 unless has_ports
  RangeSet<AddressNumber> sources;
  RangeSet<AddressNumber> destinations;

  bool Contains(const FlowKey& flow) const;

  friend bool operator==(const FlowBox&, const FlowBox&) = default;
};

// Flows that frames can have: both addresses of one family; ports that are known
// only with a protocol for which HasPorts, though of any protocol there are frames
// without (later fragments, or captured in part). Sets are unions of boxes, which
// may overlap. Of more than kMostBoxes, nothing is said any more: such a set gave_up,
// and so has all that is made of it.
class FlowSet {
 public:
  // Far more than filters of a cloud's size come to.
  static constexpr std::size_t kMostBoxes = 20'000;

  FlowSet() = default;  // empty
  explicit FlowSet(const Condition& condition);
  static FlowSet All();
  // Flows whose ports are not known, or that have none.
  static FlowSet WithoutPorts();

  bool gave_up() const { return gave_up_; }
  // For who stops following a set sooner than its bound has it.
  void GiveUp() {
    gave_up_ = true;
    boxes_.clear();
  }
  // False of a set that gave up, as is Contains; Meets is true.
  bool IsEmpty() const { return boxes_.empty() && !gave_up_; }
  bool Contains(const FlowKey& flow) const;
  bool Meets(const FlowSet& other) const;
  // A flow of the set, if it has any. At `turn` 0 the one that is likeliest to be
  // meant: TCP or UDP with ports, and usual ones; at others any, mostly another.
  std::optional<FlowKey> PickWitness(std::uint64_t turn = 0) const;

  void Unite(const FlowSet& other);
  // The same, sooner, of sets that have nothing in common.
  void UniteDisjoint(FlowSet other);
  void Intersect(const FlowSet& other);
  void Subtract(const FlowSet& other);
  // To the flows that answer those of the set: both ends exchanged.
  void Reverse();
  // The same set in fewer boxes, if boxes can be joined; in an order that hangs on them alone.
  void Simplify();

  std::span<const FlowBox> boxes() const { return boxes_; }

 private:
  void CheckSize();

  std::vector<FlowBox> boxes_;
  bool gave_up_ = false;
};

// A frame of that flow as far as filters and taps look: whole, of a usual length, untagged.
FrameInfo WitnessFrame(const FlowKey& flow);

}  // namespace vpcmirror
