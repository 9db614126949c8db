#include "sim/cli/print_errors.h"

#include <gtest/gtest.h>

#include <sstream>

namespace vpcmirror::sim {
namespace {

std::string Printed(const ScenarioError& error) {
  std::ostringstream out;
  PrintErrors(ScenarioException(std::vector<ScenarioError>{error}), out);
  return out.str();
}

TEST(PrintErrorsTest, PutsThePlaceWhereEditorsLookForIt) {
  EXPECT_EQ(Printed({.file = "a.json",
                     .path = "/hosts/web",
                     .line = 3,
                     .column = 5,
                     .message = "what",
                     .accepted = "that"}),
            "a.json:3:5: what (at /hosts/web)\n  accepted: that\n");
  EXPECT_EQ(Printed({.message = "what"}), "vpcmirror: what\n");
}

// Escape, line feed, delete, CSI (U+009B), right-to-left override (U+202E) and
// isolate (U+2067), line separator (U+2028); a letter beyond ASCII stays.
TEST(PrintErrorsTest, LetsNothingThroughThatATerminalObeys) {
  EXPECT_EQ(Printed({.file = "a\x1b[2J.json",
                     .path = "/hosts/\xe2\x80\xaeweb",
                     .line = 1,
                     .column = 2,
                     .message = "no \"\n\x7f\xc2\x9b\" \xc3\xa4",
                     .accepted = "\"\xe2\x81\xa7x\xe2\x80\xa8\""}),
            "a?[2J.json:1:2: no \"???\" \xc3\xa4 (at /hosts/?web)\n  accepted: \"?x?\"\n");
}

}  // namespace
}  // namespace vpcmirror::sim
