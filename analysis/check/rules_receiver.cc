// Rules about what reaches a mirror's receivers.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/check/rules.h"
#include "analysis/words/quantities.h"
#include "models/cloud/receiver_capacity.h"

namespace vpcmirror {
namespace {

// What is left at a receiver when all its mirrors watch one direction only.
struct OneDirection {
  double saved = 0;  // bps that it is no longer sent
  double lost = 0;   // bps of packets that it then has no copy of
};

std::string WithoutText(const char* direction, const OneDirection& option) {
  return std::string("without ") + direction + " it is sent " + BitRateText(option.saved) +
         " less, and misses " +
         (option.lost > 0 ? BitRateText(option.lost) + " of packets" : std::string("nothing"));
}

std::string ZoneOf(const Deployment& deployment, std::size_t eni) {
  return deployment.subnets[deployment.enis[eni].subnet].zone;
}

// Bytes that all queues and rings of a CVM hold when they are full.
double FullQueues(const Deployment& deployment, const Cvm& cvm) {
  double bytes = 0;
  const Bytes frame = deployment.enis[cvm.enis.front()].mtu + Bytes(kEthernetHeaderBytes);
  const auto of_frames = [&](std::int64_t frames) {
    return static_cast<double>(frames) * static_cast<double>(frame.count());
  };
  const double queue = of_frames(2 * static_cast<std::int64_t>(cvm.queue.frames));
  bytes += cvm.queue.bytes ? std::min(queue, static_cast<double>(cvm.queue.bytes->count())) : queue;
  if (!cvm.receiver) return bytes;
  double ring = of_frames(cvm.receiver->ring_frames);
  if (cvm.ring_bytes) ring = std::min(ring, static_cast<double>(cvm.ring_bytes->count()));
  return bytes + ring * cvm.workers;
}

// How much of what its software digests a receiver is sent.
struct Digestion {
  std::size_t cvm = 0;
  std::size_t members = 0;  // of its host that are over the threshold, too
  double used = 0;
  std::string text;
  Flux in;
};

Digestion DigestionOf(const CheckContext& context, std::size_t index) {
  const Cvm& cvm = context.deployment().cvms[index];
  Digestion digestion{.cvm = index};
  for (const std::size_t eni : cvm.enis) digestion.in += context.traffic.enis[eni].copies_in;
  const ReceiverCapacity capacity = CapacityOf(cvm);
  const Flux& in = digestion.in;
  if (capacity.bandwidth) {
    digestion.used = in.bits_per_second / static_cast<double>(capacity.bandwidth->count());
    digestion.text =
        BitRateText(in.bits_per_second) + " of the " + BitRateText(*capacity.bandwidth);
  }
  if (!capacity.packet_rate) return digestion;
  const double of_frames =
      in.frames_per_second / static_cast<double>(capacity.packet_rate->count());
  if (of_frames <= digestion.used) return digestion;
  digestion.used = of_frames;
  digestion.text =
      PacketRateText(in.frames_per_second) + " of the " + PacketRateText(*capacity.packet_rate);
  return digestion;
}

// Of the members of each host that are over the threshold, the one that uses most.
std::vector<Digestion> FullReceivers(const CheckContext& context) {
  std::vector<Digestion> full;
  std::map<std::string, std::size_t> by_host;
  for (std::size_t i = 0; i < context.deployment().cvms.size(); ++i) {
    const Cvm& cvm = context.deployment().cvms[i];
    if (!cvm.receiver || cvm.is_load_balancer) continue;
    Digestion each = DigestionOf(context, i);
    if (each.used < kRisky) continue;
    const auto [at, fresh] = by_host.try_emplace(cvm.host, full.size());
    if (fresh) full.push_back({});
    Digestion& worst = full[at->second];
    each.members = worst.members + 1;
    if (each.used > worst.used) {
      worst = std::move(each);
    } else {
      worst.members = each.members;
    }
  }
  return full;
}

// What a host's members are sent together.
struct Received {
  std::string host;
  std::size_t last = 0;  // CVM that was counted among the members
  std::size_t members = 0;
  double all = 0;  // bps
  double of_out = 0;
  double duplicates = 0;
};

std::vector<Received> ReceivedByHost(const CheckContext& context) {
  std::vector<Received> received;
  std::map<std::string, std::size_t> by_host;
  for (std::size_t i = 0; i < context.traffic.enis.size(); ++i) {
    const EniTraffic& traffic = context.traffic.enis[i];
    if (traffic.copies_in.frames_per_second <= 0) continue;
    const std::size_t index = context.deployment().enis[i].cvm;
    const Cvm& cvm = context.deployment().cvms[index];
    const auto [at, fresh] = by_host.try_emplace(cvm.host, received.size());
    if (fresh) received.push_back({.host = cvm.host});
    Received& of = received[at->second];
    if (of.members == 0 || of.last != index) ++of.members;
    of.last = index;
    of.all += traffic.copies_in.bits_per_second;
    of.of_out += traffic.copies_in_of_out.bits_per_second;
    of.duplicates += traffic.duplicates_in.bits_per_second;
  }
  return received;
}

}  // namespace

void FindReceiversOverCapacity(const CheckContext& context, std::vector<Finding>& findings) {
  for (const Digestion& full : FullReceivers(context)) {
    const Cvm& cvm = context.deployment().cvms[full.cvm];
    const double lost = full.used > 1 ? 1 - 1 / full.used : 0;
    Finding finding;
    finding.subject = {"receiver", cvm.id};
    finding.path = HostPath(context, cvm.host);
    finding.message = "receiver " + cvm.id + " (" + cvm.receiver->name + ") is sent " + full.text +
                      " that it digests (" + PercentText(full.used) + ")" +
                      (lost > 0 ? ": " + PercentText(lost) + " of the copies would be lost there"
                                : ": what comes in bursts will be lost there");
    if (full.members > 1) {
      finding.message +=
          " (the worst of " + std::to_string(full.members) + " such receivers of " + cvm.host + ")";
    }
    finding.fix = "another receiver beside it, a larger one, or a narrower filter";
    finding.numbers = {{"used", full.used, "of the capacity"},
                       {"in", full.in.bits_per_second, "bps"},
                       {"in_frames", full.in.frames_per_second, "pps"},
                       {"loss", lost, "of the copies"},
                       {"receivers", static_cast<double>(full.members), ""}};
    findings.push_back(std::move(finding));
  }
}

void FindDuplicates(const CheckContext& context, std::vector<Finding>& findings) {
  for (const Received& received : ReceivedByHost(context)) {
    if (received.duplicates <= 0) continue;
    const double of_in = received.all - received.of_out;
    // Of a packet that comes twice one copy was made as it left and one as it arrived.
    const OneDirection without_in{of_in, std::max(0.0, of_in - received.duplicates)};
    const OneDirection without_out{received.of_out,
                                   std::max(0.0, received.of_out - received.duplicates)};
    const double share = received.duplicates / received.all;
    Finding finding;
    finding.subject = {"receiver", received.host};
    finding.path = HostPath(context, received.host);
    finding.message =
        "of the " + BitRateText(received.all) + " of copies that " + received.host +
        (received.members > 1 ? " (" + std::to_string(received.members) + " receivers)" : "") +
        " is sent, " + BitRateText(received.duplicates) + " (" + PercentText(share) +
        ") are of packets that were copied at their sender already";
    finding.fix = "copy one direction at all sources, or leave one end out: " +
                  WithoutText("ingress", without_in) + "; " + WithoutText("egress", without_out);
    finding.numbers = {{"duplicates", received.duplicates, "bps"},
                       {"share", share, "of the copies"},
                       {"saved_without_ingress", without_in.saved, "bps"},
                       {"lost_without_ingress", without_in.lost, "bps"},
                       {"saved_without_egress", without_out.saved, "bps"},
                       {"lost_without_egress", without_out.lost, "bps"}};
    findings.push_back(std::move(finding));
  }
}

// By the real hash of the real flows.
void FindUnevenReceivers(const CheckContext& context, std::vector<Finding>& findings) {
  constexpr double kUneven = 1.25;  // of the mean: a quarter more than receivers are sized for
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const auto& receivers = placed.mirror->settings().receivers;
    if (receivers.size() < 2 || placed.sources.empty()) continue;
    const auto& in_of = context.traffic.mirrors[context.IndexOf(placed)].by_receiver;
    if (in_of.size() != receivers.size()) continue;  // it has no traffic
    double weights = 0;
    double sum = 0;
    for (std::size_t i = 0; i < receivers.size(); ++i) {
      weights += receivers[i].weight;
      sum += in_of[i].bits_per_second;
    }
    if (sum <= 0) continue;
    std::size_t worst = 0;
    double worst_factor = 0;
    for (std::size_t i = 0; i < receivers.size(); ++i) {
      const double factor = in_of[i].bits_per_second / (sum * receivers[i].weight / weights);
      if (factor <= worst_factor) continue;
      worst = i;
      worst_factor = factor;
    }
    if (worst_factor < kUneven) continue;
    const std::size_t eni = placed.receiver_enis[worst];
    const double in = in_of[worst].bits_per_second;
    const bool by_eni = placed.mirror->settings().choice == ReceiverChoice::kBySourceEni;
    Finding finding = About(
        placed,
        "the copies of " + placed.mirror->settings().id +
            " are spread unevenly: " + context.deployment().enis[eni].id + " is sent " +
            BitRateText(in) + ", " + SignificantText(worst_factor, 3) + " times its share of " +
            BitRateText(sum) + " over " + std::to_string(receivers.size()) + " receivers",
        by_eni ? "a hash by flow in place of one by source ENI, where the API has one"
               : "more flows, or receivers sized for the largest share");
    finding.numbers = {{"most", in, "bps"},
                       {"factor", worst_factor, "of its share"},
                       {"receivers", static_cast<double>(receivers.size()), ""}};
    findings.push_back(std::move(finding));
  }
}

