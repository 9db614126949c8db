#include "sim/import/name_book.h"

#include <algorithm>

#include "models/wire/address.h"

namespace vpcmirror::sim {
namespace {

// Narrower than what a scenario takes: no slash or colon, which selectors give a meaning.
bool IsPlainName(const std::string& text) {
  constexpr std::size_t kLongest = 64;
  const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").find(c) != std::string_view::npos;
  });
  const bool is_word = text == "local" || text == "outside" || text == "blackhole";
  return is_plain && !is_word && !text.empty() && text.size() <= kLongest && !ParseIpAddress(text);
}

}  // namespace

NameBook::NameBook(const Inventory& inventory) {
  for (const FoundVpc& each : inventory.vpcs) Count(kVpc, each.name, each.id);
  for (const FoundSubnet& each : inventory.subnets) Count(kSubnet, each.name, each.id);
  for (const FoundInstance& each : inventory.instances) Count(kHost, each.name, each.id);
  for (const FoundBalancer& each : inventory.load_balancers) Count(kBalancer, each.name, each.id);
  for (const FoundEni& each : inventory.enis) {
    Count(kHost, each.instance || each.is_no_host ? "" : each.name, each.id);
  }
}

void NameBook::Count(Kind kind, const std::string& name, const std::string& id) {
  if (!name.empty()) ++times_[kind][name];
  if (!id.empty()) ids_.insert(id);
}

std::string NameBook::Of(const FoundEni& host) const {
  return Choose(kHost, host.name, host.id.empty() ? "" : "host-of-" + host.id);
}

std::string NameBook::Choose(Kind kind, const std::string& name, const std::string& id) const {
  if (id.empty()) return name;
  const auto times = times_[kind].find(name);
  const bool is_alone = times != times_[kind].end() && times->second == 1 && !ids_.contains(name);
  return is_alone && IsPlainName(name) ? name : id;
}

}  // namespace vpcmirror::sim
