#include "analysis/report/paths.h"

#include "analysis/reach/ceiling.h"
#include "analysis/reach/failures.h"

namespace vpcmirror {
namespace {

std::vector<NamedComponent> Named(const Deployment& deployment,
                                  const std::vector<Component>& components) {
  std::vector<NamedComponent> named;
  for (const Component& each : components) {
    named.push_back({std::string(ToString(each.kind)), NameOf(deployment, each)});
  }
  return named;
}

PathRow RowOf(const Deployment& deployment, const MirrorReach& mirror, const Reach& reach) {
  const auto& sources = mirror.classes[reach.source_class].sources;
  const Way& way = *reach.way;
  PathRow row;
  row.first_source = deployment.enis[sources.front()].id;
  row.sources = sources.size();
  row.receiver = deployment.enis[reach.receiver].id;
  row.block = way.block;
  row.blame = way.blame;
  row.protocol = ProtocolText(way.flow);
  row.hops = way.path.hops;
  // The way may have been followed for a source of another mirror.
  row.hops.front().id = row.first_source;
  // A load balancer writes its backend's address into them.
  const IpAddress& to =
      way.load_balancer
          ? deployment.enis[deployment.load_balancers[*way.load_balancer].eni].addresses.front()
          : way.flow.destination;
  row.hops.front().what =
      "sends " + (row.protocol.empty() ? "copies" : row.protocol) + " to " + ToString(to);
  if (reach.is_open() && way.longest_whole < kNoLimit) row.longest_whole = way.longest_whole;
  return row;
}

NamedLimit LimitOf(const Deployment& deployment, const CutLimit& cut) {
  NamedLimit limit{.type = "receiver", .id = {}, .hosts = cut.hosts, .limit = cut.limit};
  if (cut.kind == CutLimit::Kind::kLoadBalancerZone) {
    const LoadBalancer& balancer = deployment.load_balancers[cut.index];
    limit.type = "load balancer zone";
    limit.id = balancer.zones[cut.zone].empty() ? balancer.id
                                                : balancer.id + " " + balancer.zones[cut.zone];
    return limit;
  }
  if (cut.kind == CutLimit::Kind::kSources) limit.type = "sources";
  limit.id = deployment.cvms[cut.index].id;
  return limit;
}

}  // namespace

PathsReport PathsOf(const Scenario& written, const ValidScenario& valid) {
  const Deployment& deployment = *valid.deployment;
  const Reachability reach = ReachabilityOf(written, valid);
  const Failures failures = FailuresOf(deployment, reach);
  PathsReport report;
  for (std::size_t i = 0; i < reach.mirrors.size(); ++i) {
    const MirrorReach& mirror = reach.mirrors[i];
    const PlacedMirror& placed = valid.mirrors[mirror.mirror];
    MirrorPaths& paths = report.mirrors.emplace_back();
    paths.id = placed.mirror->settings().id;
    paths.path = placed.path;
    paths.sources = placed.sources.size();
    for (const Reach& each : mirror.reaches) {
      paths.rows.push_back(RowOf(deployment, mirror, each));
    }
    paths.single_points = Named(deployment, failures.mirrors[i].single_points);
  }
  for (const FailureGroup& group : failures.groups) {
    FailureGroupRow row{
        .mirrors = {}, .sources = group.sources, .components = Named(deployment, group.components)};
    for (const std::size_t mirror : group.mirrors) {
      row.mirrors.push_back(valid.mirrors[mirror].mirror->settings().id);
    }
    report.groups.push_back(std::move(row));
  }
  const Ceiling ceiling = CeilingOf(valid, reach);
  report.most = ceiling.most;
  for (const CutLimit& each : ceiling.cut) report.cut.push_back(LimitOf(deployment, each));
  return report;
}

}  // namespace vpcmirror
