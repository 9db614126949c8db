#include "sim/input/logged_interfaces.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/scenario/error.h"
#include "models/scenario/find_enis.h"

namespace vpcmirror::sim {
namespace {

std::size_t EniOfRule(const ValidScenario& scenario, const InterfaceRule& rule) {
  const std::string place = fmt::format("--map {}={}", rule.interface_id, rule.eni);
  const std::vector<std::size_t> enis = FindEnis(scenario, rule.eni, place);
  if (enis.size() == 1) return enis.front();
  ScenarioError error;
  error.file = place;
  error.message = fmt::format("\"{}\" is {} ENIs", rule.eni, enis.size());
  error.accepted = "one ENI, such as \"" + scenario.deployment->enis[enis.front()].id + "\"";
  throw ScenarioException({error});
}

[[noreturn]] void RefuseTwin(const InterfaceRule& rule) {
  ScenarioError error;
  error.file = fmt::format("--map {}={}", rule.interface_id, rule.eni);
  error.message = fmt::format("\"{}\" is mapped more than once", rule.interface_id);
  error.accepted = "one --map for each interface";
  throw ScenarioException({error});
}

}  // namespace

LoggedInterfaces::LoggedInterfaces(const ValidScenario& scenario,
                                   const std::vector<InterfaceRule>& rules)
    : scenario_(scenario) {
  const std::vector<Eni>& enis = scenario.deployment->enis;
  for (std::size_t i = 0; i < enis.size(); ++i) {
    primary_.push_back(enis[i].addresses.empty() ? IpAddress() : enis[i].addresses.front());
    interfaces_[enis[i].id] = {.state = State::kKnown, .eni = i, .by_id = true};
    for (const IpAddress& address : enis[i].addresses) {
      const auto [at, is_new] = enis_by_address_.emplace(address, i);
      if (!is_new && at->second != i) at->second = std::nullopt;
    }
  }
  std::vector<ScenarioError> errors;
  for (const InterfaceRule& rule : rules) {
    const auto same = std::count_if(rules.begin(), rules.end(), [&](const InterfaceRule& each) {
      return each.interface_id == rule.interface_id;
    });
    try {
      if (same > 1) RefuseTwin(rule);
      interfaces_[rule.interface_id] = {
          .state = State::kKnown, .eni = EniOfRule(scenario, rule), .by_rule = true};
    } catch (const ScenarioException& exception) {
      errors.insert(errors.end(), exception.errors().begin(), exception.errors().end());
    }
  }
  if (!errors.empty()) throw ScenarioException(errors);
}

std::optional<std::size_t> LoggedInterfaces::EniWith(const IpAddress& address) const {
  const auto found = enis_by_address_.find(address);
  return found == enis_by_address_.end() ? std::nullopt : found->second;
}

std::optional<std::size_t> LoggedInterfaces::EniNamed(std::string_view name) {
  const auto known = names_.find(name);
  if (known != names_.end()) return known->second;
  std::optional<std::size_t> eni;
  try {
    const std::vector<std::size_t> enis = FindEnis(scenario_, std::string(name), "");
    if (enis.size() == 1) eni = enis.front();
  } catch (const ScenarioException&) {  // it names none
  }
  if (names_.size() < kMostRemembered) names_.emplace(name, eni);
  return eni;
}

bool LoggedInterfaces::Has(std::size_t eni, const IpAddress& address) const {
  if (primary_[eni] == address) return true;
  const std::vector<IpAddress>& all = scenario_.deployment->enis[eni].addresses;
  return all.size() > 1 && std::find(all.begin(), all.end(), address) != all.end();
}

std::optional<Direction> LoggedInterfaces::DirectionAt(std::size_t eni,
                                                       const FlowRecord& record) const {
  const bool is_source = Has(eni, record.flow.source);
  const bool is_destination = Has(eni, record.flow.destination);
  if (is_source != is_destination) {
    return is_source ? Direction::kEgress : Direction::kIngress;
  }
  if (record.direction) return record.direction;
  return is_source ? std::optional(Direction::kEgress) : std::nullopt;
}

std::optional<std::size_t> LoggedInterfaces::EniAt(std::string_view name, IpAddress& address) {
  if (name.empty()) return EniWith(address);
  const auto eni = EniNamed(name);
  if (eni) address = primary_[*eni];
  return eni;
}

LoggedInterfaces::Ends LoggedInterfaces::EndsWithoutInterface(const FlowRecord& record) {
  Ends ends{.flow = record.flow};
  const auto from = EniAt(record.source_name, ends.flow.source);
  const auto to = EniAt(record.destination_name, ends.flow.destination);
  // A name that is no ENI's cannot be an address of the outside.
  const bool knows_source = from || record.source_name.empty();
  const bool knows_destination = to || record.destination_name.empty();
  if (!knows_source || !knows_destination) {
    ends.unknown = std::string(knows_source ? record.destination_name : record.source_name);
    return ends;
  }
  if (!from && !to) {
    ends.unknown = ToString(ends.flow.source);
    return ends;
  }
  ends.state = State::kKnown;
  if (from) ends.ends[ends.count++] = {*from, Direction::kEgress};
  if (to) ends.ends[ends.count++] = {*to, Direction::kIngress};
  return ends;
}

LoggedInterfaces::Ends LoggedInterfaces::EndsOf(const FlowRecord& record) {
  if (record.interface_id.empty()) return EndsWithoutInterface(record);
  const Answer answer = Find(record);
  Ends ends{.state = answer.state, .flow = record.flow};
  if (answer.state == State::kUnknown) ends.unknown = std::string(record.interface_id);
  if (answer.state != State::kKnown) return ends;
  const auto direction = DirectionAt(answer.eni, record);
  ends.state = direction ? State::kKnown : State::kElsewhere;
  if (direction) ends.ends[ends.count++] = {answer.eni, *direction};
  return ends;
}

LoggedInterfaces::Answer LoggedInterfaces::Find(const FlowRecord& record) {
  auto found = interfaces_.find(record.interface_id);
  if (found == interfaces_.end()) {
    if (interfaces_.size() >= primary_.size() + kMostRemembered) return {};
    found = interfaces_.emplace(record.interface_id, Interface{}).first;
  }
  Interface& interface = found->second;
  interface.is_seen = true;
  if (interface.state == State::kUndecided) Learn(record, interface);
  return {interface.state, interface.eni};
}

void LoggedInterfaces::Decide(const IpAddress& own, Interface& interface) const {
  const auto eni = EniWith(own);
  interface.state = eni ? State::kKnown : State::kUnknown;
  interface.eni = eni.value_or(0);
}

void LoggedInterfaces::Learn(const FlowRecord& record, Interface& interface) const {
  const FlowKey& flow = record.flow;
  if (record.direction) {
    Decide(record.direction == Direction::kEgress ? flow.source : flow.destination, interface);
    return;
  }
  const std::size_t family = flow.source.is_v4() ? 0 : 1;
  auto& candidates = interface.candidates[family];
  std::uint8_t& left = interface.left[family];
  if (left == 0) {
    candidates = {flow.source, flow.destination};
    left = flow.source == flow.destination ? 1 : 2;
  } else {
    const auto is_out = [&](const IpAddress& each) {
      return each != flow.source && each != flow.destination;
    };
    const auto end = candidates.begin() + left;
    left = static_cast<std::uint8_t>(std::remove_if(candidates.begin(), end, is_out) -
                                     candidates.begin());
    if (left == 0) interface.state = State::kUnknown;  // it forwards what is others'
  }
  // Where neither may be an ENI's, it does not matter which it is.
  const bool is_foreign =
      std::none_of(candidates.begin(), candidates.begin() + left,
                   [&](const IpAddress& each) { return EniWith(each).has_value(); });
  if (left > 0 && is_foreign) {
    interface.state = State::kUnknown;
  } else if (left == 1) {
    Decide(candidates.front(), interface);
  }
}

std::vector<std::string> LoggedInterfaces::UnusedRules() const {
  std::vector<std::string> unused;
  for (const auto& [id, interface] : interfaces_) {
    if (interface.by_rule && !interface.is_seen) unused.push_back(id);
  }
  std::sort(unused.begin(), unused.end());
  return unused;
}

std::vector<MappedInterface> LoggedInterfaces::Mapped() const {
  std::vector<MappedInterface> mapped;
  for (const auto& [id, interface] : interfaces_) {
    if (interface.state != State::kKnown || interface.by_id) continue;
    if (interface.by_rule && !interface.is_seen) continue;
    mapped.push_back({id, interface.eni, interface.by_rule});
  }
  std::sort(mapped.begin(), mapped.end(),
            [](const MappedInterface& a, const MappedInterface& b) { return a.id < b.id; });
  return mapped;
}

}  // namespace vpcmirror::sim