void FindPartedFlows(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    if (settings.choice != ReceiverChoice::kByFlow || settings.receivers.size() < 2 ||
        settings.hash_symmetry == HashSymmetry::kSymmetric ||
        settings.directions != DirectionSet::kAll) {
      continue;
    }
    double weights = 0;
    double squares = 0;
    for (const ReceiverAddress& receiver : settings.receivers) {
      weights += receiver.weight;
      squares += static_cast<double>(receiver.weight) * receiver.weight;
    }
    const double parted = 1 - squares / (weights * weights);
    Finding finding =
        About(placed,
              "the hash that spreads flows over the " + std::to_string(settings.receivers.size()) +
                  " receivers of " + settings.id +
                  " differs between the two directions of a flow: "
                  "of " +
                  PercentText(parted) + " of the flows no receiver sees both",
              "one receiver, or receivers that need one direction only");
    finding.numbers = {{"parted", parted, "of the flows"}};
    findings.push_back(std::move(finding));
  }
}

void FindZoneCrossings(const CheckContext& context, std::vector<Finding>& findings) {
  const Deployment& deployment = context.deployment();
  for (const PlacedMirror& placed : context.valid.mirrors) {
    if (placed.load_balancer || placed.receiver_enis.empty()) continue;
    std::vector<std::size_t> apart;
    double copies = 0;
    for (const std::size_t source : placed.sources) {
      const std::string zone = ZoneOf(deployment, source);
      const bool crosses = std::any_of(placed.receiver_enis.begin(), placed.receiver_enis.end(),
                                       [&](std::size_t receiver) {
                                         const std::string other = ZoneOf(deployment, receiver);
                                         return !zone.empty() && !other.empty() && zone != other;
                                       });
      if (!crosses) continue;
      apart.push_back(source);
      copies += context.traffic.enis[source].copies_out.bits_per_second;
    }
    if (apart.empty()) continue;
    Finding finding = About(placed,
                            "copies of " + context.EnisText(apart) + " go to a receiver of " +
                                placed.mirror->settings().id + " in another zone" +
                                (copies > 0 ? ": up to " + BitRateText(copies) : std::string()) +
                                "; clouds that charge for traffic between zones charge for them",
                            "a receiver in each zone, and a mirror for the sources of each");
    finding.numbers = {{"sources", static_cast<double>(apart.size()), ""},
                       {"copies", copies, "bps"}};
    findings.push_back(std::move(finding));
  }
}

