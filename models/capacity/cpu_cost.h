// What work on frames costs in CPU time, and who pays for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/units/quantity.h"

namespace vpcmirror {

enum class CpuOperation : std::uint8_t {
  kProductionRx,  // a production frame comes in
  kProductionTx,  // a production frame goes out
  kClone,         // a frame is copied and encapsulated
  kReceive,       // a copy comes in at its receiver
  kAnalyse,       // the receiver's software looks at a copy
};
inline constexpr std::size_t kCpuOperations = 5;
std::string_view ToString(CpuOperation operation);  // "production_rx"

enum class Payer : std::uint8_t {
  kGuest,  // the CVM's own cores
  kHost,   // the cloud's: reported, not charged to the CVM
};
std::string_view ToString(Payer payer);  // "guest"

// How long one core is busy in a second of `load` frames. 10^12 ps is all of it.
struct CostPoint {
  PacketsPerSecond load{};
  Picoseconds busy{};

  friend constexpr bool operator==(const CostPoint&, const CostPoint&) = default;
};

// The CPU time of one operation, as busy = f(frames/s) + per_byte * bytes/s of
// one core. f goes straight from (0, idle) to the first point, from point to
// point, and on with the last slope, past a whole core too: a demand, met or
// not. So a frame costs f(load) / load, which falls with load where f is
// concave, as interrupts and calls serve more frames each.
// Immutable, so threads may share one.
class CostCurve {
 public:
  static constexpr PacketsPerSecond kMostLoad{1'000'000'000};
  static constexpr Picoseconds kMostPerByte{1'000'000};  // 1 us

  CostCurve() = default;  // costs nothing

  // Throws std::invalid_argument unless there is a point, loads rise from 1 to
  // kMostLoad, busy times rise or stay from `idle` to one second,
  // 0 <= idle and 0 <= per_byte <= kMostPerByte.
  CostCurve(Picoseconds idle, std::vector<CostPoint> points, Picoseconds per_byte);

  // As much a frame at any load: 0 to 1 s of it.
  static CostCurve Flat(Picoseconds per_frame, Picoseconds per_byte);

  // Of one frame while its core serves `load` frames a second, to the nearest
  // picosecond. A load below 1 counts as 1, one above kMostLoad as that: where
  // `idle` is not zero, a lone frame is charged with a whole second of it.
  // Requires 0 <= frame < 2^40.
  Picoseconds CostOf(Bytes frame, PacketsPerSecond load) const noexcept;

  // Cores kept busy by what is spread evenly over `cores` of them; `idle` counts
  // for each, frames or not. A second of steady frames costs the same by CostOf,
  // within half a picosecond a frame. Negative arguments count as 0; 0 cores are 1.
  double BusyCores(double packets_per_second, double bytes_per_second, double cores) const noexcept;

  // The same curve with bytes at another price, bounds as in the constructor.
  CostCurve WithPerByte(Picoseconds per_byte) const;

  bool is_free() const { return points_.empty(); }
  Picoseconds per_byte() const { return per_byte_; }

  friend bool operator==(const CostCurve&, const CostCurve&) = default;

 private:
  std::vector<CostPoint> points_;  // from (0, idle) on; empty when free
  Picoseconds per_byte_{};
};

// Whether a figure was read, worked out from such, or chosen to be plausible.
enum class Confidence : std::uint8_t { kMeasured, kDerived, kIllustrative };
std::string_view ToString(Confidence confidence);  // "measured"

struct OperationCost {
  CostCurve curve;
  Payer payer = Payer::kGuest;
  Confidence confidence = Confidence::kIllustrative;
  std::string source;

  friend bool operator==(const OperationCost&, const OperationCost&) = default;
};

// What each operation costs in one kind of network stack.
struct CpuCostTable {
  std::string name;   // "kernel"
  std::string title;  // "Linux kernel"
  std::string as_of;
  double core_ghz = 0;     // of the core that it was measured on
  bool poll_mode = false;  // a polling core looks busy at no load: its CPU is no load signal
  std::array<OperationCost, kCpuOperations> costs;

  const OperationCost& of(CpuOperation operation) const {
    return costs[static_cast<std::size_t>(operation)];
  }
  OperationCost& of(CpuOperation operation) { return costs[static_cast<std::size_t>(operation)]; }

  // As the operation's curve has it, whoever pays.
  Picoseconds CostOf(CpuOperation operation, Bytes frame, PacketsPerSecond load) const noexcept {
    return of(operation).curve.CostOf(frame, load);
  }
  double BusyCores(CpuOperation operation, double packets_per_second, double bytes_per_second,
                   double cores) const noexcept {
    return of(operation).curve.BusyCores(packets_per_second, bytes_per_second, cores);
  }
  bool GuestPays(CpuOperation operation) const { return of(operation).payer == Payer::kGuest; }

  friend bool operator==(const CpuCostTable&, const CpuCostTable&) = default;
};

// What a CVM's guest pays for frames as they come: by the table, at the load of
// the last whole millisecond, spread evenly over its cores.
class CpuBill {
 public:
  // Throws std::invalid_argument without a table or a core.
  CpuBill(std::shared_ptr<const CpuCostTable> table, int cores);

  // The work of one frame divided by the number of cores; 0 where the host pays.
  // Time must not go backwards between calls.
  Picoseconds Charge(Picoseconds now, CpuOperation operation, Bytes frame);

 private:
  static constexpr Picoseconds kWindow{1'000'000'000};

  std::shared_ptr<const CpuCostTable> table_;
  int cores_;
  Picoseconds window_end_ = kWindow;
  std::array<std::int64_t, kCpuOperations> frames_{};     // in this window
  std::array<PacketsPerSecond, kCpuOperations> loads_{};  // of one core, in the last
};

}  // namespace vpcmirror
