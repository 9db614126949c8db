// A value of a document, the place it came from, and a way to complain of it.
// Forgiving: a value of the wrong type reads as absent, since the schema check
// has complained of it already.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/mirror/filter.h"
#include "models/scenario/scenario.h"
#include "models/wire/address.h"
#include "sim/input/complaint.h"

namespace vpcmirror::sim {

class Cursor {
 public:
  // Keeps references to all three.
  Cursor(const nlohmann::json& value, const Place& place, std::vector<Complaint>& complaints)
      : value_(&value), place_(&place), complaints_(&complaints) {}

  const nlohmann::json& value() const { return *value_; }
  const std::string& path() const { return path_; }

  // A member of an object, an item of an array; empty when there is none.
  std::optional<Cursor> Get(std::string_view name) const;
  std::vector<Cursor> Items() const;
  // Members in the order of the text, those that --set added last.
  std::vector<std::pair<std::string, Cursor>> Members() const;

  void Complain(Fault fault) const {
    complaints_->push_back({.path = path_, .fault = std::move(fault)});
  }
  // Of something that breaks a rule (ScenarioError::rule) and that another value, as JSON, mends.
  void Complain(Fault fault, std::string rule, std::string mended) const {
    complaints_->push_back({.path = path_,
                            .fault = std::move(fault),
                            .rule = std::move(rule),
                            .edits = {{path_, std::move(mended)}}});
  }

 private:
  Cursor Inside(const nlohmann::json& value, const std::string& step) const;

  const nlohmann::json* value_;
  const Place* place_;  // the nearest that exists
  std::vector<Complaint>* complaints_;
  std::string path_;
};

// The member `name` of `object`; empty when it is absent, of another type, or
// broken, which the last is complained of.
std::optional<At<std::string>> ReadText(const Cursor& object, std::string_view name);
std::optional<At<int>> ReadInt(const Cursor& object, std::string_view name);
std::optional<double> ReadNumber(const Cursor& object, std::string_view name);
bool ReadFlag(const Cursor& object, std::string_view name);  // false when absent
std::vector<At<std::string>> ReadTexts(const Cursor& object, std::string_view name);

// The text of a member; empty when there is none.
std::string TextOf(const Cursor& object, std::string_view name);

// The one of `values` whose ToString the member is; `otherwise` when it is none.
template <class Enum>
Enum EnumOf(const Cursor& object, std::string_view name, Enum otherwise,
            std::initializer_list<Enum> values) {
  const std::string text = TextOf(object, name);
  for (const Enum value : values) {
    if (ToString(value) == text) return value;
  }
  return otherwise;
}

std::optional<IpAddress> ReadAddress(const Cursor& value);
// "10.0.0.0/16"; with `or_address` also "10.0.0.7", which is a range of one.
std::optional<IpPrefix> ReadPrefix(const Cursor& value, bool or_address = false);
// "5000", "1001-2000", or a JSON integer.
std::optional<PortRange> ReadPorts(const Cursor& value);
// tcp, udp, icmp in either case; empty for "all" and for nothing.
std::optional<std::uint8_t> ReadProtocol(const Cursor& object, std::string_view name);

enum class Zero { kAllowed, kRefused };

std::optional<At<BitsPerSecond>> ReadBandwidth(const Cursor& object, std::string_view name);
std::optional<At<PacketsPerSecond>> ReadPacketRate(const Cursor& object, std::string_view name);
std::optional<At<Picoseconds>> ReadDuration(const Cursor& object, std::string_view name, Zero zero);
std::optional<At<Bytes>> ReadBytes(const Cursor& object, std::string_view name,
                                   std::string_view likely_unit = "B");
std::optional<At<int>> ReadFrames(const Cursor& object, std::string_view name);
std::optional<At<double>> ReadPerSecond(const Cursor& object, std::string_view name);

// `name` of `object` through a reader of one value, with its path.
template <class Read>
auto ReadAt(const Cursor& object, std::string_view name, Read read)
    -> std::optional<At<typename decltype(read(object))::value_type>> {
  const std::optional<Cursor> member = object.Get(name);
  if (!member) return std::nullopt;
  auto value = read(*member);
  if (!value) return std::nullopt;
  return At<typename decltype(read(object))::value_type>{*value, member->path()};
}

}  // namespace vpcmirror::sim
