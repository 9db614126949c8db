// The limits, receiver, queue and ENIs that a host's settings ask for.
#include "models/scenario/plan_host.h"

#include <limits>
#include <string>

#include "models/scenario/nearest.h"
#include "models/scenario/selectors.h"

namespace vpcmirror {
namespace {

constexpr std::int64_t kDefaultMtu = 1500;
constexpr int kDefaultQueueFrames = 1000;

constexpr double kLongestDays = 5;  // RateSettings::burst
constexpr double kSecondsADay = 86'400;

// Of a host's timer: far beyond any, and harmless to add to a time.
constexpr Picoseconds kLongestDelay{kPicosecondsPerSecond};

// More than any machine has, and within what the models can count.
constexpr std::int64_t MostOf(const BitsPerSecond&) { return 1'000'000'000'000'000; }
constexpr std::int64_t MostOf(const PacketsPerSecond&) { return 1'000'000'000'000; }
constexpr std::int64_t MostOf(const Bytes&) { return std::int64_t{1} << 50; }
constexpr std::int64_t MostOf(int) { return std::numeric_limits<int>::max(); }

std::int64_t CountOf(int value) { return value; }
template <class Unit>
std::int64_t CountOf(Quantity<Unit> value) {
  return value.count();
}

// Reads the settings of a host, or of a member with an override.
class HostPlanner {
 public:
  HostPlanner(Draft& draft, const HostSpec& host, const HostSettings& settings)
      : draft_(draft), host_(host), settings_(settings) {}

  // Empty when the host has an error.
  std::optional<CvmPlan> Run() {
    const std::size_t errors_before = draft_.errors.all().size();
    CvmPlan plan;
    PlanLimits(plan);
    PlanReceiver(plan);
    PlanWorkers(plan);
    PlanQueue(plan);
    PlanEnis(plan);
    if (draft_.errors.all().size() != errors_before) return std::nullopt;
    SettleLimitModel(plan);
    SettleFlowLimit(plan);
    plan.costs =
        SettleCosts(draft_, settings_.costs ? &*settings_.costs : nullptr, ProfileOf(plan));
    if (draft_.errors.all().size() != errors_before) return std::nullopt;
    return plan;
  }

 private:
  template <class T>
  void Take(const std::optional<At<T>>& given, std::optional<T>& into, const char* what) {
    if (!given) return;
    if (CountOf(given->value) <= 0) {
      draft_.errors.Add(given->path, std::string("the ") + what + " is not above zero",
                        "a positive value");
    } else if (CountOf(given->value) > MostOf(given->value)) {
      draft_.errors.Add(given->path, std::string("the ") + what + " is more than there is",
                        "at most 1000 Tbps, 1000 Gpps or 1024 TiB");
    }
    into = given->value;
  }

  void PlanLimits(CvmPlan& plan) {
    if (settings_.type) TakeType(plan, *settings_.type);
    Take(settings_.bandwidth, plan.limits.bandwidth, "bandwidth");
    Take(settings_.packet_rate, plan.limits.packet_rate, "packet rate");
    Take(settings_.vcpus, plan.limits.vcpus, "number of vCPUs");
    Take(settings_.memory, plan.limits.memory, "memory");
    Take(settings_.peak_bandwidth, plan.limits.peak_bandwidth, "peak bandwidth");
    Take(settings_.flow_bandwidth, plan.limits.flow_bandwidth, "bandwidth of a flow");
    if (settings_.burst) TakeBurst(plan.limits, *settings_.burst);
    CheckPeak(plan.limits);
    if (settings_.limit_model) plan.limits.model = settings_.limit_model->value;
    NoteLimits(plan.limits);
  }

  // A bucket without a rate to fill it, and a peak below what it falls back to,
  // cannot be.
  void TakeBurst(Limits& limits, const At<Bytes>& burst) {
    limits.burst = burst.value;
    if (burst.value < Bytes(0) || burst.value.count() > MostOf(burst.value)) {
      draft_.errors.Add(burst.path, "a burst out of range", "0 B to 1024 TiB");
    } else if (!limits.bandwidth) {
      draft_.errors.Add(burst.path, "a burst without a bandwidth that fills it again",
                        "`bandwidth` beside it, or a type that has one");
    } else if (const auto fault = BurstFault(limits)) {
      draft_.errors.Add(burst.path, fault->message, fault->accepted);
    }
  }

  void CheckPeak(const Limits& limits) {
    if (!settings_.peak_bandwidth || !limits.bandwidth) return;
    if (const auto fault = PeakFault(limits)) {
      draft_.errors.Add(settings_.peak_bandwidth->path, fault->message, fault->accepted);
    } else if (limits.burst == Bytes(0)) {
      draft_.errors.Add(settings_.peak_bandwidth->path,
                        "a peak without a burst, which says how long it lasts",
                        "`burst` beside it");
    }
  }

  void TakeType(CvmPlan& plan, const At<std::string>& name) {
    const auto& types = draft_.library.instance_types;
    const auto type = types.find(name.value);
    if (type == types.end()) {
      draft_.errors.Add(name.path, "there is no instance type \"" + name.value + "\"",
                        AcceptedNames(name.value, NamesOf(types)));
      return;
    }
    plan.type = name.value;
    plan.limits = type->second.limits;
    const int most = type->second.max_enis.value_or(0);
    if (most > 0 && settings_.enis.size() > static_cast<std::size_t>(most)) {
      draft_.errors.Add(
          host_.path + "/enis",
          std::to_string(settings_.enis.size()) + " ENIs are more than " + name.value + " can have",
          "at most " + std::to_string(most));
    }
  }

  void NoteLimits(const Limits& limits) {
    const bool by_hand = settings_.bandwidth || settings_.packet_rate;
    if (!settings_.type && !by_hand) {
      draft_.assumptions.Default(
          "limits", "not limited",
          "Host " + host_.name + " has neither a type nor limits: nothing limits it.",
          "the scenario gives none");
      return;
    }
    const std::string of = settings_.type ? settings_.type->value : "host " + host_.name;
    const std::string source =
        settings_.type ? "the catalogue gives none" : "the scenario gives none";
    if (!limits.bandwidth) {
      draft_.assumptions.Default("bandwidth", "not limited",
                                 "The bandwidth of " + of + " is not known and not limited.",
                                 source);
    }
    if (!limits.packet_rate) {
      draft_.assumptions.Default("packet_rate", "not limited",
                                 "The packet rate of " + of + " is not known and not limited.",
                                 source);
    }
  }

  const ProviderProfile& ProfileOf(const CvmPlan& plan) const {
    const Deployment& deployment = *draft_.deployment;
    const Vpc& vpc = deployment.vpcs[deployment.subnets[plan.enis.front().subnet].vpc];
    return draft_.providers[vpc.provider];
  }

  void SettleFlowLimit(CvmPlan& plan) {
    if (!plan.limits.flow_bandwidth) plan.limits.flow_bandwidth = ProfileOf(plan).flow_bandwidth;
    if (!plan.limits.flow_bandwidth) return;
    draft_.assumptions.Default(
        "flow_burst", "1 ms",
        "A flow may be ahead of its limit by what that passes in 1 ms, and by two of the largest "
        "frames at least; copies of it by half as much.",
        kOurChoice);
  }

  // Limits given by hand are counted as the host's cloud counts.
  void SettleLimitModel(CvmPlan& plan) {
    if (settings_.type || settings_.limit_model) return;
    const ProviderProfile& profile = ProfileOf(plan);
    plan.limits.model = profile.limit_model;
    const bool combined = plan.limits.model == LimitModel::kCombined;
    draft_.assumptions.Default(
        "limit_model", std::string(ToString(plan.limits.model)),
        combined ? "Limits given by hand hold for in and out together."
                 : "Limits given by hand hold for in and for out, each on its own.",
        "as the instance catalogue of " + profile.title + " counts them");
  }

  void PlanReceiver(CvmPlan& plan) {
    if (!settings_.receiver) return;
    const auto& profiles = draft_.library.receivers;
    const auto profile = profiles.find(settings_.receiver->value);
    if (profile == profiles.end()) {
      draft_.errors.Add(settings_.receiver->path,
                        "there is no receiver profile \"" + settings_.receiver->value + "\"",
                        AcceptedNames(settings_.receiver->value, NamesOf(profiles)));
      return;
    }
    plan.receiver = profile->second;
  }

  void PlanWorkers(CvmPlan& plan) {
    std::optional<int> workers;
    Take(settings_.workers, workers, "number of workers");
    Take(settings_.ring_bytes, plan.ring_bytes, "ring");
    plan.workers = workers.value_or(plan.limits.vcpus.value_or(1));
    plan.workers_given = workers.has_value();
  }

  void PlanQueue(CvmPlan& plan) {
    std::optional<int> frames;
    Take(settings_.queue_frames, frames, "egress queue");
    Take(settings_.queue_bytes, plan.queue.bytes, "egress queue");
    if (settings_.timer_delay) {
      plan.timer_delay = settings_.timer_delay->value;
      if (plan.timer_delay < Picoseconds(0) || plan.timer_delay > kLongestDelay) {
        draft_.errors.Add(settings_.timer_delay->path, "a timer's delay out of range",
                          "0 s to 1 s, such as \"20 us\"");
      }
    }
    plan.queue.frames = frames.value_or(kDefaultQueueFrames);
    CheckQueueTime(plan);
    if (frames) return;
    draft_.assumptions.Default("queue_frames", std::to_string(kDefaultQueueFrames),
                               "The egress queue of a CVM holds 1000 frames where none is given.",
                               "Linux: default txqueuelen of Ethernet devices");
  }

  void CheckQueueTime(const CvmPlan& plan) {
    const auto fault = QueueTimeFault(plan.limits, plan.queue.frames);
    if (!fault) return;
    draft_.errors.Add(settings_.bandwidth ? settings_.bandwidth->path : host_.path, fault->message,
                      fault->accepted);
  }

  void PlanEnis(CvmPlan& plan) {
    if (settings_.enis.empty()) {
      AddEni(plan, nullptr);
      return;
    }
    for (const EniSpec& spec : settings_.enis) AddEni(plan, &spec);
  }

  void AddEni(CvmPlan& plan, const EniSpec* spec) {
    const auto subnet = SubnetOf(spec);
    if (!subnet) return;
    EniPlan eni;
    eni.spec = spec;
    eni.subnet = *subnet;
    eni.mtu = MtuOf(spec);
    eni.security_groups = GroupsOf(spec, draft_.deployment->subnets[*subnet].vpc);
    plan.enis.push_back(std::move(eni));
  }

  std::optional<std::size_t> SubnetOf(const EniSpec* spec) {
    const auto& named = spec != nullptr && spec->subnet ? spec->subnet : settings_.subnet;
    if (named) return ResolveSubnet(draft_, {named->value, named->path, std::nullopt});
    const auto& subnets = draft_.deployment->subnets;
    if (subnets.size() == 1) return 0;
    std::vector<std::size_t> holding;
    std::string names;
    for (std::size_t i = 0; i < subnets.size(); ++i) {
      names += (names.empty() ? "\"" : ", \"") + subnets[i].name + "\"";
      if (spec != nullptr && spec->address && subnets[i].cidr.Contains(spec->address->value)) {
        holding.push_back(i);
      }
    }
    if (holding.size() == 1) return holding.front();
    draft_.errors.Add(spec != nullptr ? spec->path : host_.path,
                      "host " + host_.name + " names no subnet, and there are several",
                      "a subnet: " + names);
    return std::nullopt;
  }

  Bytes MtuOf(const EniSpec* spec) {
    const auto& given = spec != nullptr && spec->mtu ? spec->mtu : settings_.mtu;
    if (!given) {
      draft_.assumptions.Default("mtu", "1500 B", "The MTU of an ENI is 1500 where none is given.",
                                 "RFC 894: Ethernet's largest IP datagram");
      return Bytes(kDefaultMtu);
    }
    if (given->value.count() < kSmallestMtu || given->value.count() > kLargestMtu) {
      draft_.errors.Add(given->path, "an MTU of " + std::to_string(given->value.count()) + " bytes",
                        "68 to 65535 bytes");
    }
    return given->value;
  }

  std::vector<std::size_t> GroupsOf(const EniSpec* spec, std::size_t vpc) {
    const bool own = spec != nullptr && !spec->security_groups.empty();
    const auto& given = own ? spec->security_groups : settings_.security_groups;
    if (given.empty()) {
      draft_.assumptions.Default("security_groups", "open",
                                 "An ENI without security groups admits everything.",
                                 "chosen for this model");
    }
    return ResolveSecurityGroups(draft_, vpc, given);
  }

  Draft& draft_;
  const HostSpec& host_;
  const HostSettings& settings_;
};

}  // namespace

// What waits has its departure in picoseconds, which end after 106 days.
std::optional<LimitFault> QueueTimeFault(const Limits& limits, std::int64_t queue_frames) {
  constexpr double kLargestFrameBits = 65'549.0 * kBitsPerByte;
  if (!limits.bandwidth || limits.bandwidth->count() <= 0) return std::nullopt;
  const double seconds = static_cast<double>(queue_frames) * kLargestFrameBits /
                         static_cast<double>(limits.bandwidth->count());
  if (seconds <= kLongestDays * kSecondsADay) return std::nullopt;
  return LimitFault{"a full egress queue of " + std::to_string(queue_frames) +
                        " frames would take more than 5 days to send",
                    "more bandwidth, or a shorter `queue`"};
}

std::optional<LimitFault> BurstFault(const Limits& limits) {
  if (!limits.bandwidth || limits.burst <= Bytes(0)) return std::nullopt;
  if (static_cast<double>(limits.burst.count()) * kBitsPerByte <=
      kLongestDays * kSecondsADay * static_cast<double>(limits.bandwidth->count())) {
    return std::nullopt;
  }
  return LimitFault{"a burst that takes more than 5 days to fill again",
                    "a smaller one, or more bandwidth"};
}

std::optional<LimitFault> PeakFault(const Limits& limits) {
  if (!limits.bandwidth || !limits.peak_bandwidth) return std::nullopt;
  if (*limits.peak_bandwidth >= *limits.bandwidth) return std::nullopt;
  return LimitFault{"a peak below the bandwidth", "at least the bandwidth, which is what lasts"};
}

std::optional<CvmPlan> PlanHost(Draft& draft, const HostSpec& host, const HostSettings& settings) {
  return HostPlanner(draft, host, settings).Run();
}

}  // namespace vpcmirror
