#include "sim/import/read_terraform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "sim/import/terraform_reader.h"

namespace vpcmirror::sim {
namespace {

// A provider of Terraform's, by the prefix of its resources.
struct TerraformCloud {
  std::string_view prefix;
  std::string_view mirrors;  // what the types of its mirrors have in them
  const char* profile;
  std::array<const char*, 3> lists;  // that its mirrors have to have, even empty
  void (*read)(TerraformReader&);
};

constexpr TerraformCloud kClouds[] = {
    {"aws_",
     "_traffic_mirror_",
     "aws",
     {"TrafficMirrorSessions", "TrafficMirrorFilters", "TrafficMirrorTargets"},
     &ReadTerraformAws},
    {"alicloud_",
     "_traffic_mirror_",
     "alibaba",
     {"TrafficMirrorSessions", "TrafficMirrorFilters", ""},
     &ReadTerraformAlibaba},
    {"google_", "_packet_mirroring", "gcp", {"", "", ""}, &ReadTerraformGoogle},
    {"tencentcloud_", "_traffic_mirror_", "tencent", {"", "", ""}, &ReadTerraformTencent},
};

struct Counts {
  std::size_t resources = 0;
  std::size_t mirrors = 0;

  friend auto operator<=>(const Counts& a, const Counts& b) {
    return std::pair(a.mirrors, a.resources) <=> std::pair(b.mirrors, b.resources);
  }
};

Counts CountsOf(const TerraformCloud& cloud, const TerraformPlan& plan) {
  Counts counts;
  for (const auto& each : plan.resources()) {
    if (!each->type.starts_with(cloud.prefix)) continue;
    ++counts.resources;
    if (each->type.find(cloud.mirrors) != std::string::npos) ++counts.mirrors;
  }
  return counts;
}

const TerraformCloud& CloudOf(const TerraformPlan& plan, Gathered& into, const Value& root) {
  const TerraformCloud* best = nullptr;
  Counts most;
  for (const TerraformCloud& each : kClouds) {
    const Counts counts = CountsOf(each, plan);
    if (counts.resources == 0) continue;
    const TerraformCloud* other = counts > most ? best : &each;
    const Counts others = counts > most ? most : counts;
    if (other != nullptr && others.mirrors > 0) {
      into.AddContradiction(fmt::format("mirrors of {} beside those of another cloud, of which "
                                        "there are more: they are left out",
                                        other->profile),
                            "a plan for each cloud", root.origin());
    }
    if (counts > most) {
      best = &each;
      most = counts;
    }
  }
  if (best != nullptr) return *best;
  RefuseTerraform(root, "there is no resource of a cloud whose mirrors can be imported",
                  "resources of the providers aws, alicloud, google or tencentcloud");
}

void CheckProvider(const Inventory& known, const TerraformCloud& cloud, const Value& root) {
  if (known.provider.empty() || known.provider == cloud.profile) return;
  RefuseTerraform(
      root,
      fmt::format("a plan of resources of {} beside answers of {}", cloud.profile, known.provider),
      "files of one cloud");
}

// What the answers of an API and Terraform both tell counts once, as the answers have it.
template <class Thing>
void KeepFirstOf(std::vector<Thing>& things) {
  std::set<std::string> known;
  std::erase_if(
      things, [&](const Thing& each) { return !each.id.empty() && !known.insert(each.id).second; });
}

void KeepFirst(Inventory& inventory) {
  KeepFirstOf(inventory.vpcs);
  KeepFirstOf(inventory.subnets);
  KeepFirstOf(inventory.route_tables);
  KeepFirstOf(inventory.security_groups);
  KeepFirstOf(inventory.acls);
  KeepFirstOf(inventory.enis);
  KeepFirstOf(inventory.instances);
  KeepFirstOf(inventory.load_balancers);
}

}  // namespace

bool IsTerraform(const Document& document) { return TerraformPlan::Is(document.root()); }

Inventory InventoryOfTerraform(const Document& document, Inventory known) {
  const Value root = document.root();
  const TerraformPlan plan(root);
  Gathered gathered;
  const TerraformCloud& cloud = CloudOf(plan, gathered, root);
  CheckProvider(known, cloud, root);
  gathered.inventory = std::move(known);
  gathered.inventory.provider = cloud.profile;
  for (const char* list : cloud.lists) {
    auto& lists = gathered.inventory.mirror_lists;
    if (*list != '\0' && std::find(lists.begin(), lists.end(), list) == lists.end()) {
      lists.emplace_back(list);
    }
  }
  if (plan.is_errored()) {
    gathered.AddContradiction("planning ended with an error, so that the plan is not whole",
                              "a plan that went well", root.Get("errored")->origin());
  }
  TerraformReader reader(plan, gathered);
  cloud.read(reader);
  reader.Finish();
  KeepFirst(gathered.inventory);
  return std::move(gathered.inventory);
}

}  // namespace vpcmirror::sim
