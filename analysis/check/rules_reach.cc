// Rules about whether copies arrive, by the answers of analysis/reach: a mistake is one
// finding, however many mirrors and receivers it is in the way of.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "analysis/check/remedies.h"
#include "analysis/check/rules.h"
#include "analysis/reach/ceiling.h"
#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// What one component is in the way of.
struct Blocked {
  Block block = Block::kNone;
  Blame blame;
  const Way* way = nullptr;            // the first of them
  std::vector<std::size_t> sources;    // ENIs, each once
  std::vector<std::size_t> receivers;  // ENIs
  std::vector<std::size_t> mirrors;
  std::set<IpPrefix> ranges;  // subnets of the sources
};

void AddOnce(std::vector<std::size_t>& to, std::size_t each) {
  if (std::find(to.begin(), to.end(), each) == to.end()) to.push_back(each);
}

// In the order in which they are met.
std::vector<Blocked> BlockedBy(const CheckContext& context,
                               const std::function<bool(Block)>& is_asked_for) {
  std::vector<Blocked> all;
  std::map<std::pair<Block, std::string>, std::size_t> known;
  std::vector<std::set<std::size_t>> sources;
  for (const MirrorReach& mirror : context.reach.mirrors) {
    for (const Reach& reach : mirror.reaches) {
      const Way& way = *reach.way;
      if (!way.blame || !is_asked_for(way.block)) continue;
      const auto [at, fresh] = known.try_emplace(
          {way.block, way.blame->type + " " + way.blame->id + " " + way.blame->path}, all.size());
      if (fresh) {
        all.push_back({.block = way.block, .blame = *way.blame, .way = &way});
        sources.emplace_back();
      }
      Blocked& blocked = all[at->second];
      AddOnce(blocked.receivers, reach.receiver);
      if (blocked.mirrors.empty() || blocked.mirrors.back() != mirror.mirror) {
        blocked.mirrors.push_back(mirror.mirror);
      }
      for (const std::size_t source : mirror.classes[reach.source_class].sources) {
        if (!sources[at->second].insert(source).second) continue;
        const Eni& eni = context.deployment().enis[source];
        blocked.ranges.insert(context.deployment().subnets[eni.subnet].cidr);
      }
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].sources.assign(sources[i].begin(), sources[i].end());
  }
  return all;
}

std::string MirrorsText(const CheckContext& context, const std::vector<std::size_t>& mirrors) {
  const std::string& first = context.valid.mirrors[mirrors.front()].mirror->settings().id;
  if (mirrors.size() == 1) return first;
  return fmt::format("{} and {} more", first, mirrors.size() - 1);
}

// Sources of the mirrors that are affected, each once.
std::size_t SourcesOf(const CheckContext& context, const std::vector<std::size_t>& mirrors) {
  if (mirrors.size() == 1) return context.valid.mirrors[mirrors.front()].sources.size();
  std::set<std::size_t> sources;
  for (const std::size_t mirror : mirrors) {
    const auto& of = context.valid.mirrors[mirror].sources;
    sources.insert(of.begin(), of.end());
  }
  return sources.size();
}

Finding FindingOf(const CheckContext& context, const Blocked& blocked, std::string because,
                  Remedy remedy) {
  Finding finding;
  finding.subject = {blocked.blame.type, blocked.blame.id};
  finding.path = blocked.blame.path;
  const std::size_t of = SourcesOf(context, blocked.mirrors);
  finding.message = fmt::format("no copies of {} ({} of {} sources of {}) reach receiver {}: {}",
                                context.EnisText(blocked.sources), blocked.sources.size(), of,
                                MirrorsText(context, blocked.mirrors),
                                context.EnisText(blocked.receivers), because);
  finding.fix = std::move(remedy.fix);
  finding.edits = std::move(remedy.edits);
  finding.numbers = {{"sources", static_cast<double>(blocked.sources.size()), ""},
                     {"of", static_cast<double>(of), ""},
                     {"receivers", static_cast<double>(blocked.receivers.size()), ""},
                     {"mirrors", static_cast<double>(blocked.mirrors.size()), ""}};
  return finding;
}

