#include "sim/input/quantity.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace vpcmirror::sim {
namespace {

std::int64_t Bps(std::string_view text) { return ParseBandwidth(text).value.value().count(); }
std::int64_t Ps(std::string_view text) { return ParseDuration(text).value.value().count(); }
std::int64_t B(std::string_view text) { return ParseBytes(text).value.value().count(); }

TEST(QuantityTest, ReadsEveryUnitExactly) {
  EXPECT_EQ(Bps("1 bps"), 1);
  EXPECT_EQ(Bps("10 Gbps"), 10'000'000'000);
  EXPECT_EQ(Bps("10Gbps"), 10'000'000'000);
  EXPECT_EQ(Bps("0.000001 Mbps"), 1);
  EXPECT_EQ(Bps("1.5 kbps"), 1'500);
  EXPECT_EQ(Bps("2 Tbps"), 2'000'000'000'000);
  EXPECT_EQ(ParsePacketRate("1.5 Mpps").value->count(), 1'500'000);
  EXPECT_EQ(ParsePacketRate("250 kpps").value->count(), 250'000);
  EXPECT_EQ(Ps("250 us"), 250'000'000);
  EXPECT_EQ(Ps("1 ps"), 1);
  EXPECT_EQ(Ps("0.08 ns"), 80);
  EXPECT_EQ(Ps("1 s"), 1'000'000'000'000);
  EXPECT_EQ(Ps("2 min"), 120'000'000'000'000);
  EXPECT_EQ(Ps("1 h"), 3'600'000'000'000'000);
  EXPECT_EQ(Ps("100 d"), 8'640'000'000'000'000'000);
  EXPECT_EQ(B("64 KiB"), 65'536);
  EXPECT_EQ(B("64 kB"), 64'000);
  EXPECT_EQ(B("1.5 GiB"), 1'610'612'736);
  EXPECT_EQ(ParseFrames("1000 frames").value, 1000);
  EXPECT_EQ(ParsePerSecond("1000/s").value, 1000.0);
  EXPECT_EQ(ParsePerSecond("0.5/s").value, 0.5);
  EXPECT_EQ(ParsePercent("0.1%").value, 0.001);
}

// 4.35 * 1000 and 1.005 * 1000 come out one too small through a double, and 2^53 + 1 is the
// first whole number that a double cannot hold.
TEST(QuantityTest, RoundsNothing) {
  EXPECT_EQ(Bps("4.35 kbps"), 4'350);
  EXPECT_EQ(Bps("1.005 kbps"), 1'005);
  EXPECT_EQ(Ps("9007.199254740993 s"), 9'007'199'254'740'993);
}

struct QuantityFaultCase {
  const char* name;
  Fault got;
  std::string message;
  std::string accepted;
};

void PrintTo(const QuantityFaultCase& c, std::ostream* os) { *os << c.name; }

class QuantityFaultTest : public testing::TestWithParam<QuantityFaultCase> {};

TEST_P(QuantityFaultTest, SaysWhatIsWrongAndWhatWouldDo) {
  EXPECT_EQ(GetParam().got.message, GetParam().message);
  EXPECT_EQ(GetParam().got.accepted, GetParam().accepted);
}

constexpr char kBandwidth[] = "bps, kbps, Mbps, Gbps or Tbps, as in \"10 Gbps\"";
constexpr char kTime[] = "ps, ns, us, ms, s, min, h or d, as in \"250 us\"";

const QuantityFaultCase kQuantityFaults[] = {
    {"BareNumber", FaultOfBareNumber("10", "Gbps"), "10 has no unit", "did you mean \"10 Gbps\"?"},
    {"BareRate", FaultOfBareNumber("5", "/s"), "5 has no unit", "did you mean \"5/s\"?"},
    {"NoUnit", ParseBandwidth("10").fault, "\"10\" has no unit", kBandwidth},
    {"Negative", ParseBandwidth("-1 Gbps").fault, "\"-1 Gbps\" is negative", kBandwidth},
    {"WrongCase", ParseBandwidth("10 gbps").fault, "\"10 gbps\" has a unit that is not known",
     "did you mean \"10 Gbps\"?"},
    {"WrongDimension", ParseBandwidth("64 KiB").fault,
     "\"64 KiB\" is a number of bytes, not a bandwidth", kBandwidth},
    {"Unknown", ParseBandwidth("10 apples").fault, "\"10 apples\" is not a bandwidth", kBandwidth},
    {"Empty", ParseBandwidth("").fault, "\"\" is not a bandwidth", kBandwidth},
    {"LeadingSpace", ParseBandwidth(" 1 bps").fault, "\" 1 bps\" is not a bandwidth", kBandwidth},
    {"Exponent", ParseBandwidth("1e9 bps").fault, "\"1e9 bps\" is not a bandwidth", kBandwidth},
    {"TooFine", ParseBandwidth("1.5 bps").fault, "\"1.5 bps\" is not a whole number of bps",
     kBandwidth},
    {"TooFineTime", ParseDuration("0.5 ps").fault, "\"0.5 ps\" is not a whole number of ps", kTime},
    // 2^63 ps are 106.75 days.
    {"TooLarge", ParseDuration("107 d").fault, "\"107 d\" is too large", kTime},
    {"TooManyDigits", ParseBandwidth("1234567890123456789 bps").fault,
     "\"1234567890123456789 bps\" does not begin with a decimal number of at most 18 digits",
     kBandwidth},
    {"TwoPoints", ParseBandwidth("1.2.3 bps").fault,
     "\"1.2.3 bps\" does not begin with a decimal number of at most 18 digits", kBandwidth},
    {"TooManyFrames", ParseFrames("3000000000 frames").fault, "\"3000000000 frames\" is too large",
     "as in \"1000 frames\""},
};

INSTANTIATE_TEST_SUITE_P(Table, QuantityFaultTest, testing::ValuesIn(kQuantityFaults),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(QuantityTest, LargestTimeIsTheLastThatFits) {
  // 2^63 - 1 = 9,223,372,036,854,775,807.
  EXPECT_EQ(Ps("9223372.03685477580 s"), 9'223'372'036'854'775'800);
  EXPECT_FALSE(ParseDuration("9223372.03685477581 s"));
}

std::string Text(const Parsed<std::string>& parsed) {
  return parsed ? *parsed.value : parsed.fault.message;
}

TEST(QuantityChangeTest, MultipliesAndKeepsTheUnit) {
  EXPECT_EQ(Text(MultiplyQuantity("10 Gbps", "1.5")), "15 Gbps");
  EXPECT_EQ(Text(MultiplyQuantity("10Gbps", "0.1")), "1Gbps");
  EXPECT_EQ(Text(MultiplyQuantity("3", "4")), "12");
  EXPECT_EQ(Text(MultiplyQuantity("0.3 us", "0.3")), "0.09 us");
  EXPECT_EQ(Text(MultiplyQuantity("9007199254740991", "1.5")), "13510798882111486.5");
  EXPECT_EQ(Text(MultiplyQuantity("suricata", "2")), "\"suricata\" is no number or quantity");
  EXPECT_EQ(Text(MultiplyQuantity("80-90", "2")), "\"80-90\" is no number or quantity");
  EXPECT_EQ(Text(MultiplyQuantity("10 Gbps", "two")), "\"two\" is no factor");
  EXPECT_EQ(Text(MultiplyQuantity("999999999999999999 bps", "1000")), "the result is too large");
}

// 500 Mbps x 1.333333333 = 666,666,666.5 bps; 3 frames x 1.5 = 4.5 frames.
TEST(QuantityChangeTest, RoundsToTheBaseUnit) {
  EXPECT_EQ(Text(MultiplyQuantity("500 Mbps", "1.333333333")), "666.666667 Mbps");
  EXPECT_EQ(Text(MultiplyQuantity("3 frames", "1.5")), "5 frames");
  EXPECT_EQ(Text(MultiplyQuantity("3", "1.5")), "4.5");
}

TEST(QuantityChangeTest, AddsAcrossUnitsOfOneKind) {
  EXPECT_EQ(Text(AddToQuantity("10 Gbps", "2 Gbps")), "12 Gbps");
  EXPECT_EQ(Text(AddToQuantity("10 Gbps", "500 Mbps")), "10.5 Gbps");
  EXPECT_EQ(Text(AddToQuantity("500 Mbps", "1.25 Gbps")), "1750 Mbps");
  EXPECT_EQ(Text(AddToQuantity("1 KiB", "1 B")), "1.0009765625 KiB");
  EXPECT_EQ(Text(AddToQuantity("3", "4")), "7");
  EXPECT_EQ(Text(AddToQuantity("1 s", "1 h")), "3601 s");
  EXPECT_EQ(Text(AddToQuantity("1 h", "1 s")), "3601 s");  // 1/3600 has no last decimal
  EXPECT_EQ(Text(AddToQuantity("10 Gbps", "1 Mpps")),
            "\"10 Gbps\" and \"1 Mpps\" do not go together");
  EXPECT_EQ(Text(AddToQuantity("10 Gbps", "1")), "\"10 Gbps\" and \"1\" do not go together");
}

TEST(QuantityChangeTest, TakesAwayNoMoreThanThereIs) {
  EXPECT_EQ(Text(SubtractFromQuantity("10 Gbps", "500 Mbps")), "9.5 Gbps");
  EXPECT_EQ(Text(SubtractFromQuantity("3", "3")), "0");
  EXPECT_EQ(Text(SubtractFromQuantity("1 Gbps", "1001 Mbps")), "the result is below zero");
}

using Texts = std::vector<std::string>;

TEST(QuantitySpreadTest, GivesBothEndsAndKeepsTheUnit) {
  EXPECT_EQ(SpreadQuantity("1", "4 Gbps", 4).value,
            (Texts{"1 Gbps", "2 Gbps", "3 Gbps", "4 Gbps"}));
  EXPECT_EQ(SpreadQuantity("500 Mbps", "2Gbps", 4).value,
            (Texts{"0.5Gbps", "1Gbps", "1.5Gbps", "2Gbps"}));
  EXPECT_EQ(SpreadQuantity("3", "1", 3).value, (Texts{"3", "2", "1"}));
  EXPECT_EQ(SpreadQuantity("0%", "1%", 3).value, (Texts{"0%", "0.5%", "1%"}));
}

// A third of 1 Gbps is 333,333,333.33 bps; a third of a minute 20 s, a third of 1 KiB 341.33 B.
TEST(QuantitySpreadTest, RoundsToTheBaseUnit) {
  EXPECT_EQ(SpreadQuantity("1", "2 Gbps", 4).value,
            (Texts{"1 Gbps", "1.333333333 Gbps", "1.666666667 Gbps", "2 Gbps"}));
  EXPECT_EQ(SpreadQuantity("1", "2 min", 4).value, (Texts{"1 min", "80 s", "100 s", "2 min"}));
  EXPECT_EQ(SpreadQuantity("1", "2 KiB", 4).value,
            (Texts{"1 KiB", "1.3330078125 KiB", "1.6669921875 KiB", "2 KiB"}));
  EXPECT_EQ(SpreadQuantity("1", "0", 4).value, (Texts{"1", "0.666666667", "0.333333333", "0"}));
}

TEST(QuantitySpreadTest, RefusesEndsOfTwoKinds) {
  EXPECT_EQ(SpreadQuantity("1 Gbps", "2 s", 3).fault.message,
            "\"1 Gbps\" and \"2 s\" do not go together");
  EXPECT_EQ(SpreadQuantity("1 Gbps", "2", 3).fault.message,
            "\"1 Gbps\" and \"2\" do not go together");
  EXPECT_EQ(SpreadQuantity("1", "2 apples", 3).fault.message,
            "\"1 apples\" is no number or quantity");
}

}  // namespace
}  // namespace vpcmirror::sim
