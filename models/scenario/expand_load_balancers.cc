// Load balancers: where they take copies in, and which ENIs are behind them.
#include <algorithm>
#include <set>
#include <utility>

#include "models/scenario/address_book.h"
#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

class LoadBalancerExpander {
 public:
  LoadBalancerExpander(Draft& draft, const LoadBalancerSpec& spec, std::size_t vpc)
      : draft_(draft), spec_(spec), vpc_(vpc), path_(spec.path) {}

  void Run(AddressBook& addresses) {
    balancer_.name = spec_.name;
    balancer_.id = spec_.id ? spec_.id->value : spec_.name;
    balancer_.vpc = vpc_;
    TakeKind();
    TakeNames();
    const std::optional<std::size_t> subnet = TakeSubnets();
    TakeBackends();
    TakeListener();
    if (spec_.is_public && spec_.is_public->value) balancer_.is_public = true;
    balancer_.cross_zone = spec_.cross_zone.value_or(balancer_.kind.cross_zone);
    TakeBandwidth();
    if (!subnet || balancer_.kind.name.empty()) return;
    AddEni(*subnet, addresses);
    for (const std::string& name : {balancer_.name, balancer_.id}) {
      draft_.load_balancers[name] = deployment().load_balancers.size();
    }
    deployment().load_balancers.push_back(std::move(balancer_));
  }

 private:
  Deployment& deployment() { return *draft_.deployment; }
  const ProviderProfile& profile() const {
    return draft_.providers[draft_.deployment->vpcs[vpc_].provider];
  }

  void TakeKind() {
    const auto& kinds = profile().load_balancing.kinds;
    const auto known = std::find_if(kinds.begin(), kinds.end(), [&](const LoadBalancerKind& each) {
      return each.name == spec_.kind.value;
    });
    if (known != kinds.end()) {
      balancer_.kind = *known;
      return;
    }
    std::vector<std::string> names;
    for (const LoadBalancerKind& each : kinds) names.push_back(each.name);
    draft_.errors.Add(
        spec_.kind.path,
        profile().title + " has no load balancer of kind \"" + spec_.kind.value + "\"",
        AcceptedNames(spec_.kind.value, names));
  }

  void TakeNames() {
    const std::size_t index = deployment().load_balancers.size();
    const auto take = [&](const std::string& name, const std::string& path) {
      RegisterId(draft_, name, {NamedThing::Kind::kLoadBalancer, index, path});
      draft_.load_balancers.emplace(name, std::nullopt);
    };
    if (CheckId(draft_, spec_.name, path_)) take(spec_.name, path_);
    if (spec_.id && spec_.id->value != spec_.name) take(spec_.id->value, spec_.id->path);
  }

  // The subnet that holds its address.
  std::optional<std::size_t> TakeSubnets() {
    std::optional<std::size_t> first;
    for (const At<std::string>& name : spec_.subnets) {
      const auto subnet = ResolveSubnet(draft_, {name.value, name.path, vpc_});
      if (!subnet) continue;
      const std::string& zone = deployment().subnets[*subnet].zone;
      if (!first) first = subnet;
      if (std::find(balancer_.zones.begin(), balancer_.zones.end(), zone) !=
          balancer_.zones.end()) {
        draft_.errors.Add(
            name.path,
            "load balancer " + spec_.name + " is in two subnets of zone \"" + zone + "\"",
            "one subnet of each zone");
        continue;
      }
      balancer_.zones.push_back(zone);
    }
    return first;
  }

  std::vector<std::size_t> Named(const At<std::string>& name) {
    const bool is_address = ParseIpAddress(name.value).has_value();
    const auto where =
        balancer_.kind.geneve_options || !is_address ? std::nullopt : std::optional(vpc_);
    const Selection selection = ResolveEnis(draft_, {name.value, name.path, where});
    return selection.failed ? std::vector<std::size_t>() : OnePerHost(draft_, selection);
  }

  void TakeBackends() {
    for (const At<std::string>& name : spec_.backends) {
      for (const std::size_t eni : Named(name)) AddBackend(eni, name.path);
    }
    for (const At<std::string>& name : spec_.unhealthy) {
      for (const std::size_t eni : Named(name)) MarkUnhealthy(eni, name.path);
    }
  }

  void AddBackend(std::size_t eni, const std::string& path) {
    auto& backends = balancer_.backends;
    const bool again = std::any_of(backends.begin(), backends.end(),
                                   [&](const Backend& each) { return each.eni == eni; });
    if (again) {
      draft_.errors.Add(path, deployment().enis[eni].id + " is named twice", "each backend once");
      return;
    }
    // An endpoint leads to a load balancer in a VPC of its own.
    if (draft_.VpcOf(eni) != vpc_ && !balancer_.kind.geneve_options) {
      draft_.errors.Add(path,
                        deployment().enis[eni].id + " is in VPC " +
                            deployment().vpcs[draft_.VpcOf(eni)].name + ", load balancer " +
                            spec_.name + " in VPC " + deployment().vpcs[vpc_].name,
                        "backends in VPC " + deployment().vpcs[vpc_].name);
      return;
    }
    backends.push_back(
        {.eni = eni, .zone = deployment().subnets[deployment().enis[eni].subnet].zone});
  }