std::string RouteWords(const CheckContext& context, const Blocked& blocked) {
  const std::string to = ToString(blocked.way->flow.destination);
  const std::string table = fmt::format("route table {}: {}", blocked.blame.id, blocked.blame.what);
  switch (blocked.block) {
    case Block::kNoRoute:
      return blocked.blame.place.entry
                 ? table + ", which does not reach beyond its other VPC to " + to
                 : table;
    case Block::kNoSuchAddress:
      return fmt::format("{}, where nothing has the address {}", table, to);
    case Block::kOtherEni:
      return fmt::format("{}, where {} has the address {}", table,
                         context.deployment().enis[*blocked.way->path.destination].id, to);
    case Block::kLoop:
      return table + ", in a circle";
    default:
      return table;
  }
}

void FindClosed(const CheckContext& context, Block block, std::string_view what,
                std::vector<Finding>& findings) {
  for (const Blocked& blocked : BlockedBy(context, [&](Block each) { return each == block; })) {
    const FlowKey& flow = blocked.way->flow;
    const std::string because = fmt::format(
        "{} {}: {} {} from {} to {}{}, and nobody is told", what, blocked.blame.id,
        blocked.blame.what, ProtocolText(flow), ToString(flow.source), ToString(flow.destination),
        blocked.blame.place.entry ? "" : ", which is dropped");
    findings.push_back(FindingOf(
        context, blocked, because,
        AdmitCopies(context, blocked.blame, flow, {blocked.ranges.begin(), blocked.ranges.end()})));
  }
}

// Whether a mirror was given several, so that one alone is a surprise.
bool HasSeveralReceivers(const CheckContext& context, std::size_t mirror) {
  const PlacedMirror& placed = context.valid.mirrors[mirror];
  if (!placed.load_balancer) return placed.receiver_enis.size() > 1;
  return context.deployment().load_balancers[*placed.load_balancer].backends.size() > 1;
}

}  // namespace

void FindUnroutedCopies(const CheckContext& context, std::vector<Finding>& findings) {
  const auto is_of_routes = [](Block block) {
    return block >= Block::kNoRoute && block <= Block::kLoop;
  };
  const Deployment& deployment = context.deployment();
  for (const Blocked& blocked : BlockedBy(context, is_of_routes)) {
    const std::size_t towards =
        blocked.block == Block::kNoRouteBack ? blocked.sources.front() : blocked.receivers.front();
    const std::size_t vpc = deployment.subnets[deployment.enis[towards].subnet].vpc;
    findings.push_back(FindingOf(context, blocked, RouteWords(context, blocked),
                                 LeadTo(context, blocked.blame, vpc)));
  }
}

void FindClosedGroups(const CheckContext& context, std::vector<Finding>& findings) {
  FindClosed(context, Block::kSecurityGroup, "security group", findings);
}

void FindClosedAcls(const CheckContext& context, std::vector<Finding>& findings) {
  FindClosed(context, Block::kAcl, "network ACL", findings);
}

void FindCopiesThatNeverFit(const CheckContext& context, std::vector<Finding>& findings) {
  for (const Blocked& blocked :
       BlockedBy(context, [](Block block) { return block == Block::kMtu; })) {
    findings.push_back(
        FindingOf(context, blocked, blocked.blame.id + " " + blocked.blame.what,
                  {"a larger MTU there, and of the sources where theirs counts", {}}));
  }
}

