// Which ENI of a scenario an interface of a flow log is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "models/scenario/logged_traffic.h"
#include "models/scenario/valid_scenario.h"
#include "sim/input/flow_log.h"

namespace vpcmirror::sim {

// The user's word: this interface is that ENI.
struct InterfaceRule {
  std::string interface_id;
  std::string eni;  // as FindEnis takes it; one ENI
};

// By the user's rules, else by an ENI's `id`, else by the interface's own address: the one
// that all its records have at one end or the other. While two addresses are in all of them it
// is undecided, since the other end would else be taken for it.
class LoggedInterfaces {
 public:
  // Throws ScenarioException when a rule names no ENI, or several, or two are of one interface.
  LoggedInterfaces(const ValidScenario& scenario, const std::vector<InterfaceRule>& rules);

  enum class State : std::uint8_t {
    kKnown,
    kUnknown,    // the scenario does not have it
    kUndecided,  // it may be an ENI, and what that talks to
    kElsewhere,  // it is an ENI, neither end has the ENI's address, and no direction is said
  };
  struct End {
    std::size_t eni = 0;
    Direction direction = Direction::kIngress;
  };
  struct Ends {
    State state = State::kUnknown;
    std::size_t count = 0;  // of kKnown: 1 or 2, the sender first; else 0
    std::array<End, 2> ends;
    FlowKey flow;         // the record's, names of a matrix resolved
    std::string unknown;  // of kUnknown: the interface, or the name or address of an end
  };
  // Which ENIs a record of traffic passed: its interface's, or of none those at its ends, of
  // which one at least is in the scenario. What it tells of its interface is remembered.
  Ends EndsOf(const FlowRecord& record);

  // Those that were found otherwise than by their ID, in the order of their IDs.
  std::vector<MappedInterface> Mapped() const;
  // IDs of rules of which no record was, in order.
  std::vector<std::string> UnusedRules() const;

  // Beyond so many interfaces that the scenario does not have, further ones are not remembered
  // and unknown.
  static constexpr std::size_t kMostRemembered = std::size_t{1} << 20;

 private:
  struct Interface {
    State state = State::kUndecided;
    std::size_t eni = 0;
    bool by_rule = false;
    bool by_id = false;
    bool is_seen = false;  // in a record
    // While undecided: what may be its own address, by family; as many as `left` says.
    std::array<std::array<IpAddress, 2>, 2> candidates{};
    std::array<std::uint8_t, 2> left{};  // 0: of this family nothing was seen
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct AddressHash {
    std::size_t operator()(const IpAddress& address) const {
      return std::hash<std::uint64_t>()(address.high_bits() ^ address.low_bits());
    }
  };
  struct Answer {
    State state = State::kUnknown;
    std::size_t eni = 0;  // of kKnown
  };
  template <class Value>
  using ByText = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

  Ends EndsWithoutInterface(const FlowRecord& record);
  Answer Find(const FlowRecord& record);
  // Empty where no ENI has the address, or several VPCs do.
  std::optional<std::size_t> EniWith(const IpAddress& address) const;
  // Of an end that is no address, as FindEnis takes it. Empty: no ENI, or several.
  std::optional<std::size_t> EniNamed(std::string_view name);
  // The ENI of an end; of a name, the ENI's address is put into `address`.
  std::optional<std::size_t> EniAt(std::string_view name, IpAddress& address);
  // By the addresses, else as the log says; empty when neither tells.
  std::optional<Direction> DirectionAt(std::size_t eni, const FlowRecord& record) const;
  void Learn(const FlowRecord& record, Interface& interface) const;
  void Decide(const IpAddress& own, Interface& interface) const;
  bool Has(std::size_t eni, const IpAddress& address) const;

  const ValidScenario& scenario_;
  std::vector<IpAddress> primary_;  // by ENI
  std::unordered_map<IpAddress, std::optional<std::size_t>, AddressHash> enis_by_address_;
  ByText<Interface> interfaces_;
  ByText<std::optional<std::size_t>> names_;
};

}  // namespace vpcmirror::sim
