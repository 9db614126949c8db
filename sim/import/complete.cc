#include "sim/import/complete.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "sim/import/fill_ranges.h"
#include "sim/import/ranges.h"

namespace vpcmirror::sim {
namespace {

constexpr int kAssumedSubnetBits = 24;
// Characters of a VPC's ID in a name that would else be that of something in another VPC.
constexpr std::size_t kNameOfVpc = 30;
constexpr const char* kAssumedVpc = "vpc-assumed";

using Index = std::unordered_map<std::string, std::size_t>;

template <class Things>
Index IndexOf(const Things& things) {
  Index index;
  for (std::size_t i = 0; i < things.size(); ++i) {
    if (!things[i].id.empty()) index.emplace(things[i].id, i);
  }
  return index;
}

class Completer {
 public:
  explicit Completer(Inventory inventory)
      : all_(std::move(inventory)),
        vpcs_(IndexOf(all_.vpcs)),
        subnets_(IndexOf(all_.subnets)),
        enis_(IndexOf(all_.enis)),
        instances_(IndexOf(all_.instances)),
        balancers_(IndexOf(all_.load_balancers)) {}

  Inventory Run() {
    GiveInstancesEnis();
    NameInstances();
    for (const FoundEni& eni : all_.enis) NoteAddresses(eni);
    for (FoundMirrorPart& part : all_.mirrors) CompleteEnds(part);
    CompleteBalancers();
    AssumeSomeHost();
    for (std::size_t i = 0; i < all_.enis.size(); ++i) PlaceEni(all_.enis[i]);
    CompleteSubnets();
    for (const FoundSubnet& each : all_.subnets) NeedVpc(*each.vpc);
    FillRanges(all_);
    return std::move(all_);
  }

 private:
  void AddGap(const char* name, std::string message, const char* fix, const Origin& origin) {
    all_.gaps.push_back({name, std::move(message), fix, origin});
  }

  // An instance whose ENIs are in no file has one, with its addresses.
  void GiveInstancesEnis() {
    std::set<std::string> with_eni;
    for (const FoundEni& eni : all_.enis) {
      if (eni.instance) with_eni.insert(eni.instance->value);
    }
    for (const FoundInstance& each : all_.instances) {
      if (with_eni.contains(each.id)) continue;
      FoundEni eni{.origin = each.origin, .vpc = each.vpc, .subnet = each.subnet};
      eni.instance = FoundText{each.id, each.origin};
      eni.security_groups = each.security_groups;
      if (!each.addresses.empty()) {
        eni.address = each.addresses.front();
        eni.more_addresses.assign(each.addresses.begin() + 1, each.addresses.end());
      }
      all_.enis.push_back(std::move(eni));
    }
  }

  void NameInstances() {
    std::size_t unknown = 0;
    Origin first;
    for (const FoundEni& eni : all_.enis) {
      if (!eni.instance || instances_.contains(eni.instance->value)) continue;
      if (unknown++ == 0) first = eni.instance->origin;
      AddInstance(*eni.instance);
    }
    if (unknown == 0) return;
    AddGap("instances_not_listed",
           fmt::format("The {} of {} machines with ENIs {} in no file: they are assumed to have no "
                       "limits.",
                       unknown == 1 ? "type" : "types", unknown, unknown == 1 ? "is" : "are"),
           "add what describes the instances to the files", first);
  }

  void AddInstance(const FoundText& id) {
    instances_.emplace(id.value, all_.instances.size());
    all_.instances.push_back({.origin = id.origin, .id = id.value});
  }

  void NoteAddresses(const FoundEni& eni) {
    const auto index = static_cast<std::size_t>(&eni - all_.enis.data());
    if (eni.address) addresses_.emplace(eni.address->value, index);
    for (const FoundText& each : eni.more_addresses) addresses_.emplace(each.value, index);
  }

  // Of the ENIs with this address the one of the VPC, or of any where none is named.
  FoundEni* EniAt(const std::string& address, const std::optional<FoundText>& vpc) {
    const auto [first, last] = addresses_.equal_range(address);
    for (auto at = first; at != last; ++at) {
      FoundEni& eni = all_.enis[at->second];
      if (!vpc || !VpcOf(eni) || VpcOf(eni)->value == vpc->value) return &eni;
    }
    return nullptr;
  }

  std::optional<FoundText> VpcOf(const FoundEni& eni) const {
    if (eni.vpc || !eni.subnet) return eni.vpc;
    const auto subnet = subnets_.find(eni.subnet->value);
    return subnet == subnets_.end() ? std::nullopt : all_.subnets[subnet->second].vpc;
  }