// Mirrors with the same ones are one finding. That the only receiver is one goes without
// saying.
void FindSinglePoints(const CheckContext& context, std::vector<Finding>& findings) {
  std::map<std::vector<Component>, std::vector<std::size_t>> by_points;
  std::vector<std::vector<Component>> order;
  for (std::size_t i = 0; i < context.failures.mirrors.size(); ++i) {
    const std::size_t mirror = context.reach.mirrors[i].mirror;
    const bool is_surprise = HasSeveralReceivers(context, mirror);
    std::vector<Component> points;
    for (const Component& each : context.failures.mirrors[i].single_points) {
      if (!CanFail(each.kind)) continue;
      if (each.kind != Component::Kind::kReceiver || is_surprise) points.push_back(each);
    }
    if (points.empty()) continue;
    auto& mirrors = by_points[points];
    if (mirrors.empty()) order.push_back(points);
    mirrors.push_back(mirror);
  }
  for (const std::vector<Component>& points : order) {
    const std::vector<std::size_t>& mirrors = by_points[points];
    std::string names;
    for (const Component& each : points) {
      names += fmt::format("{}{} {}", names.empty() ? "" : ", ", ToString(each.kind),
                           NameOf(context.deployment(), each));
    }
    const std::size_t sources = SourcesOf(context, mirrors);
    Finding finding =
        About(context.valid.mirrors[mirrors.front()],
              fmt::format("all that {} copies, of {}, comes by {}: without {} nothing of "
                          "it arrives",
                          MirrorsText(context, mirrors), Counted(sources, "source"), names,
                          points.size() == 1 ? "it" : "any of them"),
              "a second receiver in another zone, or accept it: copies are lost while it is down");
    finding.numbers = {{"components", static_cast<double>(points.size()), ""},
                       {"sources", static_cast<double>(sources), ""},
                       {"mirrors", static_cast<double>(mirrors.size()), ""}};
    findings.push_back(std::move(finding));
  }
}

// Where one host alone is the reason, that host has a finding of its own.
void FindTooMuchForReceivers(const CheckContext& context, std::vector<Finding>& findings) {
  const Deployment& deployment = context.deployment();
  std::vector<BitsPerSecond> offered(deployment.cvms.size());
  for (std::size_t i = 0; i < context.traffic.enis.size(); ++i) {
    const BitsPerSecond copies(std::llround(context.traffic.enis[i].copies_out.bits_per_second));
    offered[deployment.enis[i].cvm] += copies;
  }
  const Ceiling ceiling = CeilingOf(context.valid, context.reach, offered);
  const BitsPerSecond all = ceiling.sent.value_or(BitsPerSecond(0));
  std::string names;
  std::size_t receivers = 0;
  std::size_t zones = 0;
  std::string path;
  for (const CutLimit& each : ceiling.cut) {
    if (each.kind == CutLimit::Kind::kSources) continue;
    const bool is_zone = each.kind == CutLimit::Kind::kLoadBalancerZone;
    ++(is_zone ? zones : receivers);
    const std::string name =
        is_zone ? fmt::format("load balancer {} zone {}", deployment.load_balancers[each.index].id,
                              deployment.load_balancers[each.index].zones[each.zone])
                : "receiver " + deployment.cvms[each.index].id;
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", name, BitRateText(each.limit));
    if (!path.empty()) continue;
    path =
        is_zone ? context.places.LoadBalancerPath(each.index) : context.places.HostPath(each.index);
  }
  if (!ceiling.most || *ceiling.most >= all || receivers + 2 * zones < 2) return;
  const double lost =
      1 - static_cast<double>(ceiling.most->count()) / static_cast<double>(all.count());
  Finding finding;
  finding.subject = {"deployment", ""};
  finding.path = path;
  finding.message = fmt::format(
      "all sources together offer {} of copies, and at most {} can ever arrive, however they are "
      "spread: {} is lost. The narrowest place is {}",
      BitRateText(all), BitRateText(*ceiling.most), PercentText(lost), names);
  finding.fix = fmt::format("{} more there, further receivers, or fewer copies",
                            BitRateText(all - *ceiling.most));
  finding.numbers = {{"offered", static_cast<double>(all.count()), "bps"},
                     {"most", static_cast<double>(ceiling.most->count()), "bps"},
                     {"loss", lost, "of the copies"}};
  findings.push_back(std::move(finding));
}

}  // namespace vpcmirror
