#include "models/scenario/plan_faults.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "models/scenario/flows.h"
#include "models/scenario/nearest.h"
#include "models/scenario/plan_host.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

std::string FactorText(double factor) {
  std::string text = std::to_string(factor);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return "x" + text;
}

// The first end of the workload's flows that is one of these ENIs.
std::optional<std::size_t> EniAmong(const Workload& workload, const std::set<std::size_t>& enis) {
  const auto among = [&](const Endpoint& a, const Endpoint& b) -> std::optional<std::size_t> {
    if (a.eni && enis.count(*a.eni) != 0) return a.eni;
    return b.eni && enis.count(*b.eni) != 0 ? b.eni : std::nullopt;
  };
  for (const Stream& each : workload.streams) {
    if (const auto eni = among(each.from, each.to)) return eni;
  }
  for (const RequestStream& each : workload.requests) {
    if (const auto eni = among(each.client, each.server)) return eni;
  }
  for (const TcpStream& each : workload.tcp_streams) {
    if (const auto eni = among(each.client, each.server)) return eni;
  }
  return std::nullopt;
}

// The longest IP packet of its frames, or of its TCP segments.
Bytes LongestPacket(const Workload& workload) {
  constexpr Bytes kEthernetHeader{14};
  constexpr Bytes kTcpHeaders{20 + 20 + 12};  // IPv4 and TCP with timestamps
  if (workload.tcp) return workload.tcp->segment + kTcpHeaders;
  Bytes longest{};
  for (const FrameSize& size : workload.sizes) {
    longest = std::max({longest, size.frame, size.geometric_up_to});
  }
  if (workload.requests.empty()) return longest - kEthernetHeader;
  longest = Bytes(0);
  for (const RequestStream& each : workload.requests) {
    longest = std::max({longest, each.request, std::min(each.response, kLongestResponseFrame)});
  }
  return longest - kEthernetHeader;
}

}  // namespace

bool Faults::Claims(const Moment& moment, const std::string& of, const std::string& value) {
  const auto [known, fresh] = claims_.try_emplace({moment.at, of}, Claim{value, moment.path});
  if (fresh || known->second.value == value) return true;
  draft_.errors.Add(moment.path,
                    of + ": " + value + " at the moment in which " + known->second.path + " says " +
                        known->second.value,
                    "one of the two, or another time");
  return false;
}

std::vector<std::size_t> Faults::EnisNamed(const At<std::string>& name) {
  const Selection selection = ResolveEnis(draft_, {name.value, name.path, std::nullopt});
  if (!selection.failed && selection.enis.empty()) {
    draft_.errors.Add(name.path, "\"" + name.value + "\" holds no ENI",
                      "a name with at least one ENI");
  }
  return selection.enis;
}

std::vector<std::size_t> Faults::CvmsNamed(const At<std::string>& name) {
  std::vector<std::size_t> cvms;
  for (const std::size_t eni : EnisNamed(name)) {
    const std::size_t cvm = draft_.deployment->enis[eni].cvm;
    if (std::find(cvms.begin(), cvms.end(), cvm) == cvms.end()) cvms.push_back(cvm);
  }
  return cvms;
}

std::vector<Change> Faults::Plan(const ReceiverFaultSpec& fault, const Moment& moment) {
  using Kind = ReceiverFaultSpec::Kind;
  std::vector<Change> changes;
  for (const std::size_t cvm : CvmsNamed(fault.receiver)) {
    const std::string& id = draft_.deployment->cvms[cvm].id;
    const ReceiverChange before =
        receivers_.try_emplace(cvm, ReceiverChange{.cvm = cvm}).first->second;
    failed_paths_.try_emplace(cvm, fault.receiver.path);
    ReceiverChange after = before;
    after.is_up = fault.kind == Kind::kSlow ? before.is_up : fault.kind == Kind::kUp;
    after.speed = fault.kind == Kind::kSlow ? fault.factor->value : 1;
    const std::string value = fault.kind == Kind::kDown ? "down"
                              : fault.kind == Kind::kUp ? "up"
                                                        : "slow by " + FactorText(after.speed);
    if (!Claims(moment, "receiver " + id, value)) continue;
    const bool is_up_already = fault.kind == Kind::kUp && before.is_up && before.speed == 1;
    if ((fault.kind == Kind::kDown && !before.is_up) || is_up_already) {
      draft_.errors.Add(moment.path, "receiver " + id + " is " + value + " already",
                        "a change of its state");
      continue;
    }
    if (fault.kind == Kind::kSlow && !before.is_up) {
      draft_.errors.Add(moment.path, "receiver " + id + " is down, and cannot be slow",
                        "receiver_up first");
      continue;
    }
    receivers_[cvm] = after;
    changes.emplace_back(after);
    if (!after.is_up) AssumeUnseen();
    if (before.is_up != after.is_up) NoteHealth(cvm, moment.at, after.is_up);
  }
  return changes;
}

