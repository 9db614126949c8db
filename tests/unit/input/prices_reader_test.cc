#include "sim/input/prices_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/input/errors.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

PriceList ReadPrices(const std::string& text) {
  return ReadPriceList(text, "p.json", *Schema::Load(kDataFolder + "/schema/prices.schema.json"));
}

// Infracost: 10.95 USD for 730 h.
TEST(PricesReaderTest, ReadsWhatShips) {
  const PriceLists prices = LoadPrices(kDataFolder);
  const UnitPrice& session = prices.at("aws").session_hour.value();
  EXPECT_NEAR(session.amount * 730, 10.95, 1e-9);
  EXPECT_EQ(session.currency, "USD");
  EXPECT_EQ(prices.at("aws").cross_zone_gb, std::nullopt);
  EXPECT_EQ(prices.at("gcp").cross_zone_gb->amount, 0.01);
  EXPECT_EQ(prices.at("alibaba").session_hour->free_until, "2027-03-31");
  for (const auto& [name, list] : prices) EXPECT_EQ(Shipped().providers.count(name), 1u) << name;
}

TEST(PricesReaderTest, ReadsPricesByKindAndType) {
  const PriceList list = ReadPrices(R"({"name": "aws", "title": "AWS",
    "load_balancers": {"nlb": {"price": "0.0225 USD/h", "as_of": "2026-11-30", "source": "mine"}},
    "instances": {"c5.large": {"price": "1 EUR/h", "as_of": "2026-11-30", "source": "mine"}}})");
  EXPECT_EQ(list.load_balancer_hour.at("nlb").amount, 0.0225);
  EXPECT_EQ(list.instance_hour.at("c5.large").currency, "EUR");
  EXPECT_EQ(list.instance_hour.at("c5.large").source, "mine");
}

TEST(PricesReaderTest, RefusesPricesWithoutUnitDateOrSource) {
  EXPECT_THAT(ErrorsOf([] {
                ReadPrices(R"({"name": "aws", "title": "AWS", "session": {"price": 0.015}})");
              }),
              Contains(HasSubstr("/session")));
  EXPECT_THAT(ErrorsOf([] {
                ReadPrices(R"({"name": "aws", "title": "AWS", "cross_zone": {
                  "price": "0.01 USD/h", "as_of": "2026-11-30", "source": "mine"}})");
              }),
              ElementsAre(HasSubstr("0.01 USD/GB")));
}

TEST(PricesReaderTest, KnowsNoPriceWithoutAFolder) {
  EXPECT_THAT(LoadPrices("/nonexistent"), IsEmpty());
}

}  // namespace
}  // namespace vpcmirror::sim