  void MarkUnhealthy(std::size_t eni, const std::string& path) {
    for (Backend& backend : balancer_.backends) {
      if (backend.eni != eni) continue;
      backend.healthy = false;
      return;
    }
    draft_.errors.Add(path, deployment().enis[eni].id + " is no backend of " + spec_.name,
                      "what backends names");
  }

  void TakeListener() {
    if (spec_.listener) {
      balancer_.listener = spec_.listener->listener;
      if (balancer_.listener && balancer_.listener->port == 0) {
        draft_.errors.Add(spec_.listener->path, "a listener on port 0", "a port from 1 to 65535");
      }
      return;
    }
    if (!balancer_.kind.needs_listener) return;
    const auto port = Encapsulation(profile().tunnel).destination_port();
    if (!port) return;
    balancer_.listener = Listener{.port = *port};
    draft_.assumptions.Default("load_balancer_listener", ToString(*balancer_.listener),
                               "A load balancer that does not say has a UDP listener on the port "
                               "that copies go to.",
                               kOurChoice);
  }

  void TakeBandwidth() {
    const LoadBalancerKind& kind = balancer_.kind;
    if (spec_.zone_bandwidth) {
      balancer_.zone_bandwidth = spec_.zone_bandwidth->value;
      if (spec_.zone_bandwidth->value.count() <= 0) {
        draft_.errors.Add(spec_.zone_bandwidth->path, "the bandwidth of a zone is not above zero",
                          "a bandwidth such as \"10 Gbps\"");
      }
      return;
    }
    balancer_.zone_bandwidth = kind.zone_bandwidth;
    if (!kind.zone_bandwidth || !kind.zone_bandwidth_most) return;
    draft_.assumptions.Default(
        "load_balancer_bandwidth", Gbps(*kind.zone_bandwidth),
        "Each zone of a " + kind.title + " passes the " + Gbps(*kind.zone_bandwidth) +
            " that it starts with; it grows to " + Gbps(*kind.zone_bandwidth_most) +
            ", in a time that is not documented.",
        kind.source);
  }

  static std::string Gbps(BitsPerSecond rate) {
    return std::to_string(rate.count() / 1'000'000'000) + " Gbps";
  }

  // Where no document gives one, what every backend takes.
  Bytes SettleMtu() {
    const LoadBalancerKind& kind = balancer_.kind;
    if (spec_.mtu) {
      const std::int64_t bytes = spec_.mtu->value.count();
      if (bytes < kSmallestMtu || bytes > kLargestMtu) {
        draft_.errors.Add(spec_.mtu->path, "an MTU of " + std::to_string(bytes) + " bytes",
                          "68 to 65535 bytes");
      }
      return spec_.mtu->value;
    }
    if (kind.mtu) return *kind.mtu;
    std::optional<Bytes> least;
    for (const Backend& backend : balancer_.backends) {
      const Bytes mtu = deployment().enis[backend.eni].mtu;
      if (!least || mtu < *least) least = mtu;
    }
    draft_.assumptions.Default("load_balancer_mtu", "backends",
                               "The MTU of a load balancer is the smallest of its backends'.",
                               "not documented");
    return least.value_or(Bytes(1500));
  }

  void AddEni(std::size_t subnet, AddressBook& addresses) {
    const std::size_t index = deployment().enis.size();
    balancer_.eni = index;
    Cvm cvm;
    cvm.id = cvm.host = balancer_.id;
    cvm.enis = {index};
    cvm.is_load_balancer = true;
    Eni eni;
    eni.id = balancer_.id;
    eni.cvm = deployment().cvms.size();
    eni.subnet = subnet;
    eni.mtu = SettleMtu();
    eni.load_balancer = deployment().load_balancers.size();
    deployment().cvms.push_back(std::move(cvm));
    draft_.costs.push_back(std::make_shared<const CpuCostTable>());  // it costs nobody anything
    deployment().enis.push_back(std::move(eni));
    if (!spec_.address) {
      addresses.Later(index, path_);
    } else if (spec_.address->value.is_v4()) {
      addresses.Reserve(index, spec_.address->value, spec_.address->path);
    } else {
      draft_.errors.Add(spec_.address->path,
                        "the address " + ToString(spec_.address->value) + " is not IPv4",
                        "an IPv4 address");
    }
  }

  Draft& draft_;
  const LoadBalancerSpec& spec_;
  std::size_t vpc_;
  const std::string& path_;
  LoadBalancer balancer_;
};

}  // namespace

void ExpandLoadBalancers(Draft& draft) {
  AddressBook addresses(draft);
  for (std::size_t vpc = 0; vpc < draft.scenario.vpcs.size(); ++vpc) {
    for (const LoadBalancerSpec& spec : draft.scenario.vpcs[vpc].load_balancers) {
      LoadBalancerExpander(draft, spec, vpc).Run(addresses);
    }
  }
  addresses.HandOut();
  AssignMacs(draft);
}

}  // namespace vpcmirror
