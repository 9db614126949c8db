// Tencent's CreateTrafficMirror bodies to mirrors on ENIs, by the rules of its
// API. What the API would answer is quoted by its error code.
#include <algorithm>
#include <set>
#include <stdexcept>

#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

// Tencent Cloud console, "Creating a traffic mirror": at most 60 characters.
constexpr std::size_t kLongestName = 60;

bool IsEniRange(const Selection& selection) {
  return selection.kind != Selection::Kind::kVpc && selection.kind != Selection::Kind::kSubnet;
}

struct Receiver {
  std::size_t eni;
  IpAddress address;
  std::string path;
};

class MirrorExpander {
 public:
  MirrorExpander(Draft& draft, std::size_t number)
      : draft_(draft), spec_(draft.scenario.mirrors[number]), number_(number) {}

  // What this mirror's sources name, to be compared with other mirrors'.
  struct Object {
    Selection::Kind kind;
    std::size_t index;
    std::string path;
    std::string text;
  };

  void Run() {
    ResolveVpc();
    ResolveSources();
    ResolveReceivers();
    CheckEnds();
    CheckRoutes();
    Place();
  }

  const std::vector<Object>& objects() const { return objects_; }
  const std::string& id() const { return id_; }

 private:
  const Deployment& deployment() const { return *draft_.deployment; }

  void Fail(const std::string& path, const std::string& message, const std::string& accepted) {
    failed_ = true;
    draft_.errors.Add(path, message, accepted);
  }

  void ResolveVpc() {
    id_ = spec_.name ? spec_.name->value : "mirror-" + std::to_string(number_ + 1);
    if (spec_.name && spec_.name->value.size() > kLongestName) {
      Fail(spec_.name->path, "a mirror's name of " + std::to_string(id_.size()) + " characters",
           "at most 60");
    }
    if (spec_.name && !CheckId(draft_, id_, spec_.name->path)) failed_ = true;
    if (!spec_.vpc_id) return;
    const auto vpc = draft_.vpcs.find(spec_.vpc_id->value);
    if (vpc != draft_.vpcs.end()) {
      vpc_ = vpc->second;
      return;
    }
    Fail(spec_.vpc_id->path, "there is no VPC \"" + spec_.vpc_id->value + "\"",
         AcceptedNames(spec_.vpc_id->value, NamesOf(draft_.vpcs)));
  }

  void ResolveSources() {
    if (spec_.collector_sources.empty()) {
      Fail(spec_.path, "a mirror without CollectorSrcs", "at least one source");
    }
    std::set<std::size_t> sources;
    for (const At<std::string>& name : spec_.collector_sources) {
      const Selection selection = ResolveEnis(draft_, {name.value, name.path, VpcHint(name)});
      failed_ = failed_ || selection.failed;
      if (selection.failed) continue;
      if (selection.enis.empty()) {
        Fail(name.path, "\"" + name.value + "\" holds no ENI", "a source with at least one ENI");
      }
      TakeSource(name, selection);
      sources.insert(selection.enis.begin(), selection.enis.end());
    }
    sources_.assign(sources.begin(), sources.end());
  }

  // Addresses and subnets are looked for in the mirror's VPC only if it has them,
  // so that one of another VPC is refused for that and not as unknown.
  std::optional<std::size_t> VpcHint(const At<std::string>& name) const {
    const auto address = ParseIpAddress(name.value);
    if (!vpc_) return std::nullopt;
    if (address && draft_.addresses[*vpc_].count(*address) == 0) return std::nullopt;
    if (name.value.rfind("subnet:", 0) == 0 &&
        draft_.names[*vpc_].subnets.count(name.value.substr(7)) == 0) {
      return std::nullopt;
    }
    return vpc_;
  }

  void TakeSource(const At<std::string>& name, const Selection& selection) {
    for (const std::size_t eni : selection.enis) {
      if (!vpc_) vpc_ = draft_.VpcOf(eni);
      if (draft_.VpcOf(eni) == *vpc_) continue;
      Fail(name.path,
           "InvalidParameterValue.ObjectVpcNotCurrentVpc: " + deployment().enis[eni].id +
               " is in VPC " + deployment().vpcs[draft_.VpcOf(eni)].name + ", the mirror in VPC " +
               deployment().vpcs[*vpc_].name,
           "sources of VPC " + deployment().vpcs[*vpc_].name);
      break;
    }
    if (!IsEniRange(selection)) {
      objects_.push_back({selection.kind, selection.index, name.path, name.value});
      return;
    }
    for (const std::size_t eni : selection.enis) {
      objects_.push_back({Selection::Kind::kEnis, eni, name.path, name.value});
      eni_range_.emplace(eni, name);
    }
  }