void Faults::AssumeUnseen() {
  draft_.assumptions.Default(
      "receiver_down", "unseen",
      "A source does not notice that a receiver is down: it goes on sending copies.",
      "not documented; nobody acknowledges a copy");
}

// A state that ends before the checks have found it out is never found out.
void Faults::NoteHealth(std::size_t cvm, Picoseconds now, bool is_up) {
  const Deployment& deployment = *draft_.deployment;
  for (std::size_t i = 0; i < deployment.load_balancers.size(); ++i) {
    const LoadBalancer& balancer = deployment.load_balancers[i];
    const auto& found_out_after =
        is_up ? balancer.kind.healthy_after : balancer.kind.unhealthy_after;
    for (std::size_t k = 0; k < balancer.backends.size(); ++k) {
      if (deployment.enis[balancer.backends[k].eni].cvm != cvm) continue;
      std::erase_if(health_, [&](const auto& each) {
        return each.first.first > now && each.second.load_balancer == i && each.second.backend == k;
      });
      if (!found_out_after || !balancer.backends[k].healthy) continue;
      if (IsFoundHealthy(i, k) == is_up) continue;
      health_.emplace(std::pair{now + *found_out_after, next_health_++}, HealthChange{i, k, is_up});
    }
  }
}

bool Faults::IsFoundHealthy(std::size_t load_balancer, std::size_t backend) const {
  bool is_healthy = true;
  for (const auto& [key, found] : health_) {
    if (found.load_balancer == load_balancer && found.backend == backend) {
      is_healthy = found.is_healthy;
    }
  }
  return is_healthy;
}

std::vector<TimelineEvent> Faults::HealthEvents() const {
  std::vector<TimelineEvent> events;
  for (const auto& [key, change] : health_) {
    if (key.first >= draft_.duration) continue;
    const LoadBalancer& balancer = draft_.deployment->load_balancers[change.load_balancer];
    const std::string& eni = draft_.deployment->enis[balancer.backends[change.backend].eni].id;
    events.push_back({{.at = key.first,
                       .what = change.is_healthy ? "backend_healthy" : "backend_unhealthy",
                       .subject = eni,
                       .detail = "as the health checks of " + balancer.id + " find"},
                      {change}});
  }
  return events;
}

void Faults::CheckReceivers(const std::set<std::size_t>& receivers) {
  std::set<std::size_t> cvms;
  std::vector<std::string> names;
  for (const std::size_t eni : receivers) {
    const std::size_t cvm = draft_.deployment->enis[eni].cvm;
    if (cvms.insert(cvm).second) names.push_back(draft_.deployment->cvms[cvm].id);
  }
  for (const auto& [cvm, path] : failed_paths_) {
    if (cvms.count(cvm) != 0) continue;
    const std::string& id = draft_.deployment->cvms[cvm].id;
    draft_.errors.Add(path, id + " receives no copies at any time", AcceptedNames(id, names));
  }
}

