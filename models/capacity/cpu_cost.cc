#include "models/capacity/cpu_cost.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace vpcmirror {
namespace {

constexpr Picoseconds kOneCore(kPicosecondsPerSecond);

void RequireRising(const std::vector<CostPoint>& points) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (points[i].load <= points[i - 1].load) {
      throw std::invalid_argument("the loads of a cost curve must rise, from 1 frame a second on");
    }
    if (points[i].busy < points[i - 1].busy) {
      throw std::invalid_argument("the busy time of a cost curve must not fall with load");
    }
  }
  if (points.back().load > CostCurve::kMostLoad) {
    throw std::invalid_argument("a load of a cost curve is over 10^9 frames a second");
  }
  if (points.back().busy > kOneCore) {
    throw std::invalid_argument("a point of a cost curve keeps one core busy for over 100 %");
  }
}

}  // namespace

std::string_view ToString(CpuOperation operation) {
  switch (operation) {
    case CpuOperation::kProductionRx:
      return "production_rx";
    case CpuOperation::kProductionTx:
      return "production_tx";
    case CpuOperation::kClone:
      return "clone";
    case CpuOperation::kReceive:
      return "receive";
    case CpuOperation::kAnalyse:
      return "analyse";
  }
  return "unknown";
}

std::string_view ToString(Payer payer) { return payer == Payer::kGuest ? "guest" : "host"; }

std::string_view ToString(Confidence confidence) {
  switch (confidence) {
    case Confidence::kMeasured:
      return "measured";
    case Confidence::kDerived:
      return "derived";
    case Confidence::kIllustrative:
      return "illustrative";
  }
  return "unknown";
}

CostCurve::CostCurve(Picoseconds idle, std::vector<CostPoint> points, Picoseconds per_byte)
    : points_(std::move(points)), per_byte_(per_byte) {
  if (points_.empty()) throw std::invalid_argument("a cost curve needs a point");
  if (idle.count() < 0) throw std::invalid_argument("an idle core is busy for less than nothing");
  if (per_byte.count() < 0 || per_byte > kMostPerByte) {
    throw std::invalid_argument("a byte costs 0 to 1 us");
  }
  points_.insert(points_.begin(), {.load = PacketsPerSecond(0), .busy = idle});
  RequireRising(points_);
}

CostCurve CostCurve::Flat(Picoseconds per_frame, Picoseconds per_byte) {
  return CostCurve(Picoseconds(0), {{.load = PacketsPerSecond(1), .busy = per_frame}}, per_byte);
}

CostCurve CostCurve::WithPerByte(Picoseconds per_byte) const {
  if (is_free()) return Flat(Picoseconds(0), per_byte);
  return CostCurve(points_.front().busy, {points_.begin() + 1, points_.end()}, per_byte);
}

Picoseconds CostCurve::CostOf(Bytes frame, PacketsPerSecond load) const noexcept {
  if (is_free()) return Picoseconds(0);
  const std::int64_t at = std::clamp<std::int64_t>(load.count(), 1, kMostLoad.count());
  std::size_t end = 1;
  while (end + 1 < points_.size() && points_[end].load.count() < at) ++end;
  const CostPoint& a = points_[end - 1];
  const CostPoint& b = points_[end];
  // (busy + rise * (at - start) / run) / at, in one division so that it rounds once.
  const Int128 run = b.load.count() - a.load.count();
  const Int128 rise = b.busy.count() - a.busy.count();
  const Int128 busy_times_run = a.busy.count() * run + rise * (at - a.load.count());
  const Int128 divisor = run * at;
  const auto per_frame = static_cast<std::int64_t>((busy_times_run + divisor / 2) / divisor);
  return Picoseconds(per_frame) + per_byte_ * frame.count();
}

double CostCurve::BusyCores(double packets_per_second, double bytes_per_second,
                            double cores) const noexcept {
  if (is_free()) return 0;
  const double over = cores > 0 ? cores : 1;
  const double at = std::max(0.0, packets_per_second) / over;
  std::size_t end = 1;
  while (end + 1 < points_.size() && static_cast<double>(points_[end].load.count()) < at) ++end;
  const CostPoint& a = points_[end - 1];
  const CostPoint& b = points_[end];
  const double run = static_cast<double>(b.load.count() - a.load.count());
  const double rise = static_cast<double>(b.busy.count() - a.busy.count());
  const double frames =
      static_cast<double>(a.busy.count()) + rise * (at - static_cast<double>(a.load.count())) / run;
  const double bytes = static_cast<double>(per_byte_.count()) * std::max(0.0, bytes_per_second);
  return (frames * over + bytes) / static_cast<double>(kPicosecondsPerSecond);
}

CpuBill::CpuBill(std::shared_ptr<const CpuCostTable> table, int cores)
    : table_(std::move(table)), cores_(cores) {
  if (!table_ || cores < 1) throw std::invalid_argument("a bill needs a table and a core");
}

Picoseconds CpuBill::Charge(Picoseconds now, CpuOperation operation, Bytes frame) {
  if (!table_->GuestPays(operation)) return Picoseconds(0);
  if (now >= window_end_) {
    const bool was_idle = now >= window_end_ + kWindow;
    for (std::size_t i = 0; i < kCpuOperations; ++i) {
      loads_[i] = PacketsPerSecond(
          was_idle ? 0 : frames_[i] * (kPicosecondsPerSecond / kWindow.count()) / cores_);
      frames_[i] = 0;
    }
    window_end_ = Picoseconds((now.count() / kWindow.count() + 1) * kWindow.count());
  }
  const auto index = static_cast<std::size_t>(operation);
  ++frames_[index];
  return table_->CostOf(operation, frame, loads_[index]) / cores_;
}

}  // namespace vpcmirror
