#include "sim/input/assertion_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <variant>

#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

const nlohmann::json& ResultSchema() {
  static const nlohmann::json schema =
      nlohmann::json::parse(std::ifstream(kDataFolder + "/schema/result.schema.json"));
  return schema;
}

// "hosts[web[3] id].cpu.cores_used": with the key by which an element is named.
std::string PathText(const Assertion& assertion) {
  std::string text;
  for (const PathStep& step : assertion.path) {
    text += (text.empty() ? "" : ".") + step.key;
    if (!step.choice) continue;
    text += "[" + step.choice->text + " ";
    text += step.choice->kind == ElementChoice::Kind::kAll        ? "all"
            : step.choice->kind == ElementChoice::Kind::kNumbered ? "number"
                                                                  : step.choice->name_key;
    text += "]";
  }
  return text;
}

struct GoodAssertion {
  const char* name;
  const char* text;
  const char* path;
  FigureUnit unit;
  Comparison comparison;
  Figure bound;
};

void PrintTo(const GoodAssertion& c, std::ostream* os) { *os << c.name; }

class GoodAssertionTest : public testing::TestWithParam<GoodAssertion> {};

TEST_P(GoodAssertionTest, IsReadAsTabled) {
  const GoodAssertion& c = GetParam();
  const Parsed<Assertion> parsed = ParseAssertion(c.text, ResultSchema());
  ASSERT_TRUE(parsed) << parsed.fault.message << " | " << parsed.fault.accepted;
  EXPECT_EQ(parsed.value->text, c.text);
  EXPECT_EQ(PathText(*parsed.value), c.path);
  EXPECT_EQ(parsed.value->unit, c.unit);
  EXPECT_EQ(parsed.value->comparison, c.comparison);
  EXPECT_EQ(parsed.value->bound, c.bound);
}

