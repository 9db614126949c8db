#include "sim/input/traffic_windows.h"

#include <utility>

#include "sim/input/log_order.h"

namespace vpcmirror::sim {
namespace {

void Scale(Flux& flux, double factor) { flux = flux * factor; }

void Scale(EniTraffic& eni, double factor) {
  for (Flux* each : {&eni.in, &eni.out, &eni.copies_in, &eni.copies_in_of_out, &eni.copies_out,
                     &eni.copies_of_out, &eni.duplicates_in}) {
    Scale(*each, factor);
  }
  eni.largest_flow_bps *= factor;
}

void Scale(MirrorTraffic& mirror, double factor) {
  for (Flux* each : {&mirror.offered, &mirror.mirrored, &mirror.mirrored_of_out, &mirror.wire,
                     &mirror.cut, &mirror.unfit}) {
    Scale(*each, factor);
  }
  for (Flux& each : mirror.by_receiver) Scale(each, factor);
}

}  // namespace

TrafficWindows::TrafficWindows(Settings settings) : settings_(std::move(settings)) {}

void TrafficWindows::Reach(std::int64_t time) {
  // A window that ends at `time` holds all before it.
  const std::int64_t window = WindowOf(std::max<std::int64_t>(time - 1, 0));
  if (has_any_ && window <= newest_) return;
  has_any_ = true;
  newest_ = window;
  while (!open_.empty() && open_.begin()->first < oldest_open()) {
    auto oldest = open_.extract(open_.begin());
    Close(oldest.key(), oldest.mapped());
  }
}

SteadyTraffic& TrafficWindows::Sums(std::int64_t window) {
  if (window == last_window_ && last_ != nullptr) return *last_;
  auto found = open_.find(window);
  if (found == open_.end()) {
    if (spare_.empty()) spare_.push_back(settings_.nothing);
    found = open_.emplace(window, std::move(spare_.back())).first;
    spare_.pop_back();
  }
  last_window_ = window;
  last_ = &found->second;
  return found->second;
}

void TrafficWindows::Close(std::int64_t window, SteadyTraffic& sums) {
  last_ = nullptr;
  const double factor = 1.0 / static_cast<double>(length());
  for (EniTraffic& each : sums.enis) Scale(each, factor);
  for (MirrorTraffic& each : sums.mirrors) Scale(each, factor);
  const TimeSpan span{window * length(), (window + 1) * length()};
  const TimeSpan told = settings_.is_mirrored ? Mirrored(span, length()) : span;
  TrafficWindow closed{told.start, length(), std::move(sums)};
  settings_.on_window(closed);
  closed.traffic = settings_.nothing;  // keeps its memory
  spare_.push_back(std::move(closed.traffic));
}

void TrafficWindows::CloseAll() {
  while (!open_.empty()) {
    auto oldest = open_.extract(open_.begin());
    Close(oldest.key(), oldest.mapped());
  }
}

}  // namespace vpcmirror::sim
