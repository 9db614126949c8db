// Rules about what the workloads come to, reckoned and not simulated.
#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "analysis/check/host_load.h"
#include "analysis/words/quantities.h"
#include "models/cloud/catalog.h"

namespace vpcmirror {
namespace {

std::string CrossoverText(const Limits& limits) {
  const auto bytes = CrossoverBytes(limits);
  if (!bytes) return "";
  return ", which packets of less than " + SignificantText(*bytes, 3) +
         " bytes meet before the bandwidth";
}

// How much of which limit, in words.
std::string UseText(const CheckContext& context, std::size_t cvm, const HostLoad& load) {
  const Limits& limits = context.deployment().cvms[cvm].limits;
  const std::string side = load.side.empty() ? " in and out together" : " " + load.side;
  const double used = load.answer.used;
  switch (*load.answer.tightest) {
    case BindingLimit::kPacketRate: {
      const double limit = static_cast<double>(limits.packet_rate->count());
      return PacketRateText(used * limit) + " of " + PacketRateText(*limits.packet_rate) + side +
             CrossoverText(limits);
    }
    case BindingLimit::kCpu:
      return SignificantText(used * *limits.vcpus, 3) + " of " + std::to_string(*limits.vcpus) +
             " vCPUs";
    default: {
      const auto& limit = limits.bandwidth ? limits.bandwidth : limits.peak_bandwidth;
      return BitRateText(used * static_cast<double>(limit->count())) + " of " +
             BitRateText(*limit) + side;
    }
  }
}

// Of the members of a host, the one that uses most, and how many are as bad.
struct Worst {
  std::size_t cvm = 0;
  HostLoad load;
  std::size_t members = 0;
};

// Hosts whose use is in [from, to), the worst member of each.
std::vector<Worst> HostsThatUse(const CheckContext& context, double from, double to) {
  std::map<std::string, Worst> by_host;
  std::vector<std::string> order;
  for (std::size_t i = 0; i < context.deployment().cvms.size(); ++i) {
    const Cvm& cvm = context.deployment().cvms[i];
    if (cvm.is_load_balancer) continue;
    auto load = LoadOfHost(context, i);
    if (!load || load->answer.used < from || load->answer.used >= to) continue;
    const auto [at, fresh] = by_host.try_emplace(cvm.host, Worst{i, *load, 0});
    if (fresh) order.push_back(cvm.host);
    ++at->second.members;
    if (load->answer.used > at->second.load.answer.used) {
      at->second.cvm = i;
      at->second.load = *std::move(load);
    }
  }
  std::vector<Worst> worst;
  for (const std::string& host : order) worst.push_back(by_host.at(host));
  return worst;
}

Finding AboutHost(const CheckContext& context, const Worst& worst, std::string message,
                  std::string fix) {
  const Cvm& cvm = context.deployment().cvms[worst.cvm];
  Finding finding;
  finding.subject = {"host", cvm.id};
  finding.path = HostPath(context, cvm.host);
  finding.message = std::move(message);
  if (worst.members > 1) {
    finding.message +=
        " (the worst of " + std::to_string(worst.members) + " such hosts of " + cvm.host + ")";
  }
  finding.fix = std::move(fix);
  const SteadyAnswer& answer = worst.load.answer;
  finding.numbers = {{"used", answer.used, "of the limit"},
                     {"copies", worst.load.copies.bits_per_second, "bps"},
                     {"copy_loss", answer.copy_loss, "of the copies"},
                     {"production_loss", answer.production_loss, "of production"},
                     {"hosts", static_cast<double>(worst.members), ""}};
  if (const auto bytes = CrossoverBytes(cvm.limits)) {
    finding.numbers.push_back({"crossover", *bytes, "B"});
  }
  return finding;
}

// What a host that is asked for too much loses of what.
std::string LossText(const HostLoad& load) {
  const double own = load.production.frames_per_second - load.received.frames_per_second;
  constexpr double kNothing = 1e-6;  // frames a second: what sums of doubles round
  const std::string of_production = PercentText(load.answer.production_loss);
  if (own < kNothing && load.copies.frames_per_second <= 0) {
    return "all of it copies that it receives: " + of_production + " of them would be lost";
  }
  return "of which copies are " + BitRateText(load.copies.bits_per_second) + ": " +
         PercentText(load.answer.copy_loss) + " of the copies and " + of_production +
         " of production would be lost" +
         (load.received.frames_per_second > 0 ? ", copies that it receives among it" : "");
}

std::string Without(const CheckContext& context, std::size_t cvm) {
  return context.deployment().cvms[cvm].receiver
             ? "a larger instance type, or another receiver beside it"
             : "a larger instance type, a narrower filter, one direction, or fewer bytes of each "
               "packet";
}

}  // namespace

void FindHostsOverLimits(const CheckContext& context, std::vector<Finding>& findings) {
  for (const Worst& worst : HostsThatUse(context, 1.0 + 1e-9, INFINITY)) {
    const SteadyAnswer& answer = worst.load.answer;
    const Cvm& cvm = context.deployment().cvms[worst.cvm];
    findings.push_back(
        AboutHost(context, worst,
                  cvm.id + " is asked for " + UseText(context, worst.cvm, worst.load) + " (" +
                      PercentText(answer.used) + "), " + LossText(worst.load),
                  Without(context, worst.cvm)));
  }
}

void FindHostsNearLimits(const CheckContext& context, std::vector<Finding>& findings) {
  for (const Worst& worst : HostsThatUse(context, kRisky, 1.0 + 1e-9)) {
    const Cvm& cvm = context.deployment().cvms[worst.cvm];
    findings.push_back(AboutHost(
        context, worst,
        cvm.id + " is asked for " + UseText(context, worst.cvm, worst.load) + " (" +
            PercentText(worst.load.answer.used) + "), of which copies are " +
            BitRateText(worst.load.copies.bits_per_second + worst.load.received.bits_per_second) +
            ": what comes in bursts will be lost",
        Without(context, worst.cvm)));
  }
}

// Half of what a flow may send is left to its copy.
void FindLargeFlows(const CheckContext& context, std::vector<Finding>& findings) {
  std::set<std::string> told;
  for (std::size_t i = 0; i < context.traffic.enis.size(); ++i) {
    const Cvm& cvm = context.deployment().cvms[context.deployment().enis[i].cvm];
    const auto& most = cvm.limits.flow_bandwidth;
    const EniTraffic& traffic = context.traffic.enis[i];
    if (!most || traffic.copies_of_out.frames_per_second <= 0) continue;
    const double half = static_cast<double>(most->count()) / 2;
    if (traffic.largest_flow_bps <= half || !told.insert(cvm.host).second) continue;
    Finding finding;
    finding.subject = {"host", cvm.id};
    finding.path = HostPath(context, cvm.host);
    finding.message = "a flow of " + cvm.id + " sends " + BitRateText(traffic.largest_flow_bps) +
                      ", more than half of the " + BitRateText(*most) +
                      " that one flow may have: its copies count for it, and are lost first";
    finding.fix = "more flows for the same load, or a mirror that leaves this one out";
    finding.numbers = {{"flow", traffic.largest_flow_bps, "bps"}, {"half_of_limit", half, "bps"}};
    findings.push_back(std::move(finding));
  }
}

void FindAdmissionOnly(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const auto& ratio = context.ProfileOf(placed).source_to_receiver_bandwidth;
    if (!ratio || placed.sources.empty()) continue;
    std::set<std::size_t> cvms;
    double receivers = 0;
    double copies = 0;
    bool is_known = true;
    for (const std::size_t eni : placed.receiver_enis) {
      const std::size_t cvm = context.deployment().enis[eni].cvm;
      copies += context.traffic.enis[eni].copies_in.bits_per_second;
      if (!cvms.insert(cvm).second) continue;
      const auto& limit = context.deployment().cvms[cvm].limits.bandwidth;
      is_known = is_known && limit;
      if (limit) receivers += static_cast<double>(limit->count());
    }
    double sources = 0;
    std::set<std::size_t> of_sources;
    for (const std::size_t eni : placed.sources) {
      const std::size_t cvm = context.deployment().enis[eni].cvm;
      if (!of_sources.insert(cvm).second) continue;
      const auto& limit = context.deployment().cvms[cvm].limits.bandwidth;
      is_known = is_known && limit;
      if (limit) sources += static_cast<double>(limit->count());
    }
    if (!is_known || receivers * *ratio < sources || copies <= receivers) continue;
    const double lost = 1 - receivers / copies;
    Finding finding = About(
        placed,
        "the receivers of " + placed.mirror->settings().id + " have " + BitRateText(receivers) +
            ", which meets the 1/" + std::to_string(*ratio) + " of " + BitRateText(sources) +
            " that is asked for; but that is admission only: " + BitRateText(copies) +
            " of copies are expected, and " + PercentText(lost) + " of them would be lost",
        "receivers of at least " + BitRateText(copies) + " together");
    finding.numbers = {{"receivers", receivers, "bps"},
                       {"asked_for", sources / *ratio, "bps"},
                       {"copies", copies, "bps"},
                       {"loss", lost, "of the copies"}};
    findings.push_back(std::move(finding));
  }
}