std::vector<Change> Faults::Plan(const ScaleSpec& fault, const Moment& moment) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < draft_.workloads.size(); ++i) {
    const Workload& workload = draft_.workloads[i];
    names.push_back(workload.name);
    if (workload.name != fault.workload.value) continue;
    if (!workload.replays.empty() || workload.tcp) {
      draft_.errors.Add(fault.workload.path,
                        workload.tcp ? "TCP has the pace that the network lets it"
                                     : "a replay has the pace of its capture",
                        "a workload with a rate");
      return {};
    }
    if (!Claims(moment, "scale of " + workload.name, FactorText(fault.factor.value))) return {};
    return {ScaleChange{i, fault.factor.value}};
  }
  const auto& written = draft_.scenario.workloads;
  const bool has_error = std::any_of(written.begin(), written.end(), [&](const auto& each) {
    return each.name == fault.workload.value;
  });
  if (!has_error) {
    draft_.errors.Add(fault.workload.path, "there is no workload \"" + fault.workload.value + "\"",
                      AcceptedNames(fault.workload.value, names));
  }
  return {};
}

void Faults::NoteFirstAttachments(const std::vector<const TimelineSpec*>& in_order) {
  for (const TimelineSpec* spec : in_order) {
    const auto* attachment = std::get_if<AttachmentSpec>(&spec->action);
    if (attachment == nullptr) continue;
    for (const std::size_t eni : EnisNamed(attachment->enis)) {
      attached_.try_emplace(eni, !attachment->is_attached);
    }
  }
  for (const auto& [eni, is_attached] : attached_) {
    if (!is_attached) draft_.detached.push_back(eni);
  }
}

std::vector<Change> Faults::Plan(const AttachmentSpec& fault, const Moment& moment) {
  std::vector<Change> changes;
  for (const std::size_t eni : EnisNamed(fault.enis)) {
    const std::string& id = draft_.deployment->enis[eni].id;
    const std::string value = fault.is_attached ? "attached" : "detached";
    if (!Claims(moment, "ENI " + id, value)) continue;
    if (attached_[eni] == fault.is_attached) {
      draft_.errors.Add(moment.path, id + " is " + value + " already", "a change of its state");
      continue;
    }
    attached_[eni] = fault.is_attached;
    changes.emplace_back(AttachmentChange{eni, fault.is_attached});
    const auto replays_at_it = [&](const Workload& workload) {
      return std::any_of(workload.replays.begin(), workload.replays.end(),
                         [&](const Replay& replay) { return replay.eni == eni; });
    };
    if (std::any_of(draft_.workloads.begin(), draft_.workloads.end(), replays_at_it)) {
      draft_.errors.Add(fault.enis.path, "a capture is replayed at " + id,
                        "an ENI without a replay");
    }
  }
  return changes;
}

std::vector<Change> Faults::Plan(const SettingsChangeSpec& fault, const Moment& moment) {
  std::vector<Change> changes;
  if (fault.bandwidth) ChangeBandwidth(fault, moment, changes);
  if (fault.mtu) ChangeMtu(fault, moment, changes);
  if (fault.security_groups) ChangeGroups(fault, moment, changes);
  if (fault.route_table) ChangeRoutes(fault, moment, changes);
  return changes;
}

void Faults::ChangeBandwidth(const SettingsChangeSpec& fault, const Moment& moment,
                             std::vector<Change>& changes) {
  for (const std::size_t cvm : CvmsNamed(fault.of)) {
    const BitsPerSecond bandwidth = fault.bandwidth->value;
    const Cvm& host = draft_.deployment->cvms[cvm];
    const std::string value = std::to_string(bandwidth.count()) + " bps";
    if (!Claims(moment, "bandwidth of " + host.id, value)) continue;
    Limits limits = host.limits;
    limits.bandwidth = bandwidth;
    for (const auto& wrong :
         {QueueTimeFault(limits, host.queue.frames), BurstFault(limits), PeakFault(limits)}) {
      if (!wrong) continue;
      draft_.errors.Add(fault.bandwidth->path,
                        "with this bandwidth of " + host.id + ": " + wrong->message,
                        wrong->accepted);
      return;
    }
    draft_.deployment->cvms[cvm].limits.bandwidth = bandwidth;
    changes.emplace_back(BandwidthChange{cvm, bandwidth});
  }
}

