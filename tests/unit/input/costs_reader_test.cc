#include "sim/input/costs_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/input/library.h"
#include "tests/unit/input/errors.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::SizeIs;

const CpuCostTable& ShippedTable(const char* name) { return Shipped().costs.at(name); }

// A table whose `clone` is this, the rest one line each.
std::string TableWithClone(const std::string& clone) {
  const std::string other =
      R"({"points": [{"load": "1 Mpps", "busy": "10%"}], "confidence": "derived", "source": "s"})";
  return R"({"name": "t", "title": "T", "as_of": "2026-11-22", "core_ghz": 3, "operations": {)"
         R"("production_rx": )" +
         other + R"(, "production_tx": )" + other + R"(, "receive": )" + other + R"(, "clone": )" +
         clone + "}}";
}

CpuCostTable ReadTable(const std::string& text) {
  return ReadCostTable(text, "t.json", *Schema::Load(kDataFolder + "/schema/costs.schema.json"));
}

// xdp-paper: ns a packet of early drop at 0.25, 1, 2, 3 Mpps, and 75 ps a byte.
TEST(ShippedCostsTest, KernelReceivesAsMeasured) {
  const CpuCostTable& kernel = ShippedTable("kernel");
  const std::pair<std::int64_t, std::int64_t> measured[] = {
      {250'000, 840}, {1'000'000, 426}, {2'000'000, 298}, {3'000'000, 236}};
  for (const auto& [load, ns] : measured) {
    EXPECT_EQ(kernel.CostOf(CpuOperation::kProductionRx, Bytes(64), PacketsPerSecond(load)).count(),
              ns * 1000 + 64 * 75);
  }
  EXPECT_EQ(kernel.CostOf(CpuOperation::kClone, Bytes(0), PacketsPerSecond(5)),
            Picoseconds(675'000));
  EXPECT_EQ(kernel.core_ghz, 3.8);
  EXPECT_FALSE(kernel.poll_mode);
}

// 43.5 Mpps received and 23.9 Mpps forwarded (received and sent) fill one core.
TEST(ShippedCostsTest, DpdkFillsACoreAtTheMeasuredRates) {
  const CpuCostTable& dpdk = ShippedTable("dpdk");
  EXPECT_TRUE(dpdk.poll_mode);
  EXPECT_NEAR(dpdk.BusyCores(CpuOperation::kReceive, 43.5e6, 0, 1), 1, 1e-9);
  EXPECT_NEAR(dpdk.BusyCores(CpuOperation::kProductionRx, 23.9e6, 0, 1) +
                  dpdk.BusyCores(CpuOperation::kProductionTx, 23.9e6, 0, 1),
              1, 0.01);
}

// 8.65 Mpps redirected fill a core; 5.77 Mpps forwarded to few routes, 3.85 to many.
TEST(ShippedCostsTest, XdpStaysWithinWhatWasMeasured) {
  const CpuCostTable& xdp = ShippedTable("xdp");
  EXPECT_NEAR(xdp.BusyCores(CpuOperation::kReceive, 8.65e6, 0, 1), 1, 1e-9);
  const double clone = xdp.BusyCores(CpuOperation::kClone, 1e6, 0, 1);
  EXPECT_GT(clone, 1 / 5.77);
  EXPECT_LT(clone, 1 / 3.85);
}

TEST(ShippedCostsTest, CopiesOfASmartNicTakeNoCoreOfTheGuest) {
  const CpuCostTable& nic = ShippedTable("smartnic");
  EXPECT_EQ(nic.of(CpuOperation::kClone).payer, Payer::kHost);
  EXPECT_EQ(nic.BusyCores(CpuOperation::kClone, 1e6, 1e9, 4), 0);
  EXPECT_GT(nic.BusyCores(CpuOperation::kProductionRx, 1e6, 1e9, 4), 0);
}

TEST(ShippedCostsTest, SayWhereTheyComeFrom) {
  for (const char* name : {"kernel", "xdp", "dpdk", "smartnic"}) {
    const CpuCostTable& table = ShippedTable(name);
    EXPECT_EQ(table.name, name);
    EXPECT_EQ(table.as_of.size(), 10u) << name;
    for (std::size_t i = 0; i < kCpuOperations; ++i) {
      const bool known = static_cast<CpuOperation>(i) != CpuOperation::kAnalyse;
      EXPECT_EQ(table.costs[i].source.empty(), !known) << name << i;
    }
  }
}

TEST(CostsReaderTest, TakesTimesOfAFrameForShares) {
  const CpuCostTable table = ReadTable(TableWithClone(
      R"({"points": [{"load": "1 Mpps", "per_frame": "500 ns"}, {"load": "2 Mpps", "busy": "80%"}],)"
      R"( "idle": "2%", "per_byte": "0.08 ns", "payer": "host", "confidence": "measured",)"
      R"( "source": "a lab"})"));
  const OperationCost& clone = table.of(CpuOperation::kClone);
  EXPECT_EQ(clone.curve, CostCurve(Picoseconds(20'000'000'000),
                                   {{PacketsPerSecond(1'000'000), Picoseconds(500'000'000'000)},
                                    {PacketsPerSecond(2'000'000), Picoseconds(800'000'000'000)}},
                                   Picoseconds(80)));
  EXPECT_EQ(clone.payer, Payer::kHost);
  EXPECT_EQ(clone.confidence, Confidence::kMeasured);
  EXPECT_TRUE(table.of(CpuOperation::kAnalyse).curve.is_free());
}

TEST(CostsReaderTest, NamesWhatIsWrong) {
  const auto errors = [](const std::string& clone) {
    return ErrorsOf([&] { ReadTable(TableWithClone(clone)); });
  };
  const std::string rest = R"(, "confidence": "derived", "source": "s"})";
  EXPECT_THAT(errors(R"({"points": [{"load": "1 Mpps"}])" + rest),
              Contains(HasSubstr("/operations/clone/points/0: a point wants one of")));
  EXPECT_THAT(errors(R"({"points": [{"load": "1 Mpps", "per_frame": "1001 ns"}])" + rest),
              Contains(HasSubstr("/operations/clone: a point of a cost curve keeps one core busy "
                                 "for over 100 %")));
  EXPECT_THAT(
      errors(R"({"points": [{"load": "2 Mpps", "busy": "9%"}, {"load": "1 Mpps", "busy": "9%"}])" +
             rest),
      Contains(HasSubstr("/operations/clone: the loads of a cost curve must rise")));
  EXPECT_THAT(errors(R"({"points": [{"load": "1 Mpps", "busy": "9%"}], "per_byte": "2 us")" + rest),
              Contains(HasSubstr("/operations/clone: a byte costs 0 to 1 us")));
  EXPECT_THAT(errors(R"({"points": []})"), SizeIs(testing::Ge(2)));
}

}  // namespace
}  // namespace vpcmirror::sim