void FindDearEncapsulation(const CheckContext& context, std::vector<Finding>& findings) {
  constexpr double kDear = 1.2;
  for (std::size_t i = 0; i < context.valid.mirrors.size(); ++i) {
    const MirrorTraffic& traffic = context.traffic.mirrors[i];
    if (traffic.mirrored.frames_per_second <= 0) continue;
    const double factor = traffic.wire.bits_per_second / traffic.mirrored.bits_per_second;
    if (factor < kDear) continue;
    const double mean = traffic.mirrored.bits_per_second / 8 / traffic.mirrored.frames_per_second;
    const PlacedMirror& placed = context.valid.mirrors[i];
    Finding finding = About(
        placed,
        "outer headers make " + SignificantText(factor, 3) + " of each byte that " +
            placed.mirror->settings().id + " copies: its frames have " + SignificantText(mean, 3) +
            " bytes in the mean, and " + BitRateText(traffic.mirrored.bits_per_second) +
            " become " + BitRateText(traffic.wire.bits_per_second),
        "size links and receivers by the second figure, and by packets a second");
    finding.numbers = {{"factor", factor, ""},
                       {"mean_frame", mean, "B"},
                       {"wire", traffic.wire.bits_per_second, "bps"}};
    findings.push_back(std::move(finding));
  }
}

void FindUnknownLoads(const CheckContext& context, std::vector<Finding>& findings) {
  for (const WorkloadSpec& spec : context.written.workloads) {
    const auto& left_out = context.traffic.left_out;
    if (std::find(left_out.begin(), left_out.end(), spec.name) == left_out.end()) continue;
    Finding finding;
    finding.subject = {"workload", spec.name};
    finding.path = spec.path;
    finding.message = "workload " + spec.name +
                      " is in none of the loads above: its rates are known only once it runs";
    finding.fix = "vpcmirror run, which simulates it";
    findings.push_back(std::move(finding));
  }
}

}  // namespace vpcmirror