void FindReorderingBalancers(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const auto& within = context.ProfileOf(placed).load_balancing.reorders_within;
    if (!placed.load_balancer || !within || placed.sources.empty()) continue;
    const LoadBalancer& balancer = context.deployment().load_balancers[*placed.load_balancer];
    if (balancer.backends.empty()) continue;
    Finding finding =
        About(placed,
              "copies of one flow of " + placed.mirror->settings().id +
                  " that reach load balancer " + balancer.name + " within " + TimeText(*within) +
                  " of each other may come out in the other order",
              "one ENI as the target where the receiver's software needs the order");
    finding.numbers = {
        {"within", static_cast<double>(within->count()) / kPicosecondsPerNanosecond, "ns"}};
    findings.push_back(std::move(finding));
  }
}

void FindMemoryTooSmall(const CheckContext& context, std::vector<Finding>& findings) {
  std::set<std::string> told;
  for (const Cvm& cvm : context.deployment().cvms) {
    if (!cvm.limits.memory || cvm.is_load_balancer) continue;
    const double full = FullQueues(context.deployment(), cvm);
    const double memory = static_cast<double>(cvm.limits.memory->count());
    if (full <= memory || !told.insert(cvm.host).second) continue;
    Finding finding;
    finding.subject = {"host", cvm.id};
    finding.path = HostPath(context, cvm.host);
    finding.message = "the queues and rings of " + cvm.id + " hold up to " +
                      SizeText(Bytes(static_cast<std::int64_t>(full))) +
                      " when they are full, of " + SizeText(*cvm.limits.memory) + " of memory";
    finding.fix = "fewer workers, shorter rings or queues, or a type with more memory";
    finding.numbers = {{"full", full, "B"}, {"memory", memory, "B"}};
    findings.push_back(std::move(finding));
  }
}

}  // namespace vpcmirror
