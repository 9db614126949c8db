// Hosts to CVMs and ENIs, with limits, addresses and MACs.
#include <algorithm>

#include "models/scenario/address_book.h"
#include "models/scenario/draft.h"
#include "models/scenario/plan_host.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

constexpr int kMostMembers = 100'000;

template <class T>
void Replace(std::optional<T>& base, const std::optional<T>& by) {
  if (by) base = by;
}

HostSettings Merged(HostSettings base, const HostSettings& by) {
  Replace(base.type, by.type);
  Replace(base.bandwidth, by.bandwidth);
  Replace(base.burst, by.burst);
  Replace(base.peak_bandwidth, by.peak_bandwidth);
  Replace(base.flow_bandwidth, by.flow_bandwidth);
  Replace(base.packet_rate, by.packet_rate);
  Replace(base.limit_model, by.limit_model);
  Replace(base.vcpus, by.vcpus);
  Replace(base.memory, by.memory);
  Replace(base.receiver, by.receiver);
  Replace(base.workers, by.workers);
  Replace(base.ring_bytes, by.ring_bytes);
  Replace(base.costs, by.costs);
  Replace(base.subnet, by.subnet);
  Replace(base.mtu, by.mtu);
  Replace(base.queue_frames, by.queue_frames);
  Replace(base.queue_bytes, by.queue_bytes);
  Replace(base.timer_delay, by.timer_delay);
  if (!by.security_groups.empty()) base.security_groups = by.security_groups;
  if (!by.enis.empty()) base.enis = by.enis;
  return base;
}

class HostExpander {
 public:
  explicit HostExpander(Draft& draft) : draft_(draft), addresses_(draft) {}

  void Run() {
    if (draft_.scenario.hosts.empty()) {
      draft_.errors.Add("/hosts", "the scenario has no hosts", "at least one host");
    }
    for (const HostSpec& host : draft_.scenario.hosts) Expand(host);
    addresses_.HandOut();
    AssignMacs(draft_);
  }

 private:
  Deployment& deployment() { return *draft_.deployment; }

  void Expand(const HostSpec& host) {
    HostMembers members;
    members.first_cvm = deployment().cvms.size();
    members.count = host.count ? host.count->value : 1;
    members.failed = !CheckHost(host, members.count);
    const auto base = PlanHost(draft_, host, host.settings);
    std::map<int, std::optional<CvmPlan>> overrides;
    std::map<int, HostSettings> merged;  // outlives the plans, which point into it
    for (const auto& [member, settings] : host.overrides) {
      merged[member] = Merged(host.settings, settings.value);
      overrides[member] = PlanHost(draft_, host, merged[member]);
      members.failed = members.failed || !overrides[member];
    }
    members.failed = members.failed || !base;
    if (!members.failed) {
      for (int i = 0; i < members.count; ++i) {
        const auto own = overrides.find(i);
        const bool own_enis = own != overrides.end() && !host.overrides.at(i).value.enis.empty();
        AddMember(host, i, own == overrides.end() ? *base : *own->second, own_enis);
      }
    }
    if (draft_.hosts.emplace(host.name, members).second) {
      RegisterId(draft_, host.name, {NamedThing::Kind::kHost, members.first_cvm, host.path});
    }
  }

  bool CheckHost(const HostSpec& host, int count) {
    bool good = CheckId(draft_, host.name, host.path);
    if (draft_.hosts.count(host.name) != 0) {
      draft_.errors.Add(host.path, "the name \"" + host.name + "\" is given twice",
                        "a name of its own");
      good = false;
    }
    if (count < 1 || count > kMostMembers) {
      draft_.errors.Add(host.count->path, "a count of " + std::to_string(count),
                        "1 to " + std::to_string(kMostMembers));
      good = false;
    }
    for (const auto& [member, settings] : host.overrides) {
      if (member >= 0 && member < count) continue;
      draft_.errors.Add(settings.path,
                        "host " + host.name + " has no member " + std::to_string(member),
                        "0 to " + std::to_string(count - 1));
      good = false;
    }
    return good;
  }