void Faults::ChangeMtu(const SettingsChangeSpec& fault, const Moment& moment,
                       std::vector<Change>& changes) {
  const std::int64_t mtu = fault.mtu->value.count();
  if (mtu < kSmallestMtu || mtu > kLargestMtu) {
    draft_.errors.Add(
        fault.mtu->path, "an MTU of " + std::to_string(mtu) + " B",
        "from " + std::to_string(kSmallestMtu) + " B to " + std::to_string(kLargestMtu) + " B");
    return;
  }
  std::set<std::size_t> changed;
  const std::vector<std::size_t> named = EnisNamed(fault.of);
  CheckFramesFit(*fault.mtu, {named.begin(), named.end()});
  for (const std::size_t eni : named) {
    Eni& changed_eni = draft_.deployment->enis[eni];
    if (!Claims(moment, "MTU of " + changed_eni.id, std::to_string(mtu) + " B")) continue;
    changed_eni.mtu = fault.mtu->value;
    changes.emplace_back(MtuChange{eni, fault.mtu->value});
    changed.insert(eni);
  }
  for (MirrorChange& change : mirrors_.Resettle(changed)) changes.emplace_back(std::move(change));
}

void Faults::CheckFramesFit(const At<Bytes>& mtu, const std::set<std::size_t>& enis) {
  for (const Workload& workload : draft_.workloads) {
    const auto at = EniAmong(workload, enis);
    if (!at) continue;
    const std::int64_t packet = LongestPacket(workload).count();
    if (packet <= mtu.value.count()) continue;
    draft_.errors.Add(mtu.path,
                      "workload " + workload.name + " has packets of " + std::to_string(packet) +
                          " bytes at " + draft_.deployment->enis[*at].id +
                          ", which do not fit an MTU of " + std::to_string(mtu.value.count()) +
                          " B",
                      "at least " + std::to_string(packet) + " B, or smaller frames");
  }
}

void Faults::ChangeGroups(const SettingsChangeSpec& fault, const Moment& moment,
                          std::vector<Change>& changes) {
  for (const std::size_t eni : EnisNamed(fault.of)) {
    const std::size_t vpc = draft_.VpcOf(eni);
    std::vector<std::size_t> groups = ResolveSecurityGroups(draft_, vpc, *fault.security_groups);
    std::string names;
    for (const At<std::string>& name : *fault.security_groups) {
      names += (names.empty() ? "" : ", ") + name.value;
    }
    if (!Claims(moment, "security groups of " + draft_.deployment->enis[eni].id, names)) continue;
    changes.emplace_back(SecurityChange{eni, std::move(groups)});
  }
}

void Faults::ChangeRoutes(const SettingsChangeSpec& fault, const Moment& moment,
                          std::vector<Change>& changes) {
  constexpr std::string_view kPrefix = "subnet:";
  const std::string text = fault.of.value.rfind(kPrefix, 0) == 0
                               ? fault.of.value.substr(kPrefix.size())
                               : fault.of.value;
  const auto subnet = ResolveSubnet(draft_, {text, fault.of.path, std::nullopt});
  if (!subnet) return;
  const auto& known = draft_.names[draft_.deployment->subnets[*subnet].vpc].route_tables;
  const auto table = known.find(fault.route_table->value);
  if (table == known.end()) {
    draft_.errors.Add(fault.route_table->path,
                      "there is no route table \"" + fault.route_table->value + "\"",
                      AcceptedNames(fault.route_table->value, NamesOf(known)));
    return;
  }
  if (!Claims(moment, "route table of " + draft_.deployment->subnets[*subnet].id,
              fault.route_table->value))
    return;
  draft_.deployment->subnets[*subnet].route_table = table->second;
  std::vector<std::size_t> tables;
  for (const Subnet& each : draft_.deployment->subnets) tables.push_back(each.route_table);
  RouteChange& change = routes_[tables];
  if (!change.topology) {
    change.deployment = std::make_shared<const Deployment>(*draft_.deployment);
    change.topology = std::make_shared<const Topology>(*change.deployment);
  }
  changes.emplace_back(change);
}

}  // namespace vpcmirror