  FoundEni* Eni(const std::string& id) {
    const auto eni = enis_.find(id);
    return eni == enis_.end() ? nullptr : &all_.enis[eni->second];
  }

  void CompleteEnds(const FoundMirrorPart& part) {
    for (const MirrorEnd& end : part.ends) {
      switch (end.what) {
        case MirrorEnd::What::kEni:
          CompleteEni(part, end);
          break;
        case MirrorEnd::What::kAddress:
          CompleteAddress(part, end);
          break;
        case MirrorEnd::What::kInstance:
          CompleteInstance(part, end);
          break;
        case MirrorEnd::What::kSubnet:
          NeedSubnet(end.id, VpcFor(part, end));
          break;
        case MirrorEnd::What::kVpc:
          NeedVpc(end.id);
          break;
        case MirrorEnd::What::kBalancer:
          CompleteBalancer(part, end);
          break;
        case MirrorEnd::What::kNatGateway:
          CompleteNat(part, end);
          break;
      }
    }
  }

  static std::string NameOf(const FoundMirrorPart& part) {
    const std::string what = part.list.empty() ? "a mirror" : "an entry of " + part.list;
    return part.id.empty() ? what : part.id;
  }

  // The VPC that the mirror says, or that of what else it names, or the only one there is.
  FoundText VpcFor(const FoundMirrorPart& part, const MirrorEnd& end) {
    if (end.vpc) return *end.vpc;
    for (const MirrorEnd& other : part.ends) {
      const FoundEni* eni = Eni(other.id.value);
      if (const auto vpc = eni == nullptr ? std::nullopt : VpcOf(*eni)) return *vpc;
    }
    return AnyVpc(end.id.origin);
  }

  FoundText AnyVpc(const Origin& origin) {
    if (!all_.vpcs.empty()) return {all_.vpcs.front().id, origin};
    for (const FoundSubnet& each : all_.subnets) {
      if (each.vpc) return *each.vpc;
    }
    for (const FoundEni& each : all_.enis) {
      if (each.vpc) return *each.vpc;
    }
    return {kAssumedVpc, origin};
  }

  struct Assumed {
    bool is_eni = false;       // `id` is its ENI's, not the host's name
    bool is_receiver = false;  // of copies
  };

  // A host of its own, called as `id` says.
  void AssumeHost(const FoundText& id, const FoundText& vpc, std::optional<FoundText> address,
                  Assumed what) {
    const bool is_eni = what.is_eni;
    FoundEni eni{.origin = id.origin, .id = is_eni ? id.value : "", .vpc = vpc};
    if (!is_eni) eni.name = id.value;
    eni.address = std::move(address);
    if (is_eni) enis_.emplace(id.value, all_.enis.size());
    if (what.is_receiver) receivers_.insert(all_.enis.size());
    all_.enis.push_back(std::move(eni));
    NoteAddresses(all_.enis.back());
  }

  void CompleteEni(const FoundMirrorPart& part, const MirrorEnd& end) {
    if (FoundEni* eni = Eni(end.id.value)) {
      eni->is_no_host = false;
      return;
    }
    const FoundText vpc = VpcFor(part, end);
    AddGap(
        "eni_not_listed",
        fmt::format("ENI {}, which {} names as {}, is in no file: a host of its own in VPC {} "
                    "without limits is assumed.",
                    end.id.value, NameOf(part), end.is_receiver ? "receiver" : "source", vpc.value),
        "add what describes the network interfaces to the files", end.id.origin);
    AssumeHost(end.id, vpc, std::nullopt, {.is_eni = true, .is_receiver = end.is_receiver});
  }

  void CompleteAddress(const FoundMirrorPart& part, const MirrorEnd& end) {
    if (FoundEni* eni = EniAt(end.id.value, end.vpc)) {
      eni->is_no_host = false;
      return;
    }
    const FoundText vpc = VpcFor(part, end);
    const auto known = vpcs_.find(vpc.value);
    const auto range =
        known == vpcs_.end() ? std::nullopt : PrefixOf(all_.vpcs[known->second].cidr);
    const auto address = AddressOf(end.id);
    if (!address || (range && !range->Contains(*address))) return;  // no host of that VPC
    AddGap(
        "address_not_listed",
        fmt::format("No file has an ENI with the address {}, which {} names as {}: a host without "
                    "limits is assumed to have it.",
                    end.id.value, NameOf(part), end.is_receiver ? "receiver" : "source"),
        "add what describes the network interfaces to the files", end.id.origin);
    std::string name = "host-" + end.id.value;
    if (!assumed_hosts_.insert(name).second) name += "-of-" + vpc.value.substr(0, kNameOfVpc);
    AssumeHost({name, end.id.origin}, vpc, end.id, {.is_receiver = end.is_receiver});
  }

