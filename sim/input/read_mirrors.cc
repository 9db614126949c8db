// Which shape a mirror is written in is told by its keys. The schema holds each
// shape to its own, so that what is valid is valid in one shape only.
#include <algorithm>
#include <string_view>
#include <vector>

#include "sim/input/mirror_shapes.h"
#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {
namespace {

struct Shape {
  std::vector<std::string_view> keys;  // all of which tell it; the first shape that has them counts
  std::vector<MirrorSpec> (*read)(const Cursor&);
};

const std::vector<Shape>& Shapes() {
  static const std::vector<Shape> shapes = {
      {{"CollectorSrcs"}, ReadTencentMirror},
      {{"mirroredResources"}, ReadGcpMirroring},
      {{"networkInterfaceTapConfigurations"}, ReadAzureTap},
      {{"TrafficMirrorSessions", "TrafficMirrorTargets"}, ReadAwsSessions},
      {{"TrafficMirrorSessions"}, ReadAlibabaSessions},
      {{"traffic_mirror_sessions", "traffic_mirror_targets"}, ReadVolcengineSessions},
      {{"traffic_mirror_sessions"}, ReadHuaweiSessions},
      {{"trafficMirrorSessions"}, ReadBaiduSessions},
  };
  return shapes;
}

std::vector<MirrorSpec> ReadOne(const Cursor& at) {
  const auto& shapes = Shapes();
  const auto shape = std::find_if(shapes.begin(), shapes.end(), [&](const Shape& each) {
    return std::all_of(each.keys.begin(), each.keys.end(),
                       [&](std::string_view key) { return at.Get(key).has_value(); });
  });
  return shape == shapes.end() ? std::vector<MirrorSpec>{} : shape->read(at);
}

}  // namespace

std::vector<MirrorSpec> ReadMirrors(const Cursor& mirrors) {
  if (mirrors.value().is_object()) return ReadOne(mirrors);
  std::vector<MirrorSpec> all;
  for (const Cursor& item : mirrors.Items()) {
    for (MirrorSpec& mirror : ReadOne(item)) all.push_back(std::move(mirror));
  }
  return all;
}

}  // namespace vpcmirror::sim
