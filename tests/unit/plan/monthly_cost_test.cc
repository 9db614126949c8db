#include "analysis/plan/monthly_cost.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "sim/input/data_folder.h"
#include "sim/input/prices_reader.h"

namespace vpcmirror {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr double kCent = 0.01;

// ENIs in zones, each of a CVM of its own, in one VPC of a cloud; mirrors between them.
class Estate {
 public:
  explicit Estate(std::string provider) {
    deployment_.providers = {std::move(provider)};
    deployment_.vpcs.push_back({});
    result_.duration = Picoseconds(kPicosecondsPerSecond);
  }

  std::size_t AddEni(const std::string& zone, Bytes copies_out = {}) {
    const std::size_t eni = deployment_.enis.size();
    deployment_.subnets.push_back({.zone = zone});
    deployment_.cvms.push_back({.id = "cvm" + std::to_string(eni), .enis = {eni}});
    deployment_.enis.push_back({.id = "eni" + std::to_string(eni), .cvm = eni, .subnet = eni});
    EniResult& of = result_.enis.emplace_back();
    of.id = deployment_.enis.back().id;
    of.mirror_out.bytes = copies_out;
    return eni;
  }

  std::size_t AddReceiver(const std::string& zone, const std::string& type, Bytes arrived = {}) {
    const std::size_t eni = AddEni(zone);
    deployment_.cvms.back().type = type;
    deployment_.cvms.back().receiver = ReceiverProfile{};
    ReceiverResult& of = result_.receivers.emplace_back();
    of.id = deployment_.enis.back().id;
    of.in.bytes = arrived;
    return eni;
  }

  void AddMirror(std::vector<std::size_t> sources, std::vector<std::size_t> receivers,
                 Bytes wire = {}) {
    PlacedMirror placed;
    placed.sources = std::move(sources);
    placed.receiver_enis = std::move(receivers);
    mirrors_.push_back(placed);
    result_.mirrors.emplace_back().ledger.wire_bytes = wire;
  }

  Deployment& deployment() { return deployment_; }
  RunResult& result() { return result_; }

  MonthlyCost Cost(const PriceLists& prices, const MonthlyCostSettings& settings = {}) const {
    ValidScenario scenario;
    scenario.deployment = std::make_shared<Deployment>(deployment_);
    scenario.mirrors = mirrors_;
    return MonthlyCostOf(scenario, result_, prices, settings);
  }

