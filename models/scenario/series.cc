#include "models/scenario/series.h"

#include <cstddef>
#include <utility>

namespace vpcmirror {

Picoseconds SeriesBin(Picoseconds wanted, Picoseconds duration) {
  Picoseconds bin = wanted;
  const auto bins = [&] { return (duration.count() - 1) / bin.count() + 1; };  // rounded up
  while (bins() > kMostSeriesBins) bin = bin * 2;
  return bin;
}

std::string_view ToString(SeriesKind kind) {
  switch (kind) {
    case SeriesKind::kHost:
      return "host";
    case SeriesKind::kEni:
      return "eni";
    case SeriesKind::kMirror:
      return "mirror";
    case SeriesKind::kReceiver:
      return "receiver";
  }
  return "";
}

const std::vector<SeriesFigure>& FiguresOf(SeriesKind kind) {
  static const std::vector<SeriesFigure> of_host = {{"cpu_cores", kCores, false},
                                                    {"queue_bytes", "bytes", false},
                                                    {"memory_bytes", "bytes", false}};
  static const std::vector<SeriesFigure> of_eni = {
      {"in_frames", "frames"}, {"in_bytes", "bytes"},           {"out_frames", "frames"},
      {"out_bytes", "bytes"},  {"mirror_out_frames", "frames"}, {"mirror_out_bytes", "bytes"}};
  static const std::vector<SeriesFigure> of_mirror = {
      {"offered_frames", "frames"},  {"offered_bytes", "bytes"},  {"rejected_frames", "frames"},
      {"mirrored_frames", "frames"}, {"mirrored_bytes", "bytes"}, {"wire_bytes", "bytes"}};
  static const std::vector<SeriesFigure> of_receiver = {{"in_frames", "frames"},
                                                        {"in_bytes", "bytes"},
                                                        {"digested_frames", "frames"},
                                                        {"digested_bytes", "bytes"},
                                                        {"queue_bytes", "bytes", false}};
  switch (kind) {
    case SeriesKind::kHost:
      return of_host;
    case SeriesKind::kEni:
      return of_eni;
    case SeriesKind::kMirror:
      return of_mirror;
    case SeriesKind::kReceiver:
      break;
  }
  return of_receiver;
}

std::vector<SeriesColumn> ColumnsOf(const SeriesObject& object) {
  const std::vector<SeriesFigure>& figures = FiguresOf(object.kind);
  std::vector<SeriesColumn> columns;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    SeriesColumn column{figures[i].name, figures[i].unit, {}};
    bool is_zero = true;
    for (std::size_t at = i; at < object.values.size(); at += figures.size()) {
      column.values.push_back(object.values[at]);
      is_zero &= object.values[at] == 0;
    }
    if (!is_zero) columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace vpcmirror
