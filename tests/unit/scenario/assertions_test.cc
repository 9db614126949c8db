// What an assertion names, and whether there is such a thing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/support/assertion_paths.h"
#include "tests/unit/scenario/scenario_samples.h"

namespace vpcmirror {
namespace {

using namespace testing_assertions;  // NOLINT: the words of these tests
using namespace testing_samples;     // NOLINT: the world of these tests
using testing::ElementsAre;
using testing::IsEmpty;

using Path = std::vector<PathStep>;

AssertionSpec SpecOf(Path path) {
  return {"/assert/0", Asserted(std::move(path), FigureUnit::kCount, Comparison::kEqual, {})};
}

// web[0], web[1] and ids; and web[0] named twice, by "nlb" with zones a and b.
Scenario WithBalancer() {
  Scenario scenario = Smallest();
  Estate(scenario);
  scenario.vpcs[0].subnets[0].zone = "a";
  scenario.vpcs[0].subnets[2].zone = "b";
  LoadBalancerSpec balancer;
  balancer.name = "copies";
  balancer.path = "/vpcs/prod/load_balancers/copies";
  balancer.kind = Text("nlb");
  balancer.id = Text("lb-1");
  balancer.subnets = {Text("web"), Text("sec")};
  balancer.backends = {Text("ids")};
  scenario.vpcs[0].load_balancers = {balancer};
  scenario.mirrors = {MirrorOf({"web"}, {})};
  scenario.mirrors[0].load_balancer =
      LoadBalancerTarget{Text("copies", "/target"), "network-load-balancer"};
  return scenario;
}

Library LibraryWithBalancer() {
  Library library = SmallLibrary();
  library.providers["tencent"].load_balancing.kinds = {
      {.name = "nlb", .title = "Network Load Balancer", .target = "network-load-balancer"}};
  return library;
}

// The element choice of the last list on the path, once it is looked up.
ElementChoice ChoiceOf(Scenario scenario, Path path) {
  scenario.assertions = {SpecOf(std::move(path))};
  const ValidScenario valid = Validate(scenario, LibraryWithBalancer());
  ElementChoice last;
  for (const PathStep& step : valid.assertions.at(0).path) {
    if (step.choice) last = *step.choice;
  }
  return last;
}

struct NameCase {
  const char* name;
  Path path;
  std::set<std::string> names;
};

void PrintTo(const NameCase& c, std::ostream* os) { *os << c.name; }

class AssertedNamesTest : public testing::TestWithParam<NameCase> {};

TEST_P(AssertedNamesTest, AreThoseOfTheResult) {
  const ElementChoice choice = ChoiceOf(WithBalancer(), GetParam().path);
  EXPECT_EQ(choice.kind, ElementChoice::Kind::kNamed);
  EXPECT_EQ(choice.names, GetParam().names);
}

const NameCase kNameCases[] = {
    {"Member", {Named("hosts", "web[1]"), Key("used_bps")}, {"web[1]"}},
    {"HostWithoutCount", {Named("hosts", "ids"), Key("used_bps")}, {"ids"}},
    {"AllMembers", {Named("hosts", "web"), Key("used_bps")}, {"web[0]", "web[1]"}},
    {"MembersFromTo", {Named("hosts", "web[0-1]"), Key("used_bps")}, {"web[0]", "web[1]"}},
    {"HostsOfASubnet", {Named("hosts", "subnet:sec"), Key("used_bps")}, {"ids"}},
    {"Eni", {Named("enis", "web[0]/eni0"), Key("in_bps")}, {"web[0]/eni0"}},
    {"EnisOfMembers", {Named("enis", "web[*]"), Key("in_bps")}, {"web[0]/eni0", "web[1]/eni0"}},
    {"EniByAddress", {Named("enis", "10.0.9.2"), Key("in_bps")}, {"ids/eni0"}},
    {"ReceiverByHost", {Named("receivers", "ids"), Key("in_bps")}, {"ids/eni0"}},
    {"ReceiversOfAVpc", {Named("receivers", "vpc:prod"), Key("in_bps")}, {"ids/eni0"}},
    {"Mirror", {Named("mirrors", "mirror-1"), Key("wire_bytes")}, {"mirror-1"}},
    {"BalancerByName", {Named("load_balancers", "copies"), Key("in_bps")}, {"lb-1"}},
    {"BalancerById", {Named("load_balancers", "lb-1"), Key("in_bps")}, {"lb-1"}},
    {"Zone", {Each("load_balancers"), Named("zones", "b", {}, "zone"), Key("in_bps")}, {"b"}},
    {"Backend",
     {Numbered("load_balancers", 0), Named("backends", "ids/eni0"), Key("out_bps")},
     {"ids/eni0"}},
    {"BackendByHost",
     {Named("load_balancers", "copies"), Named("backends", "ids"), Key("out_bps")},
     {"ids/eni0"}},
    {"Discipline",
     {Named("disciplines", "production_first", {}, "congestion"), Key("verdict")},
     {"production_first"}},
    {"Assumption", {Named("assumptions", "vni", {}, "name"), Key("overridden")}, {"vni"}},
};

INSTANTIATE_TEST_SUITE_P(Table, AssertedNamesTest, testing::ValuesIn(kNameCases),
                         [](const auto& tested) { return tested.param.name; });

TEST(AssertionLookupTest, LeavesNumbersAndAllAsTheyAre) {
  EXPECT_EQ(ChoiceOf(Smallest(), {Numbered("hosts", 2), Key("used_bps")}).number, 2u);
  EXPECT_EQ(ChoiceOf(Smallest(), {Each("enis"), Key("in_bps")}).kind, ElementChoice::Kind::kAll);
  EXPECT_EQ(ChoiceOf(Smallest(), {Numbered("notes", 7, "")}).number, 7u);  // nobody knows yet
}

TEST(AssertionLookupTest, TakesANameBeforeANumber) {
  Scenario scenario = Smallest();
  scenario.hosts.push_back(Host("0"));
  EXPECT_THAT(ChoiceOf(scenario, {Numbered("hosts", 0), Key("used_bps")}).names, ElementsAre("0"));
}

struct UnknownCase {
  const char* name;
  Path path;
  const char* complaint;
};

void PrintTo(const UnknownCase& c, std::ostream* os) { *os << c.name; }

class UnknownNameTest : public testing::TestWithParam<UnknownCase> {};

TEST_P(UnknownNameTest, IsRefused) {
  Scenario scenario = WithBalancer();
  scenario.assertions = {SpecOf(GetParam().path)};
  EXPECT_THAT(ErrorsOf(scenario, LibraryWithBalancer()), ElementsAre(GetParam().complaint));
}

const UnknownCase kUnknownCases[] = {
    {"Host",
     {Named("hosts", "wbe"), Key("used_bps")},
     "/assert/0: nothing is called \"wbe\" | \"web\" (nearest), or \"ids\", \"subnet:db\", "
     "\"subnet:sec\", \"subnet:web\", \"subnet:lab\", \"vpc:prod\", \"vpc:test\""},
    {"Member",
     {Named("enis", "web[2]"), Key("in_bps")},
     "/assert/0: \"web[2]\" names members that host web does not have | web[0] to web[1], "
     "web[0-1] or web[*]"},
    {"NoReceiver",
     {Named("receivers", "web"), Key("in_bps")},
     "/assert/0: receivers has no \"web\" | \"ids/eni0\""},
    {"Mirror",
     {Named("mirrors", "mirror-2"), Key("wire_bytes")},
     "/assert/0: mirrors has no \"mirror-2\" | \"mirror-1\" (nearest)"},
    {"Balancer",
     {Named("load_balancers", "copy"), Key("in_bps")},
     "/assert/0: load_balancers has no \"copy\" | \"lb-1\""},
    {"Zone",
     {Each("load_balancers"), Named("zones", "c", {}, "zone"), Key("in_bps")},
     "/assert/0: zones has no \"c\" | \"a\" (nearest), or \"b\""},
    {"NoBackend",
     {Each("load_balancers"), Named("backends", "web[0]"), Key("out_bps")},
     "/assert/0: backends has no \"web[0]\" | \"ids/eni0\""},
    {"Discipline",
     {Named("disciplines", "fif", {}, "congestion"), Key("verdict")},
     "/assert/0: disciplines has no \"fif\" | \"shared_random\", \"production_first\", "
     "\"fifo with copy_order=before\""},
    {"BehindTheLast",
     {Numbered("hosts", 3), Key("used_bps")},
     "/assert/0: hosts has no element 3 | 0 to 2"},
    {"BehindTheOnly",
     {Numbered("mirrors", 1), Key("wire_bytes")},
     "/assert/0: mirrors has no element 1 | 0"},
    {"Baseline",
     {Key("baseline"), Key("difference"), Key("loss")},
     "/assert/0: this run has no baseline | \"baseline\": true in the scenario, or run --baseline"},
};

INSTANTIATE_TEST_SUITE_P(Table, UnknownNameTest, testing::ValuesIn(kUnknownCases),
                         [](const auto& tested) { return tested.param.name; });

TEST(AssertionLookupTest, RefusesAListThatTheScenarioLeavesEmpty) {
  Scenario scenario = Smallest();
  scenario.assertions = {SpecOf({Each("load_balancers"), Key("in_bps")})};
  EXPECT_THAT(ErrorsOf(scenario),
              ElementsAre("/assert/0: \"load_balancers\" is empty in this scenario | "));
}

TEST(AssertionLookupTest, TakesABaselineThatIsAskedFor) {
  Scenario scenario = Smallest();
  scenario.baseline = true;
  scenario.assertions = {SpecOf({Key("baseline"), Key("difference"), Key("loss")})};
  EXPECT_THAT(ErrorsOf(scenario), IsEmpty());
  scenario.mirrors.clear();
  EXPECT_THAT(ErrorsOf(scenario),
              ElementsAre("/assert/0: there is no mirror, so that no run without one is compared | "
                          "a path outside \"baseline\""));
}

TEST(AssertionLookupTest, RefusesDisciplinesWhereNoneIsAssumed) {
  Scenario scenario = Smallest();
  scenario.assumptions["congestion"] = Text("fifo", "/assumptions/congestion");
  scenario.assertions = {SpecOf({Each("disciplines", "congestion"), Key("mirror_loss")})};
  EXPECT_THAT(ErrorsOf(scenario),
              ElementsAre("/assert/0: no other discipline is tried: the congestion discipline is "
                          "not assumed here | a path outside \"disciplines\""));
}

// What an error elsewhere keeps from being there is no mistake of the assertion.
TEST(AssertionLookupTest, IsSilentAboutWhatHasErrorsOfItsOwn) {
  Scenario scenario = Smallest();
  scenario.mirrors[0].sources[0].value = "nobody";
  scenario.assertions = {SpecOf({Named("mirrors", "mirror-1"), Key("wire_bytes")}),
                         SpecOf({Each("receivers"), Key("in_bps")})};
  EXPECT_THAT(ErrorsOf(scenario), testing::SizeIs(1));
}

}  // namespace
}  // namespace vpcmirror