  void ResolveReceivers() {
    if (spec_.target_ips.empty()) {
      Fail(spec_.path, "a mirror without TargetIps", "at least one receiver");
    }
    for (const At<std::string>& name : spec_.target_ips) ResolveReceiver(name);
    std::set<IpAddress> seen;
    for (const Receiver& receiver : receivers_) {
      if (seen.insert(receiver.address).second) continue;
      Fail(receiver.path, "the receiver " + ToString(receiver.address) + " is named twice",
           "each receiver once");
    }
  }

  void ResolveReceiver(const At<std::string>& name) {
    const auto address = ParseIpAddress(name.value);
    if (address && !address->is_v4()) {
      Fail(name.path,
           "UnsupportedOperation.Ipv6NotSupport: the receiver " + name.value + " is IPv6",
           "an IPv4 address, a host or an ENI");
      return;
    }
    const Selection selection = ResolveEnis(draft_, {name.value, name.path, VpcHint(name)});
    failed_ = failed_ || selection.failed;
    if (selection.failed) return;
    if (!IsEniRange(selection)) {
      Fail(name.path, "\"" + name.value + "\" is a range, not a receiver",
           "a host, an ENI or an IPv4 address");
      return;
    }
    for (const std::size_t eni : OnePerHost(draft_, selection)) {
      const auto& addresses = deployment().enis[eni].addresses;
      if (addresses.empty()) {  // an error was given where the ENI is
        failed_ = true;
        continue;
      }
      receivers_.push_back({eni, selection.address.value_or(addresses.front()), name.path});
    }
  }

  void CheckEnds() {
    for (const Receiver& receiver : receivers_) {
      const std::string& eni = deployment().enis[receiver.eni].id;
      if (vpc_ && draft_.VpcOf(receiver.eni) != *vpc_) {
        Fail(receiver.path,
             "UnsupportedOperation.VpcMismatch: the receiver " + eni + " is in VPC " +
                 deployment().vpcs[draft_.VpcOf(receiver.eni)].name + ", the mirror in VPC " +
                 deployment().vpcs[*vpc_].name,
             "a receiver in VPC " + deployment().vpcs[*vpc_].name);
      }
      const auto source = eni_range_.find(receiver.eni);
      if (source == eni_range_.end()) continue;
      Fail(source->second.path,
           "UnsupportedOperation.TrafficMirrorNotSupportSameSrcTarget: " + eni +
               " is named as source by \"" + source->second.value + "\" and receives the copies",
           "sources without the receiver, or its subnet or VPC as source");
    }
  }

  // Once for each pair of subnet and receiver: an ENI's routes are its subnet's.
  void CheckRoutes() {
    if (failed_ || draft_.topology == nullptr) return;
    std::set<std::pair<std::size_t, std::size_t>> asked;
    for (const std::size_t source : sources_) {
      for (std::size_t i = 0; i < receivers_.size(); ++i) {
        if (source == receivers_[i].eni) continue;
        if (!asked.emplace(deployment().enis[source].subnet, i).second) continue;
        CheckRoute(source, receivers_[i]);
      }
    }
  }

  void CheckRoute(std::size_t source, const Receiver& receiver) {
    PathQuestion question;
    question.source_eni = source;
    question.flow.source = deployment().enis[source].addresses.front();
    question.flow.destination = receiver.address;
    question.source_security = false;
    question.target_security = false;
    const Path path = draft_.topology->Trace(question);
    if (path.stop == Stop::kNone && path.destination == receiver.eni) {
      if (path.next_hop.kind != NextHop::Kind::kCvm) return;
      Fail(receiver.path,
           "copies to " + ToString(receiver.address) +
               " would be routed through a CVM, which this version does not simulate",
           "a route to the receiver without a next-hop CVM");
      return;
    }
    const Subnet& subnet = deployment().subnets[deployment().enis[source].subnet];
    const std::string why = path.stop == Stop::kNone ? "its route leads to the outside"
                                                     : std::string(ToString(path.stop));
    Fail(receiver.path,
         "no route from subnet " + subnet.name + " to the receiver " +
             deployment().enis[receiver.eni].id + " " + ToString(receiver.address) + ": " + why,
         "a route to the receiver in route table " +
             deployment().route_tables[subnet.route_table].id);
  }

