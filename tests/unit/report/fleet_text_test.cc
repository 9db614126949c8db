#include "analysis/report/fleet_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace vpcmirror {
namespace {

using testing::AllOf;
using testing::HasSubstr;

void ExpectToFit(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(FleetTextTest, GivesRangesAndWhyThereIsNoFleet) {
  FleetPlan plan;
  plan.sizes = {{.type = "SA3.58XLARGE432",
                 .vcpus = 232,
                 .needs = {{.pace = "slow", .receivers = 12'500},
                           {.pace = "fast", .receivers = 7, .limit = FleetLimit::kOneFlow}},
                 .fewest = 7,
                 .most = 12'500},
                {.type = "x", .needs = {{.pace = "slow", .limit = FleetLimit::kOneFlow}}}};
  plan.cheapest = {{.pace = "slow", .parts = {{"a", 2}, {"b", 1}}, .receivers = 3, .cost = 48},
                   {.pace = "fast", .why_not = "the largest flow is more than one worker takes"}};
  plan.notes = {"No price of these types is known."};
  const std::string text = FleetText(plan, {}, {});
  EXPECT_THAT(text,
              AllOf(HasSubstr("at most 80 % used"), HasSubstr("7..12,500"), HasSubstr("8..12,501"),
                    HasSubstr("bandwidth of the ENI"), HasSubstr("2 x a + 1 x b: 48 vCPUs"),
                    HasSubstr("more than one worker"), HasSubstr("No price of these types")));
  ExpectToFit(text);
}

// 730 h x 1.2 USD = 876 USD.
TEST(FleetTextTest, GivesThePriceOfAMonth) {
  FleetPlan plan;
  plan.currency = "USD";
  plan.cheapest = {{.pace = "fast", .parts = {{"a", 6}}, .receivers = 6, .cost = 1.2}};
  EXPECT_THAT(FleetText(plan, {}, {}), HasSubstr("6 x a: 1.2 USD an hour, 876.00 a month"));
}

TEST(MonthlyCostTextTest, TellsWhatIsNotKnown) {
  MonthlyCost cost;
  const UnitPrice price{
      .amount = 0.015, .currency = "USD", .source = "a page", .as_of = "2026-11-22"};
  cost.lines = {
      {.provider = "aws", .count = 2000, .month_units = 730, .price = price, .amount = 21'900},
      {.item = CostItem::kLoadBalancer,
       .provider = "aws",
       .of = "nlb",
       .count = 1,
       .month_units = 730},
      {.item = CostItem::kCrossZone, .provider = "aws", .count = 1, .month_units = 2628}};
  cost.totals = {{"USD", 21'900}};
  cost.due = cost.totals;
  cost.is_complete = false;
  const std::string text = MonthlyCostText(cost, {});
  EXPECT_THAT(text,
              AllOf(HasSubstr("0.015 USD/h"), HasSubstr("21,900.00 USD"),
                    HasSubstr("load balancers, nlb"), HasSubstr("not known"), HasSubstr("2628 GB"),
                    HasSubstr("a page, as of 2026-11-22"), HasSubstr("and what is not known")));
  ExpectToFit(text);
}

}  // namespace
}  // namespace vpcmirror
