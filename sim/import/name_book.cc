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
  for (const FoundVpc& each : inventory.vpcs) Count(each.name, each.id);
  for (const FoundSubnet& each : inventory.subnets) Count(each.name, each.id);
  for (const FoundInstance& each : inventory.instances) Count(each.name, each.id);
  for (const FoundBalancer& each : inventory.load_balancers) Count(each.name, each.id);
  for (const FoundEni& each : inventory.enis) {
    Count(each.instance || each.is_no_host ? "" : each.name, each.id);
  }
}

// An ID is taken however few have it; a thing that is called by its own ID is no clash.
void NameBook::Count(const std::string& name, const std::string& id) {
  if (!name.empty() && name != id) ++times_[name];
  if (!id.empty()) times_[id] += 2;
}

std::string NameBook::Choose(const std::string& name, const std::string& id) const {
  const auto times = times_.find(name);
  const bool is_alone = times != times_.end() && times->second == 1;
  return id.empty() || (is_alone && IsPlainName(name)) ? name : id;
}

}  // namespace vpcmirror::sim