  Filter FilterOf() {
    if (spec_.nat_id && !spec_.conditions.empty()) {
      Fail(spec_.nat_id->path, "InvalidParameter.Coexist: NatId beside CollectorNormalFilters",
           "one of the two");
    }
    if (spec_.nat_id) return NatFilter(*spec_.nat_id);
    std::vector<Condition> conditions;
    for (const ConditionSpec& each : spec_.conditions) {
      CheckPorts(each.path + "/SrcPort", each.condition.source_ports);
      CheckPorts(each.path + "/DstPort", each.condition.destination_ports);
      conditions.push_back(each.condition);
    }
    return Filter::AllOf(std::move(conditions));
  }

  Filter NatFilter(const At<std::string>& name) {
    std::vector<std::string> known;
    for (std::size_t vpc = 0; vpc < draft_.names.size(); ++vpc) {
      if (vpc_ && vpc != *vpc_) continue;
      for (const auto& [gateway, next_hop] : draft_.names[vpc].gateways) {
        if (next_hop.kind != NextHop::Kind::kNatGateway) continue;
        if (gateway == name.value) return Filter::NextHopIsNatGateway(next_hop.gateway);
        known.push_back(gateway);
      }
    }
    Fail(name.path, "there is no NAT gateway \"" + name.value + "\" in the mirror's VPC",
         AcceptedNames(name.value, known));
    return {};
  }

  void CheckPorts(const std::string& path, const PortRange& ports) {
    if (ports.first <= ports.last) return;
    Fail(path,
         "the port range " + std::to_string(ports.first) + "-" + std::to_string(ports.last) +
             " runs backwards",
         "the smaller port first");
  }

  template <class T>
  T Choice(const std::optional<At<T>>& given, T by_default, const char* name,
           const std::string& value, const std::string& text) {
    if (given) return given->value;
    draft_.assumptions.Default(name, value, text, "the API's example leaves it out");
    return by_default;
  }

  // A profile that lists its choice as an assumption says it in its own words.
  ReceiverChoice DefaultChoice(const ProviderProfile& profile) {
    const auto& listed = profile.assumptions;
    const bool said = std::any_of(listed.begin(), listed.end(), [](const Assumption& each) {
      return each.name == "default_alg_hash";
    });
    const bool by_eni = profile.default_choice == ReceiverChoice::kBySourceEni;
    const std::string choice = by_eni ? "ENI" : "FIVE_TUPLE_FLOW";
    if (!said) {
      draft_.assumptions.Default("default_alg_hash", choice,
                                 "A mirror without AlgHash spreads copies by " + choice + ".",
                                 "the API's example leaves it out");
    }
    return profile.default_choice;
  }

  void Settle() {
    const ProviderProfile& profile = draft_.providers[deployment().vpcs[*vpc_].provider];
    settings_.id = id_;
    settings_.state = Choice(spec_.state, MirrorState::kRunning, "mirror_state", "RUNNING",
                             "A mirror without State is RUNNING.");
    settings_.directions = Choice(spec_.direction, DirectionSet::kAll, "mirror_direction", "ALL",
                                  "A mirror without Direction collects ALL.");
    settings_.choice = spec_.choice ? spec_.choice->value : DefaultChoice(profile);
    settings_.hash_symmetry = profile.hash_symmetry;
    settings_.tunnel = profile.tunnel;
    settings_.mtu_policy = profile.mtu_policy;
  }

  void Place() {
    Filter filter = FilterOf();
    if (failed_ || !vpc_ || sources_.empty() || receivers_.empty()) return;
    Settle();
    settings_.filter = std::move(filter);
    PlacedMirror placed;
    placed.vpc = *vpc_;
    placed.sources = sources_;
    for (const Receiver& receiver : receivers_) {
      settings_.receivers.push_back(
          ReceiverAddress{receiver.address, deployment().enis[receiver.eni].mtu});
      placed.receiver_enis.push_back(receiver.eni);
      GiveProfile(receiver.eni);
    }
    try {
      placed.mirror = std::make_shared<const Mirror>(settings_);
    } catch (const std::invalid_argument& refusal) {
      Fail(spec_.path, std::string("this mirror cannot be: ") + refusal.what(),
           "other settings for mirror " + id_);
      return;
    }
    draft_.mirrors.push_back(std::move(placed));
  }

