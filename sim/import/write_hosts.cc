#include "sim/import/write_hosts.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace vpcmirror::sim {
namespace {

std::string Bandwidth(std::int64_t bps) {
  constexpr std::int64_t kGiga = 1'000'000'000;
  constexpr std::int64_t kMega = 1'000'000;
  if (bps % kGiga == 0) return fmt::format("{} Gbps", bps / kGiga);
  return bps % kMega == 0 ? fmt::format("{} Mbps", bps / kMega) : fmt::format("{} bps", bps);
}

std::string PacketRate(std::int64_t pps) {
  return pps % 1000 == 0 ? fmt::format("{} kpps", pps / 1000) : fmt::format("{} pps", pps);
}

class HostWriter {
 public:
  HostWriter(Inventory& inventory, const NameBook& names, const std::set<std::string>& known_types,
             HostNames& called)
      : all_(inventory), names_(names), known_types_(known_types), called_(called) {
    for (const FoundSubnet& each : all_.subnets) subnets_.emplace(each.id, names_.Of(each));
    for (const FoundType& each : all_.types) types_.emplace(each.type, &each);
  }

  SourcedJson Write() {
    std::unordered_map<std::string, std::vector<const FoundEni*>> by_instance;
    for (const FoundEni& eni : all_.enis) {
      if (eni.instance) by_instance[eni.instance->value].push_back(&eni);
    }
    SourcedJson hosts = SourcedJson::Object();
    for (const FoundInstance& each : all_.instances) {
      auto& enis = by_instance[each.id];
      std::stable_sort(enis.begin(), enis.end(), [](const FoundEni* a, const FoundEni* b) {
        return a->index.value_or(0) < b->index.value_or(0);
      });
      if (!enis.empty()) hosts.Set(Call(names_.Of(each), each.id, enis), Host(each, enis));
    }
    for (const FoundEni& eni : all_.enis) {
      if (eni.instance || eni.is_no_host) continue;
      SourcedJson host = SourcedJson::Object(eni.origin);
      host.Set("enis", Enis({&eni}, {}));
      hosts.Set(Call(names_.Of(eni), eni.name, {&eni}), std::move(host));
    }
    return hosts;
  }

 private:
  // Notes how the host is called in the scenario, by what others may call it.
  const std::string& Call(const std::string& name, const std::string& id,
                          const std::vector<const FoundEni*>& enis) {
    for (const FoundEni* eni : enis) {
      if (!eni->id.empty()) called_.emplace(eni->id, eni->id);
    }
    called_.emplace(id.empty() ? name : id, name);
    return name;
  }

  SourcedJson Host(const FoundInstance& instance, const std::vector<const FoundEni*>& enis) {
    SourcedJson host = SourcedJson::Object(instance.origin);
    if (instance.type) TakeType(*instance.type, host);
    host.Set("enis", Enis(enis, instance.security_groups));
    return host;
  }

  void TakeType(const FoundText& type, SourcedJson& host) {
    if (known_types_.contains(type.value)) {
      host.Set("type", SourcedJson::Text(type));
      return;
    }
    const auto described = types_.find(type.value);
    if (described != types_.end()) {
      SourcedJson limits = LimitsOf(*described->second);
      if (!limits.is_empty()) host.Set("limits", std::move(limits));
    }
    const bool is_limited = host.Get("limits") && host.Get("limits")->Get("bandwidth");
    if (is_limited || !told_types_.insert(type.value).second) return;
    all_.gaps.push_back(
        {"type_without_limits",
         fmt::format(
             "The bandwidth of instance type {} is neither in the catalogue nor in any file: "
             "its machines are assumed to have no limit.",
             type.value),
         "add what describes the instance types to the files, or `limits` to the scenario",
         type.origin});
  }

  static SourcedJson LimitsOf(const FoundType& type) {
    SourcedJson limits = SourcedJson::Object(type.origin);
    if (const auto& bps = type.bandwidth_bps) {
      limits.Set("bandwidth", SourcedJson::Text(Bandwidth(bps->value), bps->origin));
    }
    if (const auto& pps = type.packets_per_second) {
      limits.Set("pps", SourcedJson::Text(PacketRate(pps->value), pps->origin));
    }
    if (const auto& vcpus = type.vcpus) {
      limits.Set("vcpus", SourcedJson::Number(vcpus->value, vcpus->origin));
    }
    if (const auto& memory = type.memory_mib) {
      limits.Set("memory", SourcedJson::Text(fmt::format("{} MiB", memory->value), memory->origin));
    }
    return limits;
  }

  // What a machine's groups are is those of its first ENI, where the ENI does not say.
  SourcedJson Enis(const std::vector<const FoundEni*>& enis, const std::vector<FoundText>& groups) {
    SourcedJson list = SourcedJson::List();
    for (const FoundEni* eni : enis) {
      const bool is_first = eni == enis.front();
      list.Add(Eni(*eni, is_first && eni->security_groups.empty() ? groups : eni->security_groups));
    }
    return list;
  }

  SourcedJson Eni(const FoundEni& eni, const std::vector<FoundText>& groups) {
    SourcedJson written = SourcedJson::Object(eni.origin);
    if (!eni.id.empty()) written.Set("id", SourcedJson::Text(eni.id, eni.origin));
    written.Set("subnet", SourcedJson::Text(subnets_.at(eni.subnet->value), eni.subnet->origin));
    if (eni.address) written.Set("address", SourcedJson::Text(*eni.address));
    if (!eni.more_addresses.empty()) written.Set("secondary_addresses", Texts(eni.more_addresses));
    if (eni.mac && macs_.insert(eni.mac->value).second) {
      written.Set("mac", SourcedJson::Text(*eni.mac));
    }
    if (!groups.empty()) written.Set("security_groups", Texts(groups));
    return written;
  }

  static SourcedJson Texts(const std::vector<FoundText>& texts) {
    SourcedJson list = SourcedJson::List();
    for (const FoundText& each : texts) list.Add(SourcedJson::Text(each));
    return list;
  }

  Inventory& all_;
  const NameBook& names_;
  const std::set<std::string>& known_types_;
  HostNames& called_;
  std::unordered_map<std::string, std::string> subnets_;  // names, by ID
  std::unordered_map<std::string, const FoundType*> types_;
  std::set<std::string> told_types_;
  std::set<std::string> macs_;  // regions may repeat them; a scenario's ENIs may not
};

}  // namespace

SourcedJson HostsOf(Inventory& inventory, const NameBook& names,
                    const std::set<std::string>& known_types, HostNames& called) {
  return HostWriter(inventory, names, known_types, called).Write();
}

}  // namespace vpcmirror::sim
