// Which shape a mirror is written in is told by its keys. The schema holds each
// shape to its own, so that what is valid is valid in one shape only.
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/input/mirror_shapes.h"
#include "sim/input/scenario_parts.h"

namespace vpcmirror::sim {
namespace {

struct Shape {
  std::vector<std::string_view> keys;  // all of which tell it; the first shape that has them counts
  MirrorLists (*read)(const Cursor&);
};

// Of an API whose filters and targets no action of a timeline names.
template <std::vector<MirrorSpec> (*Read)(const Cursor&)>
MirrorLists Only(const Cursor& at) {
  return {Read(at), {}, {}};
}

const std::vector<Shape>& Shapes() {
  static const std::vector<Shape> shapes = {
      {{"CollectorSrcs"}, Only<ReadTencentMirror>},
      {{"mirroredResources"}, Only<ReadGcpMirroring>},
      {{"networkInterfaceTapConfigurations"}, Only<ReadAzureTap>},
      {{"TrafficMirrorSessions", "TrafficMirrorTargets"}, ReadAwsLists},
      {{"TrafficMirrorSessions"}, Only<ReadAlibabaSessions>},
      {{"traffic_mirror_sessions", "traffic_mirror_targets"}, Only<ReadVolcengineSessions>},
      {{"traffic_mirror_sessions"}, Only<ReadHuaweiSessions>},
      {{"trafficMirrorSessions"}, Only<ReadBaiduSessions>},
  };
  return shapes;
}

MirrorLists ReadOne(const Cursor& at) {
  const auto& shapes = Shapes();
  const auto shape = std::find_if(shapes.begin(), shapes.end(), [&](const Shape& each) {
    return std::all_of(each.keys.begin(), each.keys.end(),
                       [&](std::string_view key) { return at.Get(key).has_value(); });
  });
  return shape == shapes.end() ? MirrorLists{} : shape->read(at);
}

template <class T>
void Append(std::vector<T>& all, std::vector<T>&& more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

MirrorLists ReadMirrors(const Cursor& mirrors) {
  if (mirrors.value().is_object()) return ReadOne(mirrors);
  MirrorLists all;
  for (const Cursor& item : mirrors.Items()) {
    MirrorLists read = ReadOne(item);
    Append(all.mirrors, std::move(read.mirrors));
    Append(all.filters, std::move(read.filters));
    Append(all.targets, std::move(read.targets));
  }
  return all;
}

}  // namespace vpcmirror::sim