  void GiveProfile(std::size_t eni) {
    Cvm& cvm = draft_.deployment->cvms[deployment().enis[eni].cvm];
    if (!cvm.receiver) {
      const auto generic = draft_.library.receivers.find("generic");
      if (generic == draft_.library.receivers.end()) return;
      cvm.receiver = generic->second;
      draft_.assumptions.Default(
          "receiver", "generic",
          "Host " + cvm.host + " receives copies and names no receiver profile.",
          generic->second.source);
    }
    if (!cvm.limits.vcpus && (cvm.receiver->bandwidth_per_vcpu || cvm.receiver->packets_per_vcpu)) {
      draft_.assumptions.Default("receiver_vcpus", "not limited",
                                 "The number of vCPUs of receiver " + cvm.host +
                                     " is not known, so its software is not limited.",
                                 "the scenario gives none");
    }
  }

  Draft& draft_;
  const TencentMirrorSpec& spec_;
  std::size_t number_;
  std::string id_;
  std::optional<std::size_t> vpc_;
  std::vector<std::size_t> sources_;                  // ascending
  std::map<std::size_t, At<std::string>> eni_range_;  // sources named as ENIs, by what
  std::vector<Object> objects_;
  std::vector<Receiver> receivers_;
  MirrorSettings settings_;
  bool failed_ = false;
};

// Objects of earlier mirrors, to find the one that is named again.
class Objects {
 public:
  void Check(Draft& draft, const MirrorExpander& mirror) {
    std::map<Key, std::string> fresh;
    std::set<std::string> complained;  // once for a selector, not for each of its ENIs
    for (const auto& object : mirror.objects()) {
      const Key key{object.kind, object.index};
      const auto other = used_.find(key);
      if (other != used_.end() && complained.insert(object.path).second) {
        draft.errors.Add(object.path,
                         "InvalidParameterValue.ObjectUseInTrafficMirror: " + NameOf(draft, key) +
                             " is already collected by mirror " + other->second,
                         "an object that no other mirror names");
      }
      fresh.emplace(key, mirror.id());
    }
    used_.insert(fresh.begin(), fresh.end());
  }

 private:
  using Key = std::pair<Selection::Kind, std::size_t>;

  static std::string NameOf(const Draft& draft, const Key& key) {
    const Deployment& deployment = *draft.deployment;
    if (key.first == Selection::Kind::kVpc) return "VPC " + deployment.vpcs[key.second].name;
    if (key.first == Selection::Kind::kSubnet) {
      return "subnet " + deployment.subnets[key.second].name;
    }
    return deployment.enis[key.second].id;
  }

  std::map<Key, std::string> used_;  // by which mirror
};

void NoteOverlap(Draft& draft) {
  std::map<std::size_t, std::string> watched;  // ENI to mirror
  for (const PlacedMirror& placed : draft.mirrors) {
    const std::string& id = placed.mirror->settings().id;
    for (const std::size_t eni : placed.sources) {
      const auto [at, fresh] = watched.emplace(eni, id);
      if (fresh) continue;
      draft.assumptions.Default(
          "range_overlap", "each mirror copies",
          "Mirrors " + at->second + " and " + id +
              " watch the same ENI through different ranges; each makes its copy.",
          "not documented: Tencent refuses only an object that is named in two mirrors");
      break;
    }
  }
}

}  // namespace

void ExpandMirrors(Draft& draft) {
  Objects objects;
  std::set<std::string> ids;
  for (std::size_t i = 0; i < draft.scenario.mirrors.size(); ++i) {
    MirrorExpander mirror(draft, i);
    mirror.Run();
    objects.Check(draft, mirror);
    if (!ids.insert(mirror.id()).second) {
      const TencentMirrorSpec& spec = draft.scenario.mirrors[i];
      draft.errors.Add(spec.name ? spec.name->path : spec.path,
                       "two mirrors are called \"" + mirror.id() + "\"", "a name of its own");
    }
  }
  NoteOverlap(draft);
}

}  // namespace vpcmirror