  void AddMember(const HostSpec& host, int member, const CvmPlan& plan, bool own_enis) {
    Cvm cvm;
    cvm.id = host.count ? host.name + "[" + std::to_string(member) + "]" : host.name;
    cvm.host = host.name;
    cvm.type = plan.type;
    cvm.limits = plan.limits;
    cvm.queue = plan.queue;
    cvm.timer_delay = plan.timer_delay;
    cvm.receiver = plan.receiver;
    cvm.workers = plan.workers;
    cvm.ring_bytes = plan.ring_bytes;
    // Of an ENI that is written once for all members, the first one has what is
    // written and the others follow it.
    const int members = own_enis || !host.count ? 1 : host.count->value;
    for (const EniPlan& eni : plan.enis) {
      cvm.enis.push_back(deployment().enis.size());
      AddEni(host, cvm, eni, {members, own_enis ? 0 : member});
    }
    deployment().cvms.push_back(std::move(cvm));
    draft_.costs.push_back(plan.costs);
    draft_.workers_given.push_back(plan.workers_given);
  }

  struct Sharing {
    int members;  // that share the description of an ENI
    int which;
  };

  void AddEni(const HostSpec& host, const Cvm& cvm, const EniPlan& plan, Sharing sharing) {
    const std::size_t index = deployment().enis.size();
    Eni eni;
    eni.id = cvm.id + "/eni" + std::to_string(cvm.enis.size() - 1);
    eni.cvm = deployment().cvms.size();
    eni.subnet = plan.subnet;
    eni.mtu = plan.mtu;
    eni.security_groups = plan.security_groups;
    const EniSpec* spec = plan.spec;
    if (spec != nullptr && spec->id) eni.id = spec->id->value;
    deployment().enis.push_back(std::move(eni));
    if (spec == nullptr) {
      addresses_.Later(index, host.path);
      return;
    }
    if (sharing.members > 1) RefuseWhatCannotBeShared(*spec);
    if (spec->id && CheckId(draft_, spec->id->value, spec->id->path)) {
      RegisterId(draft_, spec->id->value, {NamedThing::Kind::kEni, index, spec->id->path});
    }
    TakeAddresses(host, index, *spec, sharing.which);
    if (spec->mac) TakeMac(index, *spec->mac);
  }

  void TakeAddresses(const HostSpec& host, std::size_t eni, const EniSpec& spec, int which) {
    if (!spec.address) {
      addresses_.Later(eni, spec.path.empty() ? host.path : spec.path);
    } else if (!spec.address->value.is_v4()) {
      draft_.errors.Add(spec.address->path,
                        "the primary address " + ToString(spec.address->value) + " is not IPv4",
                        "an IPv4 address; IPv6 addresses may be secondary");
    } else {
      const auto value = spec.address->value.v4() + static_cast<std::uint32_t>(which);
      addresses_.Reserve(eni, IpAddress::V4(value), spec.address->path);
    }
    for (const At<IpAddress>& address : spec.secondary_addresses) {
      addresses_.Reserve(eni, address.value, address.path);
    }
  }

  void RefuseWhatCannotBeShared(const EniSpec& spec) {
    const std::string accepted = "give it in `override`, member by member";
    if (spec.id)
      draft_.errors.Add(spec.id->path, "one ID for the ENIs of several members", accepted);
    if (spec.mac) {
      draft_.errors.Add(spec.mac->path, "one MAC for the ENIs of several members", accepted);
    }
    for (const auto& address : spec.secondary_addresses) {
      draft_.errors.Add(address.path, "one secondary address for the ENIs of several members",
                        accepted);
    }
  }

  void TakeMac(std::size_t eni, const At<MacAddress>& mac) {
    // IEEE 802: the lowest bit of the first octet marks a group address.
    if ((mac.value.octets[0] & std::byte{1}) != std::byte{0} || mac.value == MacAddress{}) {
      draft_.errors.Add(mac.path, ToString(mac.value) + " is not the MAC of one device",
                        "an address whose first octet is even, such as 02:00:0a:00:00:02");
    }
    const auto [at, fresh] = macs_.emplace(mac.value, eni);
    if (!fresh) {
      draft_.errors.Add(mac.path,
                        "the MAC " + ToString(mac.value) + " is already that of " +
                            deployment().enis[at->second].id,
                        "a MAC that no other ENI has");
    }
    deployment().enis[eni].mac = mac.value;
  }

  Draft& draft_;
  AddressBook addresses_;
  std::map<MacAddress, std::size_t> macs_;
};

}  // namespace

void ExpandHosts(Draft& draft) { HostExpander(draft).Run(); }

}  // namespace vpcmirror
