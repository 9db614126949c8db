// The ways of all copies, as every output of check --paths tells them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "analysis/reach/reachability.h"
#include "models/cloud/topology.h"
#include "models/scenario/scenario.h"
#include "models/scenario/valid_scenario.h"
#include "models/units/quantity.h"

namespace vpcmirror {

// From sources that nothing on the way tells apart to one receiver.
struct PathRow {
  std::string first_source;  // ENI
  std::size_t sources = 1;
  std::string receiver;  // ENI
  Block block = Block::kNone;
  std::optional<Blame> blame;
  std::string protocol;  // of the copies; empty: they have no outer headers
  std::vector<Hop> hops;
  std::optional<Bytes> longest_whole;  // frame whose copy arrives whole; empty: none, or any
};

struct NamedComponent {
  std::string type;  // "receiver"
  std::string id;
};

struct MirrorPaths {
  std::string id;
  std::string path;  // JSON Pointer
  std::size_t sources = 0;
  std::vector<PathRow> rows;
  std::vector<NamedComponent> single_points;
};

struct FailureGroupRow {
  std::vector<std::string> mirrors;
  std::size_t sources = 0;
  std::vector<NamedComponent> components;
};

struct NamedLimit {
  std::string type;  // "sources", "load balancer zone", "receiver"
  std::string id;
  std::size_t hosts = 1;
  BitsPerSecond limit{};
};

struct PathsReport {
  std::vector<MirrorPaths> mirrors;
  std::vector<FailureGroupRow> groups;
  std::optional<BitsPerSecond> most;  // that can ever arrive; empty: nothing known limits it
  std::vector<NamedLimit> cut;        // whose sum it is
};

// `valid` was made of `written`.
PathsReport PathsOf(const Scenario& written, const ValidScenario& valid);

}  // namespace vpcmirror
