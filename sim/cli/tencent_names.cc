#include "sim/cli/tencent_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace vpcmirror::sim {
namespace {

template <class Spec>
const Spec* Named(const std::vector<Spec>& all, const std::string& name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Spec& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

// IDs in the samples of Tencent Cloud's API are a prefix and eight of 0-9 a-z ("vpc-2ari9m7h").
bool LooksLikeId(std::string_view name, std::string_view prefix) {
  constexpr std::size_t kIdCharacters = 8;
  if (!name.starts_with(prefix) || name.size() != prefix.size() + kIdCharacters) return false;
  name.remove_prefix(prefix.size());
  return name.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
}

// "web[0]/eni0, web[1]/eni0 and 26 more".
std::string Some(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  const std::size_t shown = names.size() > kShown + 1 ? kShown : names.size();
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

// How a host is told a key of its ENIs.
std::string InEnis(bool has_count, std::string_view key, std::string_view value) {
  const std::string enis = fmt::format(R"("enis": [{{"{}": "{}"}}])", key, value);
  if (!has_count) return enis;
  return fmt::format(R"("override": {{"0": {{{}}}, ...}}, member by member)", enis);
}

}  // namespace

std::string TencentNames::Miss(const std::string& path, const std::string& what,
                               const std::string& accepted, const std::string& name) {
  ScenarioError error;
  error.path = path;
  error.message = what + " has no ID of Tencent Cloud";
  error.accepted = accepted;
  objects_.emplace(path + what, std::move(error));
  return name;
}

std::string TencentNames::OfVpc(std::size_t vpc) {
  const Vpc& placed = deployment().vpcs[vpc];
  const VpcSpec* spec = Named(examined_.written.vpcs, placed.name);
  if (spec == nullptr) {
    return Miss("", "the VPC that a scenario without \"vpcs\" has",
                R"("vpcs", with "id": "vpc-..." in the VPC and "id": "subnet-..." in its subnets)",
                placed.name);
  }
  if (spec->id) return *spec->id;
  if (LooksLikeId(spec->name, "vpc-")) return spec->name;
  return Miss(spec->path, "VPC " + spec->name, R"("id": "vpc-...")", spec->name);
}

std::string TencentNames::OfSubnet(std::size_t subnet) {
  const Subnet& placed = deployment().subnets[subnet];
  const VpcSpec* vpc = Named(examined_.written.vpcs, deployment().vpcs[placed.vpc].name);
  const SubnetSpec* spec = vpc == nullptr ? nullptr : Named(vpc->subnets, placed.name);
  const std::string name = "subnet:" + placed.name;
  if (spec == nullptr) {
    return Miss(vpc == nullptr ? "" : vpc->path, "subnet " + placed.name,
                R"("subnets": {"NAME": {"id": "subnet-...", "cidr": ...}} in its VPC)", name);
  }
  if (spec->id) return *spec->id;
  if (LooksLikeId(spec->name, "subnet-")) return spec->name;
  return Miss(spec->path, "subnet " + spec->name, R"("id": "subnet-..." beside its "cidr")", name);
}

std::string TencentNames::OfNatGateway(const std::string& name, std::size_t vpc) {
  if (LooksLikeId(name, "nat-")) return name;
  const VpcSpec* spec = Named(examined_.written.vpcs, deployment().vpcs[vpc].name);
  return Miss((spec == nullptr ? "" : spec->path) + "/nat_gateways", "NAT gateway " + name,
              R"(its ID as its name, "nat_gateways": {"nat-...": {}}, here and where it is named)",
              name);
}

std::string TencentNames::OfLoadBalancer(std::size_t balancer) {
  const LoadBalancer& placed = deployment().load_balancers[balancer];
  const VpcSpec* vpc = Named(examined_.written.vpcs, deployment().vpcs[placed.vpc].name);
  const LoadBalancerSpec* spec = vpc == nullptr ? nullptr : Named(vpc->load_balancers, placed.name);
  if (spec != nullptr && spec->id) return spec->id->value;
  if (LooksLikeId(placed.name, "lb-")) return placed.name;
  return Miss(spec == nullptr ? "" : spec->path, "load balancer " + placed.name,
              R"("id": "lb-...")", placed.name);
}

void TencentNames::MissOfHost(std::size_t eni, std::map<std::string, OfHost>& missed) {
  const Cvm& cvm = deployment().cvms[deployment().enis[eni].cvm];
  OfHost& host = missed[cvm.host];
  host.has_count = cvm.id != cvm.host;
  const std::string& id = deployment().enis[eni].id;
  if (std::find(host.enis.begin(), host.enis.end(), id) == host.enis.end()) host.enis.push_back(id);
}

std::string TencentNames::OfEni(std::size_t eni) {
  const std::string& id = deployment().enis[eni].id;
  const bool is_ours = id.starts_with(deployment().cvms[deployment().enis[eni].cvm].id + "/eni");
  if (is_ours) MissOfHost(eni, without_id_);
  return id;
}

bool TencentNames::HasWrittenAddress(std::size_t eni) const {
  const std::size_t at = deployment().enis[eni].cvm;
  const Cvm& cvm = deployment().cvms[at];
  const HostSpec* host = Named(examined_.written.hosts, cvm.host);
  if (host == nullptr) return false;
  std::size_t first = at;  // members of a host stand one behind the other
  while (first > 0 && deployment().cvms[first - 1].host == cvm.host) --first;
  const auto own = host->overrides.find(static_cast<int>(at - first));
  const bool has_own = own != host->overrides.end() && !own->second.value.enis.empty();
  const auto& enis = has_own ? own->second.value.enis : host->settings.enis;
  const auto number =
      static_cast<std::size_t>(std::find(cvm.enis.begin(), cvm.enis.end(), eni) - cvm.enis.begin());
  return number < enis.size() && enis[number].address.has_value();
}

std::string TencentNames::AddressOf(std::size_t eni, const IpAddress& address, bool is_written) {
  if (is_written || HasWrittenAddress(eni)) return ToString(address);
  MissOfHost(eni, without_address_);
  return deployment().enis[eni].id;
}

std::vector<ScenarioError> TencentNames::Missing() const {
  std::vector<ScenarioError> errors;
  for (const auto& [key, error] : objects_) errors.push_back(error);
  const auto tell = [&](const std::map<std::string, OfHost>& missed, const std::string& what,
                        std::string_view key, std::string_view value) {
    for (const auto& [host, of] : missed) {
      ScenarioError error;
      const HostSpec* spec = Named(examined_.written.hosts, host);
      error.path = spec == nullptr ? "" : spec->path;
      error.message = fmt::format("host {}: {}: {}", host, what, Some(of.enis));
      error.accepted = InEnis(of.has_count, key, value);
      errors.push_back(std::move(error));
    }
  };
  tell(without_id_, "no ID of Tencent Cloud for the ENIs that are watched", "id", "eni-...");
  tell(without_address_, "receivers whose addresses nobody has written", "address", "10.0.0.7");
  return errors;
}

}  // namespace vpcmirror::sim