  // The mirror calls the host by the instance's ID, so the scenario has to.
  void CompleteInstance(const FoundMirrorPart& part, const MirrorEnd& end) {
    const auto known = instances_.find(end.id.value);
    if (known != instances_.end()) {
      all_.instances[known->second].name.clear();
      return;
    }
    AddGap(
        "instance_not_listed",
        fmt::format("Instance {}, which {} names, is in no file: a host without limits is assumed.",
                    end.id.value, NameOf(part)),
        "add what describes the instances to the files", end.id.origin);
    AddInstance(end.id);
    FoundEni eni{.origin = end.id.origin, .vpc = VpcFor(part, end)};
    eni.instance = end.id;
    all_.enis.push_back(std::move(eni));
  }

  void CompleteNat(const FoundMirrorPart& part, const MirrorEnd& end) {
    const bool is_known =
        std::any_of(all_.gateways.begin(), all_.gateways.end(),
                    [&](const FoundGateway& each) { return each.id == end.id.value; });
    if (is_known) return;
    all_.gateways.push_back(
        {.origin = end.id.origin, .id = end.id.value, .vpc = VpcFor(part, end)});
  }

  void CompleteBalancer(const FoundMirrorPart& part, const MirrorEnd& end) {
    if (balancers_.contains(end.id.value)) return;
    balancers_.emplace(end.id.value, all_.load_balancers.size());
    all_.load_balancers.push_back({.origin = end.id.origin,
                                   .id = end.id.value,
                                   .kind = end.balancer_kind,
                                   .vpc = VpcFor(part, end)});
    AddGap(
        "load_balancer_not_listed",
        fmt::format("Load balancer {}, which {} names as target, is in no file: one in the VPC's "
                    "first subnet is assumed.",
                    end.id.value, NameOf(part)),
        "add what describes the load balancers to the files", end.id.origin);
  }

  // Only those that a mirror names come into the scenario, and have to be whole.
  void CompleteBalancers() {
    std::set<std::string> named;
    for (const FoundMirrorPart& part : all_.mirrors) {
      for (const MirrorEnd& end : part.ends) {
        if (end.what == MirrorEnd::What::kBalancer) named.insert(end.id.value);
      }
    }
    std::erase_if(all_.load_balancers,
                  [&](const FoundBalancer& each) { return !named.contains(each.id); });
    for (FoundBalancer& each : all_.load_balancers) {
      if (!each.vpc) each.vpc = AnyVpc(each.origin);
      if (each.subnets.empty()) each.subnets.push_back(SubnetIn(*each.vpc, each.origin));
      if (!each.backends.empty()) continue;
      const std::string backend = "backend-of-" + each.id.substr(each.id.find_last_of('/') + 1);
      AddGap("backends_not_listed",
             fmt::format("No file says who is behind load balancer {}: one host without limits is "
                         "assumed.",
                         each.id),
             "write the hosts behind it into `backends` of the scenario", each.origin);
      each.backends.push_back({backend, each.origin});
      AssumeHost({backend, each.origin}, *each.vpc, std::nullopt, {.is_receiver = true});
    }
  }

  // A scenario has at least one.
  void AssumeSomeHost() {
    const bool has_host = std::any_of(all_.enis.begin(), all_.enis.end(),
                                      [](const FoundEni& eni) { return !eni.is_no_host; });
    if (has_host) return;
    AddGap("no_hosts", "No machine is in any file: one without limits is assumed.",
           "add what describes the network interfaces and instances to the files", {});
    FoundEni eni;
    eni.name = "host";
    all_.enis.push_back(std::move(eni));
  }

  // The first subnet of the VPC, or one that is assumed.
  FoundText SubnetIn(const FoundText& vpc, const Origin& origin) {
    const auto known = first_subnets_.find(vpc.value);
    if (known != first_subnets_.end()) return {known->second, origin};
    for (const FoundSubnet& each : all_.subnets) {
      if (!each.vpc || each.vpc->value != vpc.value) continue;
      first_subnets_.emplace(vpc.value, each.id);
      return {each.id, origin};
    }
    const std::string id = "subnet-of-" + vpc.value.substr(0, 50);
    first_subnets_.emplace(vpc.value, id);
    NeedSubnet({id, origin}, vpc);
    return {id, origin};
  }

