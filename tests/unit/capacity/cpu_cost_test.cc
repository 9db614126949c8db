#include "models/capacity/cpu_cost.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <vector>

namespace vpcmirror {
namespace {

constexpr Picoseconds kNothing(0);

// Percent of a core in a second.
constexpr Picoseconds Percent(double percent) {
  return Picoseconds(static_cast<std::int64_t>(percent * 1e10 + 0.5));
}

// xdp-paper, Linux early drop: busy 21 %, 42.6 %, 59.6 %, 70.8 % at 0.25, 1, 2, 3 Mpps.
CostCurve KernelDrop(Picoseconds per_byte = kNothing) {
  return CostCurve(kNothing,
                   {{PacketsPerSecond(250'000), Percent(21)},
                    {PacketsPerSecond(1'000'000), Percent(42.6)},
                    {PacketsPerSecond(2'000'000), Percent(59.6)},
                    {PacketsPerSecond(3'000'000), Percent(70.8)}},
                   per_byte);
}

// The same paper's column of ns a packet, from busy / rate.
TEST(CostCurveTest, CostOfAFrameFallsWithLoadAsMeasured) {
  const CostCurve curve = KernelDrop();
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(250'000)), Picoseconds(840'000));
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(1'000'000)), Picoseconds(426'000));
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(2'000'000)), Picoseconds(298'000));
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(3'000'000)), Picoseconds(236'000));
}

TEST(CostCurveTest, GoesStraightFromPointToPointAndBeyond) {
  const CostCurve curve = KernelDrop();
  // Below the first point, from (0, 0): 840 ns at any load.
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(1)), Picoseconds(840'000));
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(0)), Picoseconds(840'000));
  // Half way from 1 to 2 Mpps: (42.6 + 59.6) / 2 = 51.1 % of a second for 1.5 million.
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(1'500'000)), Picoseconds(340'667));
  // The last slope is 11.2 % a Mpps: 5 Mpps take 70.8 + 22.4 = 93.2 %, 6 take 104.4 %.
  EXPECT_NEAR(curve.BusyCores(5e6, 0, 1), 0.932, 1e-12);
  EXPECT_NEAR(curve.BusyCores(6e6, 0, 1), 1.044, 1e-12);
}

// Four cores with 0.25 Mpps each take 4 * 21 %, where one with 1 Mpps takes 42.6 %.
TEST(CostCurveTest, SpreadsTheLoadOverCores) {
  EXPECT_NEAR(KernelDrop().BusyCores(1e6, 0, 4), 0.84, 1e-12);
  EXPECT_NEAR(KernelDrop().BusyCores(1e6, 0, 1), 0.426, 1e-12);
  EXPECT_EQ(KernelDrop().BusyCores(1e6, 0, 0), KernelDrop().BusyCores(1e6, 0, 1));
}

// 100,000 frames of 1,000 bytes a second at 700 ns and 0.1 ns/B: 0.08 cores.
TEST(CostCurveTest, FlatCurveAddsUpFramesAndBytes) {
  const CostCurve curve = CostCurve::Flat(Picoseconds(700'000), Picoseconds(100));
  EXPECT_DOUBLE_EQ(curve.BusyCores(100'000, 100'000'000, 1), 0.08);
  EXPECT_DOUBLE_EQ(curve.BusyCores(100'000, 100'000'000, 16), 0.08);
  for (const std::int64_t load : {0, 1, 100'000, 1'000'000'000}) {
    EXPECT_EQ(curve.CostOf(Bytes(1000), PacketsPerSecond(load)), Picoseconds(800'000)) << load;
  }
}

TEST(CostCurveTest, IdleCoreCountsForEachAndIsChargedToTheFramesThereAre) {
  // 10 % at rest, 30 % at 1 Mpps: a Mpps spread over two cores takes 2 * 20 %.
  const CostCurve curve(Percent(10), {{PacketsPerSecond(1'000'000), Percent(30)}}, kNothing);
  EXPECT_NEAR(curve.BusyCores(0, 0, 2), 0.2, 1e-12);
  EXPECT_NEAR(curve.BusyCores(1e6, 0, 2), 0.4, 1e-12);
  EXPECT_EQ(curve.CostOf(Bytes(64), PacketsPerSecond(500'000)), Picoseconds(400'000));
}

TEST(CostCurveTest, DefaultCostsNothing) {
  EXPECT_EQ(CostCurve().CostOf(Bytes(1500), PacketsPerSecond(1'000)), kNothing);
  EXPECT_EQ(CostCurve().BusyCores(1e6, 1e9, 4), 0);
}

// A steady second of `load` frames on one core, frame by frame, against the
// closed form: half a picosecond of rounding a frame at most.
TEST(CostCurveTest, SteadySecondCostsWhatTheClosedFormSays) {
  const CostCurve curves[] = {
      KernelDrop(), KernelDrop(Picoseconds(75)),
      CostCurve::Flat(Picoseconds(675'000), Picoseconds(75)),
      CostCurve(Percent(5), {{PacketsPerSecond(777'777), Percent(33)}}, Picoseconds(1))};
  for (const CostCurve& curve : curves) {
    for (std::int64_t load = 1; load < 50'000'000; load = load * 3 + 1) {
      for (const std::int64_t frame : {64, 1500, 9001}) {
        const double charged =
            static_cast<double>(curve.CostOf(Bytes(frame), PacketsPerSecond(load)).count()) *
            static_cast<double>(load) / 1e12;
        const double rate = static_cast<double>(load);
        const double closed = curve.BusyCores(rate, rate * static_cast<double>(frame), 1);
        EXPECT_NEAR(charged, closed, 0.5e-12 * rate + 1e-12 * closed) << load << ' ' << frame;
      }
    }
  }
}

struct BadCurve {
  const char* name;
  Picoseconds idle;
  std::vector<CostPoint> points;
  Picoseconds per_byte;
};

TEST(CostCurveTest, RefusesWhatCannotBe) {
  const PacketsPerSecond thousand(1000);
  const BadCurve cases[] = {
      {"no point", kNothing, {}, kNothing},
      {"load of 0", kNothing, {{PacketsPerSecond(0), Percent(1)}}, kNothing},
      {"loads that fall", kNothing, {{thousand, Percent(1)}, {thousand, Percent(2)}}, kNothing},
      {"busy that falls",
       kNothing,
       {{thousand, Percent(2)}, {PacketsPerSecond(2000), Percent(1)}},
       kNothing},
      {"busy below idle", Percent(3), {{thousand, Percent(2)}}, kNothing},
      {"more than a core", kNothing, {{thousand, Percent(101)}}, kNothing},
      {"more frames than any", kNothing, {{PacketsPerSecond(2'000'000'000), Percent(1)}}, kNothing},
      {"negative idle", Picoseconds(-1), {{thousand, Percent(1)}}, kNothing},
      {"negative byte", kNothing, {{thousand, Percent(1)}}, Picoseconds(-1)},
      {"dear byte", kNothing, {{thousand, Percent(1)}}, Picoseconds(1'000'001)},
  };
  for (const BadCurve& bad : cases) {
    EXPECT_THROW(CostCurve(bad.idle, bad.points, bad.per_byte), std::invalid_argument) << bad.name;
  }
}

TEST(CpuCostTableTest, AsksTheCurveOfTheOperation) {
  CpuCostTable table;
  table.of(CpuOperation::kClone) = {.curve = CostCurve::Flat(Picoseconds(675'000), Picoseconds(75)),
                                    .payer = Payer::kHost};
  EXPECT_EQ(table.CostOf(CpuOperation::kClone, Bytes(1000), PacketsPerSecond(1)),
            Picoseconds(750'000));
  EXPECT_NEAR(table.BusyCores(CpuOperation::kClone, 1e6, 1e9, 2), 0.75, 1e-12);
  EXPECT_FALSE(table.GuestPays(CpuOperation::kClone));
  EXPECT_TRUE(table.GuestPays(CpuOperation::kAnalyse));
  EXPECT_EQ(table.CostOf(CpuOperation::kAnalyse, Bytes(1000), PacketsPerSecond(1)), kNothing);
}

}  // namespace
}  // namespace vpcmirror
