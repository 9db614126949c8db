#include "sim/import/scenario_of.h"

#include <algorithm>
#include <utility>

#include "sim/import/complete.h"
#include "sim/import/name_book.h"
#include "sim/import/write_hosts.h"
#include "sim/import/write_network.h"

namespace vpcmirror::sim {
namespace {

// A comment ends with its line, whatever a name in it holds.
std::string OnOneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return text;
}

std::string Comments(const Inventory& inventory) {
  std::string text;
  if (!inventory.gaps.empty()) text += "// Assumed, since no file says it:\n";
  for (const Gap& gap : inventory.gaps) text += "// - " + OnOneLine(gap.message) + "\n";
  if (!inventory.contradictions.empty()) text += "// What cannot be so:\n";
  for (const Contradiction& each : inventory.contradictions) {
    text += "// - " + OnOneLine(each.message) + "\n";
  }
  return text;
}

// One gap for what many things lack alike.
void TellOnce(std::vector<Gap>& gaps) {
  std::set<std::pair<std::string, std::string>> told;
  std::erase_if(gaps, [&](const Gap& gap) { return !told.emplace(gap.name, gap.message).second; });
}

// Mirrors of one provider: a list of them, or its lists.
struct Group {
  std::string provider;
  SourcedJson lists = SourcedJson::Object();
  std::vector<SourcedJson> mirrors{};
};

Group& GroupOf(const std::string& provider, std::vector<Group>& groups) {
  for (Group& each : groups) {
    if (each.provider == provider) return each;
  }
  groups.push_back({.provider = provider});
  return groups.back();
}

SourcedJson MirrorsOf(const Inventory& inventory) {
  std::vector<Group> groups;
  for (const FoundMirrorPart& part : inventory.mirrors) {
    Group& group = GroupOf(part.provider, groups);
    if (part.list.empty()) {
      group.mirrors.push_back(part.body);
      continue;
    }
    if (group.lists.is_empty() && part.provider.empty()) {
      for (const std::string& name : inventory.mirror_lists) {
        group.lists.Set(name, SourcedJson::List());
      }
    }
    SourcedJson* list = group.lists.Get(part.list);
    if (list == nullptr) list = &group.lists.Set(part.list, SourcedJson::List());
    list->Add(part.body);
  }
  if (groups.size() == 1 && groups.front().mirrors.empty()) return std::move(groups.front().lists);
  SourcedJson all = SourcedJson::List();
  for (Group& group : groups) {
    for (SourcedJson& mirror : group.mirrors) all.Add(std::move(mirror));
    if (!group.lists.is_empty()) all.Add(std::move(group.lists));
  }
  return all;
}

}  // namespace

Origin ImportedScenario::OriginOf(std::string_view pointer) const {
  while (true) {
    const auto known = origins.find(pointer);
    if (known != origins.end()) return known->second;
    if (pointer.empty()) return {};
    pointer = pointer.substr(0, pointer.find_last_of('/'));
  }
}

ImportedScenario ScenarioOf(const Inventory& inventory, const std::set<std::string>& known_types) {
  Inventory all = inventory;
  if (all.mirrors.empty()) {
    all.gaps.push_back({"no_mirrors",
                        "No file says what is mirrored: nothing is assumed to be.",
                        "add what describes the mirrors to the files",
                        {}});
  }
  all = Completed(std::move(all));
  const NameBook names(all);
  HostNames called;
  SourcedJson hosts = HostsOf(all, names, known_types, called);
  SourcedJson root = SourcedJson::Object();
  root.Set("provider", SourcedJson::Text(all.provider));
  root.Set("vpcs", VpcsOf(all, names, called));
  root.Set("hosts", std::move(hosts));
  if (!all.mirrors.empty()) root.Set("mirrors", MirrorsOf(all));
  TellOnce(all.gaps);
  ImportedScenario imported;
  imported.text = Comments(all) + root.Pretty(imported.origins) + "\n";
  imported.gaps = std::move(all.gaps);
  imported.contradictions = std::move(all.contradictions);
  return imported;
}

}  // namespace vpcmirror::sim
