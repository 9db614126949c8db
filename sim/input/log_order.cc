#include "sim/input/log_order.h"

#include <algorithm>
#include <limits>

#include "sim/input/flow_logs.h"

namespace vpcmirror::sim {
namespace {

// Of records as they come: how many end in a window that is closed by then.
class LateCount {
 public:
  LateCount(std::int64_t length, std::size_t most_open)
      : length_(length), most_open_(static_cast<std::int64_t>(most_open)) {}

  void Add(const TimeSpan& span) {
    const std::int64_t end = std::max(span.end, span.start + 1);
    const bool is_ahead = has_any_ && end > (newest_ + 1) * length_ + kFarAheadSeconds;
    ahead_ = is_ahead ? ahead_ + 1 : 0;
    furthest_ = is_ahead ? std::max(furthest_, end) : 0;
    if (is_ahead && ahead_ < kConfirming) return;
    const std::int64_t window = (std::max(end, furthest_) - 1) / length_;
    newest_ = has_any_ ? std::max(newest_, window) : window;
    has_any_ = true;
    if (window <= newest_ - most_open_) ++late_;
  }

  std::int64_t late() const { return late_; }

 private:
  std::int64_t length_;
  std::int64_t most_open_;
  bool has_any_ = false;
  std::int64_t newest_ = 0;    // window
  std::size_t ahead_ = 0;      // behind one another
  std::int64_t furthest_ = 0;  // of those
  std::int64_t late_ = 0;
};

// Up to `enough`.
std::int64_t CountLate(const std::vector<std::string>& files, LogOrder order, LateCount count,
                       std::int64_t length, std::int64_t enough) {
  FlowLogs logs(files, order);
  FlowRecord record;
  while (count.late() < enough && logs.Next(record)) {
    const TimeSpan span = SpanOf(record);
    if (span.end == 0) continue;
    count.Add(order == LogOrder::kNewestFirst ? Mirrored(span, length) : span);
  }
  return count.late();
}

}  // namespace

TimeSpan SpanOf(const FlowRecord& record) {
  const std::int64_t start = record.start > 0 ? record.start : record.end;
  return {start, std::max(record.end, start)};
}

TimeSpan Mirrored(const TimeSpan& span, std::int64_t length) {
  // Far behind all times that a log may have.
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 2;
  const std::int64_t mirror = kFar / length * length;
  if (span.end == span.start) return {mirror - span.start - 1, mirror - span.start - 1};
  return {mirror - span.end, mirror - span.start};
}

bool IsNewestFirst(const std::vector<std::string>& files, std::int64_t length,
                   std::size_t most_open) {
  const LateCount none(length, most_open);
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  const std::int64_t late = CountLate(files, LogOrder::kOldestFirst, none, length, kAll);
  return CountLate(files, LogOrder::kNewestFirst, none, length, late) < late;
}

}  // namespace vpcmirror::sim