  // The subnet of the VPC that holds the address, or one that is assumed around it.
  FoundText SubnetOf(const FoundText& vpc, const FoundText& address) {
    const auto value = AddressOf(address);
    if (!value) return SubnetIn(vpc, address.origin);
    for (const FoundSubnet& each : all_.subnets) {
      const auto range = PrefixOf(each.cidr);
      if (range && each.vpc && each.vpc->value == vpc.value && range->Contains(*value)) {
        return {each.id, address.origin};
      }
    }
    const IpPrefix range = *SubnetRangeFor(std::span(&*value, 1), kAssumedSubnetBits);
    std::string id = "subnet-" + ToString(range.address()) + "-" + std::to_string(range.length());
    const auto taken = subnets_.find(id);
    const bool is_of_another = taken != subnets_.end() && all_.subnets[taken->second].vpc &&
                               all_.subnets[taken->second].vpc->value != vpc.value;
    if (is_of_another) id += "-of-" + vpc.value.substr(0, kNameOfVpc);
    NeedSubnet({id, address.origin}, vpc);
    return {id, address.origin};
  }

  void PlaceEni(FoundEni& eni) {
    if (eni.is_no_host) return;
    if (!eni.vpc) eni.vpc = VpcOf(eni);
    if (!eni.subnet) {
      if (!eni.vpc) eni.vpc = AnyVpc(eni.origin);
      eni.subnet = eni.address ? SubnetOf(*eni.vpc, *eni.address) : SubnetIn(*eni.vpc, eni.origin);
    }
    if (!subnets_.contains(eni.subnet->value)) {
      NeedSubnet(*eni.subnet, eni.vpc ? *eni.vpc : AnyVpc(eni.origin));
    }
    if (!eni.vpc) eni.vpc = all_.subnets[subnets_.at(eni.subnet->value)].vpc;
  }

  void NeedSubnet(const FoundText& id, const FoundText& vpc) {
    if (!subnets_.emplace(id.value, all_.subnets.size()).second) return;
    all_.subnets.push_back({.origin = id.origin, .id = id.value, .vpc = vpc});
    AddGap("subnet_not_listed",
           fmt::format("Subnet {} of VPC {} is in no file: a range that holds its ENIs is assumed.",
                       id.value, vpc.value),
           "add what describes the subnets to the files", id.origin);
  }

  void NeedVpc(const FoundText& id) {
    if (!vpcs_.emplace(id.value, all_.vpcs.size()).second) return;
    all_.vpcs.push_back({.origin = id.origin, .id = id.value});
    AddGap(
        "vpc_not_listed",
        fmt::format("VPC {} is in no file: a range that holds its subnets is assumed.", id.value),
        "add what describes the VPCs to the files", id.origin);
  }

  // A range of which something is to be copied has someone to copy it from.
  void CompleteSubnets() {
    std::set<std::string> with_host;
    for (std::size_t i = 0; i < all_.enis.size(); ++i) {
      const FoundEni& each = all_.enis[i];
      if (each.is_no_host || receivers_.contains(i)) continue;
      with_host.insert(each.subnet->value);
      if (each.vpc) with_host.insert(each.vpc->value);
    }
    for (const FoundMirrorPart& part : all_.mirrors) {
      for (const MirrorEnd& end : part.ends) {
        const bool is_subnet = end.what == MirrorEnd::What::kSubnet;
        if (!is_subnet && end.what != MirrorEnd::What::kVpc) continue;
        if (!with_host.insert(end.id.value).second) continue;
        AddGap(
            "range_without_hosts",
            fmt::format("{} {}, which {} names, has no ENI in any file: one host without limits is "
                        "assumed in it.",
                        is_subnet ? "Subnet" : "VPC", end.id.value, NameOf(part)),
            "add what describes the network interfaces to the files", end.id.origin);
        AssumeIn(end, is_subnet);
      }
    }
    for (FoundSubnet& each : all_.subnets) {
      if (!each.vpc) each.vpc = AnyVpc(each.origin);
    }
  }

  void AssumeIn(const MirrorEnd& end, bool is_subnet) {
    const FoundText name{"host-of-" + end.id.value, end.id.origin};
    AssumeHost(name, end.id, std::nullopt, {});
    FoundEni& eni = all_.enis.back();
    if (is_subnet) {
      eni.subnet = end.id;
      eni.vpc = all_.subnets[subnets_.at(end.id.value)].vpc;
    } else {
      eni.subnet = SubnetIn(end.id, end.id.origin);
    }
  }

  Inventory all_;
  Index vpcs_;
  Index subnets_;
  Index enis_;
  Index instances_;
  Index balancers_;
  std::unordered_multimap<std::string, std::size_t> addresses_;  // to ENIs
  std::unordered_map<std::string, std::string> first_subnets_;   // by VPC
  std::set<std::string> assumed_hosts_;                          // by name
  std::set<std::size_t> receivers_;                              // ENIs that are assumed
};

}  // namespace

Inventory Completed(Inventory inventory) { return Completer(std::move(inventory)).Run(); }

}  // namespace vpcmirror::sim
