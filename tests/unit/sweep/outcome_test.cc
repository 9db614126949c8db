#include "sim/sweep/outcome.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

#include "sim/sweep/sweep_csv.h"

namespace vpcmirror::sim {
namespace {

Outcome Whole() {
  Outcome outcome;
  outcome.figures = {std::int64_t{-7},
                     0.1,
                     std::string("a:b,\"\n"),
                     Cell{},
                     std::numeric_limits<std::int64_t>::max(),
                     1e-300,
                     std::string()};
  outcome.seconds = 0.25;
  return outcome;
}

TEST(OutcomeTest, ComesOutAsItWentIn) {
  EXPECT_EQ(Unpacked(Packed(Whole())), Whole());
  Outcome failed;
  failed.status = RunStatus::kFailed;
  failed.error = "too large";
  EXPECT_EQ(Unpacked(Packed(failed)), failed);
}

TEST(OutcomeTest, CutsAnErrorThatIsTooLong) {
  Outcome failed;
  failed.error = std::string(kLongestError + 1, 'x');
  EXPECT_EQ(Unpacked(Packed(failed)).error.size(), kLongestError);
}

TEST(OutcomeTest, RefusesWhatIsNone) {
  const std::string whole = Packed(Whole());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string part = whole.substr(0, length);
    // A cut behind a part is an outcome of fewer figures.
    try {
      EXPECT_LT(Unpacked(part).figures.size(), Whole().figures.size()) << part;
    } catch (const std::runtime_error&) {
    }
  }
  for (const char* bad : {"", "s1:9e0:w1:0", "s1:0e0:w1:0z1:0", "s1:0e0:w1:0i1:x",
                          "s99999999999999999999:0", "s1:0e5:abc"}) {
    EXPECT_THROW(Unpacked(bad), std::runtime_error) << bad;
  }
}

// RFC 4180, 2: fields with line breaks, double quotes or commas in double quotes, those doubled.
TEST(SweepCsvTest, QuotesWhatHasToBe) {
  EXPECT_EQ(CsvLine({std::string("/a/*"), std::int64_t{3}, 0.1, Cell{}, std::string("a,b"),
                     std::string("say \"x\""), std::string("two\nlines")}),
            "/a/*,3,0.1,,\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\n");
}

}  // namespace
}  // namespace vpcmirror::sim