 private:
  Deployment deployment_;
  std::vector<PlacedMirror> mirrors_;
  RunResult result_;
};

const PriceLists& ShippedPrices() {
  static const PriceLists prices = sim::LoadPrices(sim::FindDataFolder());
  return prices;
}

const CostLine& LineOf(const MonthlyCost& cost, CostItem item) {
  static const CostLine none;
  for (const CostLine& line : cost.lines) {
    if (line.item == item) return line;
  }
  ADD_FAILURE() << "no line of " << ToString(item);
  return none;
}

// 2,000 sessions x 0.015 USD x 730 h = 21,900 USD.
TEST(MonthlyCostTest, ChargesEachSessionOfAws) {
  Estate estate("aws");
  const std::size_t receiver = estate.AddReceiver("a", "c5.large");
  for (int i = 0; i < 1000; ++i) {
    const std::size_t source = estate.AddEni("a");
    estate.AddMirror({source}, {receiver});
    estate.AddMirror({source}, {receiver});  // a source of two mirrors is two sessions
  }
  const MonthlyCost cost = estate.Cost(ShippedPrices());
  const CostLine& sessions = LineOf(cost, CostItem::kSession);
  EXPECT_EQ(sessions.count, 2000);
  EXPECT_NEAR(sessions.amount, 21'900, kCent);
  ASSERT_TRUE(sessions.price);
  EXPECT_EQ(sessions.price->as_of, "2026-11-22");
  EXPECT_THAT(sessions.price->source, HasSubstr("infracost"));
  EXPECT_THAT(cost.totals, ElementsAre(Pair("USD", testing::DoubleNear(21'900, kCent))));
}

TEST(MonthlyCostTest, SaysWhichPricesAreNotKnown) {
  Estate estate("aws");
  const std::size_t receiver = estate.AddReceiver("a", "c5.large");
  estate.AddMirror({estate.AddEni("a")}, {receiver});
  estate.deployment().load_balancers.push_back({.kind = {.name = "nlb"}, .zones = {"a"}});
  const MonthlyCost cost = estate.Cost(ShippedPrices());
  EXPECT_FALSE(cost.is_complete);
  EXPECT_EQ(LineOf(cost, CostItem::kReceiver).of, "c5.large");
  EXPECT_EQ(LineOf(cost, CostItem::kReceiver).price, std::nullopt);
  EXPECT_EQ(LineOf(cost, CostItem::kLoadBalancer).of, "nlb");
  EXPECT_EQ(LineOf(cost, CostItem::kLoadBalancer).price, std::nullopt);
  EXPECT_EQ(LineOf(estate.Cost({}), CostItem::kSession).price, std::nullopt);
  EXPECT_THAT(estate.Cost({}).totals, IsEmpty());
}

// In a second 1,000,000 bytes of a source of zone a arrive in zone b, and 500,000 of one of
// zone b: 1 MB/s x 3600 x 730 = 2,628 GB a month, 26.28 USD at 0.01.
TEST(MonthlyCostTest, ChargesCopiesBetweenZones) {
  Estate estate("gcp");
  const std::size_t receiver = estate.AddReceiver("b", "n2", Bytes(1'500'000));
  const std::size_t far = estate.AddEni("a", Bytes(1'000'000));
  const std::size_t near = estate.AddEni("b", Bytes(500'000));
  estate.AddMirror({far, near}, {receiver});
  const CostLine line = LineOf(estate.Cost(ShippedPrices()), CostItem::kCrossZone);
  EXPECT_NEAR(line.month_units, 2628, 1e-6);
  EXPECT_NEAR(line.amount, 26.28, kCent);
  EXPECT_THAT(line.note, HasSubstr("in proportion"));
}

// Half of what was sent is lost on its way: 500,000 of 1,000,000 bytes arrived.
TEST(MonthlyCostTest, ChargesWhatArrived) {
  Estate estate("gcp");
  const std::size_t receiver = estate.AddReceiver("b", "n2", Bytes(500'000));
  estate.AddMirror({estate.AddEni("a", Bytes(1'000'000))}, {receiver});
  EXPECT_NEAR(LineOf(estate.Cost(ShippedPrices()), CostItem::kCrossZone).amount, 13.14, kCent);
}

TEST(MonthlyCostTest, ChargesNothingInsideAZoneOrOfUnknownOnes) {
  Estate here("gcp");
  const std::size_t receiver = here.AddReceiver("a", "n2", Bytes(1000));
  here.AddMirror({here.AddEni("a", Bytes(1000))}, {receiver});
  for (const CostLine& line : here.Cost(ShippedPrices()).lines) {
    EXPECT_NE(line.item, CostItem::kCrossZone);
  }
  Estate nowhere("gcp");
  const std::size_t other = nowhere.AddReceiver("", "n2", Bytes(1000));
  nowhere.AddMirror({nowhere.AddEni("a", Bytes(1000))}, {other});
  EXPECT_THAT(nowhere.Cost(ShippedPrices()).assumptions,
              testing::Contains(HasSubstr("have no zone")));
}

// 1 MB comes in at zone a and 3 MB at zone b; of 2 MB to a backend of a, 3/4 came in at b, and
// of 2 MB to one of b, 1/4 at a: 2 MB/s x 3600 x 730 = 5,256 GB.
TEST(MonthlyCostTest, ChargesWhatALoadBalancerPassesToOtherZones) {
  Estate estate("gcp");
  estate.deployment().load_balancers.push_back({.zones = {"a", "b"}, .cross_zone = true});
  LoadBalancerResult& balanced = estate.result().load_balancers.emplace_back();
  balanced.zones = {{.zone = "a"}, {.zone = "b"}};
  balanced.zones[0].in.bytes = Bytes(1'000'000);
  balanced.zones[1].in.bytes = Bytes(3'000'000);
  balanced.backends = {{.zone = "a"}, {.zone = "b"}};
  balanced.backends[0].out.bytes = Bytes(2'000'000);
  balanced.backends[1].out.bytes = Bytes(2'000'000);
  EXPECT_NEAR(LineOf(estate.Cost(ShippedPrices()), CostItem::kCrossZone).month_units, 5256, 1e-6);
  estate.deployment().load_balancers[0].cross_zone = false;
  for (const CostLine& line : estate.Cost(ShippedPrices()).lines) {
    EXPECT_NE(line.item, CostItem::kCrossZone);
  }
}

// 0.1 CNY x 730 h = 73 CNY; 1 MB/s are 2,628 GB, x 0.05 CNY = 131.40 CNY. Both are waived to
// 2027-03-31.
TEST(MonthlyCostTest, TellsWhatIsFreeForNow) {
  Estate estate("alibaba");
  const std::size_t receiver = estate.AddReceiver("a", "");
  estate.AddMirror({estate.AddEni("a")}, {receiver}, Bytes(1'000'000));
  const MonthlyCost in_time = estate.Cost(ShippedPrices(), {.today = "2027-03-31"});
  EXPECT_TRUE(LineOf(in_time, CostItem::kSession).is_free_now);
  EXPECT_NEAR(in_time.totals.at("CNY"), 204.40, kCent);
  EXPECT_EQ(in_time.due.at("CNY"), 0);
  EXPECT_NEAR(estate.Cost(ShippedPrices(), {.today = "2027-04-01"}).due.at("CNY"), 204.40, kCent);
}

// 0.085 USD x 730 h x 2 = 124.10 USD.
TEST(MonthlyCostTest, ChargesReceiversWherePricesAreGiven) {
  Estate estate("aws");
  estate.AddReceiver("a", "c5.large");
  estate.AddReceiver("a", "c5.large");
  CatalogType type;
  type.type.name = "c5.large";
  type.provider = "aws";
  type.hour_price = HourPrice{0.085, "USD"};
  PriceLists prices;
  AddCatalogPrices({type}, prices);
  EXPECT_NEAR(LineOf(estate.Cost(prices), CostItem::kReceiver).amount, 124.10, kCent);
  prices["aws"].instance_hour["c5.large"].amount = 1;
  AddCatalogPrices({type}, prices);  // a list's own price stays
  EXPECT_NEAR(LineOf(estate.Cost(prices), CostItem::kReceiver).amount, 1460, kCent);
}

}  // namespace
}  // namespace vpcmirror