const GoodAssertion kGoodAssertions[] = {
    {"Percentage", "mirror_loss < 0.1%", "mirror_loss", FigureUnit::kShare, Comparison::kLess,
     0.001},
    {"Exactly", "production_loss == 0", "production_loss", FigureUnit::kShare, Comparison::kEqual,
     0.0},
    {"WithoutSpaces", "margin>=0.2", "margin", FigureUnit::kShare, Comparison::kAtLeast, 0.2},
    {"WithManySpaces", "  margin  >  20 % ", "margin", FigureUnit::kShare, Comparison::kMore, 0.2},
    {"BelowZero", "margin <= -10%", "margin", FigureUnit::kShare, Comparison::kAtMost, -0.1},
    {"Bandwidth", "enis[web/eni0].out_bps < 3 Gbps", "enis[web/eni0 id].out_bps",
     FigureUnit::kBitsPerSecond, Comparison::kLess, std::int64_t{3'000'000'000}},
    {"PacketRate", "goodput.pps >= 800 kpps", "goodput.pps", FigureUnit::kPacketsPerSecond,
     Comparison::kAtLeast, std::int64_t{800'000}},
    {"Time", "delay.production.p99_ns <= 250 us", "delay.production.p99_ns",
     FigureUnit::kNanoseconds, Comparison::kAtMost, std::int64_t{250'000}},
    {"TimeBelowANanosecond", "delay.copies.p99_9_ns > 1500 ps", "delay.copies.p99_9_ns",
     FigureUnit::kNanoseconds, Comparison::kMore, 1.5},
    {"Bytes", "hosts[0].memory.peak_bytes < 64 KiB", "hosts[0 number].memory.peak_bytes",
     FigureUnit::kBytes, Comparison::kLess, std::int64_t{65'536}},
    {"Frames", "receivers[ids/eni0].dropped.receiver_ring.frames == 0",
     "receivers[ids/eni0 id].dropped.receiver_ring.frames", FigureUnit::kCount, Comparison::kEqual,
     std::int64_t{0}},
    {"Cores", "hosts[web[3]].cpu.cores_used <= 2.5", "hosts[web[3] id].cpu.cores_used",
     FigureUnit::kNumber, Comparison::kAtMost, 2.5},
    {"ThroughADefinition", "hosts[*].cpu.operations.clone.cores < 1",
     "hosts[* all].cpu.operations.clone.cores", FigureUnit::kNumber, Comparison::kLess, 1.0},
    {"WordOfAnEnum", "verdict == DOES NOT FIT", "verdict", FigureUnit::kWord, Comparison::kEqual,
     std::string("DOES NOT FIT")},
    {"QuotedWord", "scenario.name != \"a b\"", "scenario.name", FigureUnit::kWord,
     Comparison::kUnequal, std::string("a b")},
    {"Flag", "load_balancers[*].backends[*].healthy == true",
     "load_balancers[* all].backends[* all].healthy", FigureUnit::kFlag, Comparison::kEqual, true},
    {"Null", "hosts[web].tightest == null", "hosts[web id].tightest", FigureUnit::kWord,
     Comparison::kEqual, Figure()},
    {"NullOfANumber", "margin != null", "margin", FigureUnit::kShare, Comparison::kUnequal,
     Figure()},
    {"BehindWhatMayBeNull", "receivers[*].workers.busiest_used < 90%",
     "receivers[* all].workers.busiest_used", FigureUnit::kShare, Comparison::kLess, 0.9},
    {"NegativeDifference", "baseline.difference.delivered_bps > -1 Mbps",
     "baseline.difference.delivered_bps", FigureUnit::kBitsPerSecond, Comparison::kMore,
     std::int64_t{-1'000'000}},
    {"SignsWithinBrackets", "disciplines[fifo with copy_order=before].mirror_loss == 0",
     "disciplines[fifo with copy_order=before congestion].mirror_loss", FigureUnit::kShare,
     Comparison::kEqual, 0.0},
    {"ElementThatIsAWord", "mirrors[m].sources[0] == web/eni0", "mirrors[m id].sources[0 number]",
     FigureUnit::kWord, Comparison::kEqual, std::string("web/eni0")},
    {"Assumption", "assumptions[vni].overridden == false", "assumptions[vni name].overridden",
     FigureUnit::kFlag, Comparison::kEqual, false},
};

INSTANTIATE_TEST_SUITE_P(Table, GoodAssertionTest, testing::ValuesIn(kGoodAssertions),
                         [](const auto& tested) { return tested.param.name; });

struct BadAssertion {
  const char* name;
  const char* text;
  const char* fault;  // message | accepted
};

void PrintTo(const BadAssertion& c, std::ostream* os) { *os << c.name; }

class BadAssertionTest : public testing::TestWithParam<BadAssertion> {};

TEST_P(BadAssertionTest, IsRefused) {
  const Parsed<Assertion> parsed = ParseAssertion(GetParam().text, ResultSchema());
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.fault.message + " | " + parsed.fault.accepted, GetParam().fault);
}

const BadAssertion kBadAssertions[] = {
    {"Nothing", "",
     "\"\" names no figure | a path into result.json, then <, <=, ==, !=, >= or >, then a value: "
     "\"mirror_loss < 0.1%\", \"enis[web[0]/eni0].out_bps < 3 Gbps\""},
    {"UnknownKey", "miror_loss < 1%",
     "result.json has no \"miror_loss\" | \"mirror_loss\" (nearest), or \"assumptions\", "
     "\"baseline\", \"because\", \"complete\", \"copies\", \"coverage\", \"delay\", "
     "\"disciplines\", \"duration_ns\", \"engine\", or 24 more"},
    {"UnknownKeyInside", "delay.production.p98_ns < 1 ms",
     "\"delay.production\" has no \"p98_ns\" | \"p99_ns\" (nearest), or \"frames\", \"max_ns\", "
     "\"mean_ns\", \"p50_ns\", \"p99_99_ns\", \"p99_9_ns\""},
    {"UnknownReason", "receivers[*].dropped.ring.frames == 0",
     "\"receivers[*].dropped\" has no \"ring\" | \"receiver_ring\", \"receiver_down\""},
    {"BehindAFigure", "margin.of == web",
     "\"margin\" has no \"of\" | nothing behind it: it is one figure"},
    {"NoFigure", "goodput > 1 Gbps",
     "\"goodput\" is no figure but holds several | with a dot behind it: \"bps\", \"bytes\", "
     "\"frames\", \"pps\""},
    {"DotAtTheEnd", "copies. == 0", "\"copies\" has no \"\" | \"lost_frames\", \"of_frames\""},
    {"ListWithoutBracket", "enis.out_bps < 1 Gbps",
     "\"enis\" is a list | enis[ID] for one element, by its id or its number from 0; enis[*] for "
     "each"},
    {"InnerListWithoutBracket", "load_balancers[copies].zones.in_bps < 1 Gbps",
     "\"load_balancers[copies].zones\" is a list | load_balancers[copies].zones[ZONE] for one "
     "element, by its zone or its number from 0; load_balancers[copies].zones[*] for each"},
    {"BracketBehindNoList", "goodput[0].bps > 1 Gbps",
     "\"goodput\" is no list | no bracket behind it"},
    {"OpenBracket", "hosts[web[0].margin > 10%",
     "\"hosts[web[0].margin > 10%\" opens a bracket that it does not close | hosts[ID] for one "
     "element, by its id or its number from 0; hosts[*] for each"},
    {"EmptyBracket", "hosts[].margin > 10%",
     "\"hosts[]\" names no element | hosts[ID] for one element, by its id or its number from 0; "
     "hosts[*] for each"},
    {"NameOfANamelessElement", "notes[first] == x",
     "\"notes[first]\" names no element | notes[0] for one element, notes[*] for each"},
    {"NoDotBehindABracket", "hosts[web]margin > 10%",
     "\"hosts[web]margin\" goes on with \"margin\" behind a bracket | a dot and a key"},
    {"AboutAssertions", "asserts[0].held == true",
     "\"asserts\" are the assertions themselves | any other key of result.json"},
    {"NoSign", "mirror_loss", "\"mirror_loss\" compares with \"\" | <, <=, ==, !=, >= or >"},
    {"UnknownSign", "margin => 0.2",
     "\"margin => 0.2\" compares with \"=>\" | <, <=, ==, !=, >= or >"},
    {"NoValue", "margin >=",
     "\"margin >=\" says nothing to compare with | a path into result.json, then <, <=, ==, !=, "
     ">= or >, then a value: \"mirror_loss < 0.1%\", \"enis[web[0]/eni0].out_bps < 3 Gbps\""},
    {"NoNumber", "margin > lots",
     "\"margin\": \"lots\" is neither a number nor a percentage | a share, such as 0.001 or 0.1%"},
    {"SomethingBehind", "margin > 0.2 or so",
     "\"margin\": \"0.2 or so\" is neither a number nor a percentage | a share, such as 0.001 or "
     "0.1%"},
    {"NotANumber", "margin > nan",
     "\"margin\": \"nan\" is neither a number nor a percentage | a share, such as 0.001 or 0.1%"},
    {"ShareWithAUnit", "mirror_loss < 3 Mbps",
     "\"mirror_loss\": \"3 Mbps\" is neither a number nor a percentage | a share, such as 0.001 or "
     "0.1%"},
    {"NeverNegative", "mirror_loss > -1%",
     "\"mirror_loss\": \"-1%\" is negative, which it never is | zero or more"},
    {"WrongUnit", "enis[web/eni0].out_bps < 5 kpps",
     "\"enis[web/eni0].out_bps\": \"5 kpps\" is a packet rate, not a bandwidth | bps, kbps, Mbps, "
     "Gbps or Tbps, as in \"10 Gbps\""},
    {"UnitInTheWrongCase", "goodput.bps > 3 gbps",
     "\"goodput.bps\": \"3 gbps\" has a unit that is not known | did you mean \"3 Gbps\"?"},
    {"BareBandwidth", "goodput.bps > 3",
     "\"goodput.bps\": 3 has no unit | did you mean \"3 Gbps\"?"},
    {"BareBitsPerSecond", "goodput.bps > 3000000000",
     "\"goodput.bps\": 3000000000 has no unit | did you mean \"3000000000 bps\"?"},
    {"BareTime", "delay.copies.p50_ns < 250",
     "\"delay.copies.p50_ns\": 250 has no unit | did you mean \"250 ns\"?"},
    {"BareBytes", "goodput.bytes > 0", "\"goodput.bytes\": 0 has no unit | did you mean \"0 B\"?"},
    {"BarePacketRate", "goodput.pps > 5.5",
     "\"goodput.pps\": 5.5 has no unit | did you mean \"5.5 pps\"?"},
    {"PercentageOfABandwidth", "goodput.bps > 5%",
     "\"goodput.bps\": \"5%\" is a percentage, not a bandwidth | bps, kbps, Mbps, Gbps or Tbps, as "
     "in \"10 Gbps\""},
    {"CountWithAUnit", "events < 5 Mpps",
     "\"events\": \"5 Mpps\" is not a whole number | a whole number without a unit, such as 1000"},
    {"BrokenCount", "copies.lost_frames < 0.5",
     "\"copies.lost_frames\": \"0.5\" is not a whole number | a whole number without a unit, such "
     "as 1000"},
    {"CoresInPercent", "hosts[*].cpu.cores_used < 50%",
     "\"hosts[*].cpu.cores_used\": \"50%\" is not a number | a number without a unit, such as 2.5"},
    {"UnknownWord", "verdict == FIT",
     "\"verdict\": it is never \"FIT\" | \"FITS\" (nearest), or \"AT RISK\", \"DOES NOT FIT\""},
    {"NoFlag", "complete == yes",
     "\"complete\": \"yes\" is neither true nor false | true or false"},
    {"OrderOfWords", "verdict >= FITS",
     "\"verdict >= FITS\" compares with \">=\", and \"FITS\" is no number | == or !="},
    {"OrderOfNull", "margin > null",
     "\"margin > null\" compares with \">\", and \"null\" is no number | == or !="},
    {"NeverNull", "mirror_loss == null",
     "\"mirror_loss\": \"null\" is neither a number nor a percentage | a share, such as 0.001 or "
     "0.1%"},
};

INSTANTIATE_TEST_SUITE_P(Table, BadAssertionTest, testing::ValuesIn(kBadAssertions),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace vpcmirror::sim
