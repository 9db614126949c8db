#include "analysis/report/paths_json.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

Json ComponentsJson(const std::vector<NamedComponent>& components) {
  Json list = Json::array();
  for (const NamedComponent& each : components) {
    list.push_back({{"type", each.type}, {"id", each.id}});
  }
  return list;
}

Json BlameJson(const std::optional<Blame>& blame) {
  if (!blame) return nullptr;
  return {
      {"type", blame->type}, {"id", blame->id}, {"what", blame->what}, {"pointer", blame->path}};
}

Json RowJson(const PathRow& row) {
  Json hops = Json::array();
  for (const Hop& hop : row.hops) hops.push_back({{"id", hop.id}, {"what", hop.what}});
  return {
      {"first_source", row.first_source},
      {"sources", row.sources},
      {"receiver", row.receiver},
      {"open", row.block == Block::kNone},
      {"block", row.block == Block::kNone ? Json(nullptr) : Json(ToString(row.block))},
      {"blame", BlameJson(row.blame)},
      {"protocol", row.protocol.empty() ? Json(nullptr) : Json(row.protocol)},
      {"longest_whole_bytes", row.longest_whole ? Json(row.longest_whole->count()) : Json(nullptr)},
      {"hops", std::move(hops)}};
}

Json CutJson(const std::vector<NamedLimit>& cut) {
  Json list = Json::array();
  for (const NamedLimit& each : cut) {
    list.push_back({{"type", each.type},
                    {"id", each.id},
                    {"hosts", each.hosts},
                    {"limit_bps", each.limit.count()}});
  }
  return list;
}

}  // namespace

nlohmann::ordered_json PathsJson(const PathsReport& report) {
  Json mirrors = Json::array();
  for (const MirrorPaths& mirror : report.mirrors) {
    Json rows = Json::array();
    for (const PathRow& row : mirror.rows) rows.push_back(RowJson(row));
    mirrors.push_back({{"id", mirror.id},
                       {"pointer", mirror.path},
                       {"sources", mirror.sources},
                       {"ways", std::move(rows)},
                       {"single_points", ComponentsJson(mirror.single_points)}});
  }
  Json groups = Json::array();
  for (const FailureGroupRow& group : report.groups) {
    groups.push_back({{"mirrors", group.mirrors},
                      {"sources", group.sources},
                      {"components", ComponentsJson(group.components)}});
  }
  return {{"mirrors", std::move(mirrors)},
          {"failure_groups", std::move(groups)},
          {"ceiling",
           {{"bps", report.most ? Json(report.most->count()) : Json(nullptr)},
            {"cut", CutJson(report.cut)}}}};
}

}  // namespace vpcmirror
