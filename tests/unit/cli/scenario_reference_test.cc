// docs/scenario-reference.md is what the command prints, and the page holds together.
#include "sim/cli/scenario_reference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::HasSubstr;

const std::string kReferenceData = std::string(VPCMIRROR_SOURCE_DIR) + "/scenarios";

std::string Reference() {
  const Ran ran = Program()({"new", "--reference", "--data", kReferenceData});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  return ran.out;
}

TEST(ScenarioReferenceTest, IsThePageThatShips) {
  std::ifstream file(std::string(VPCMIRROR_SOURCE_DIR) + "/docs/scenario-reference.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(page == Reference()) << "run: vpcmirror new --reference > docs/scenario-reference.md";
}

// A row as the schema has it, written out by hand.
TEST(ScenarioReferenceTest, HasARowForEachKey) {
  const std::string page = Reference();
  EXPECT_THAT(page, HasSubstr("| `duration` | [a time](#duration) | Simulated time. Default: 1 s. "
                              "| `\"1 s\"` |"));
  EXPECT_THAT(page, HasSubstr("| **`hosts`** | by name, [a host](#host) |"));
  EXPECT_THAT(page, HasSubstr("| `server` | integer, 1 to 65535 | Default: 443. | `443` |"));
}

TEST(ScenarioReferenceTest, LinksToSectionsThatAreThere) {
  const std::string page = Reference();
  std::set<std::string> anchors;
  const std::regex heading("\n## ([^\n]+)\n");
  for (std::sregex_iterator at(page.begin(), page.end(), heading), end; at != end; ++at) {
    std::string anchor;
    for (const char c : (*at)[1].str()) {
      // As GitHub makes an anchor of a heading: dots go, spaces become dashes.
      if (c == ' ') anchor += '-';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
        anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
    }
    EXPECT_TRUE(anchors.insert(anchor).second) << anchor;
  }
  const std::regex link("\\]\\(#([^)]+)\\)");
  int links = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), link), end; at != end; ++at, ++links) {
    EXPECT_EQ(anchors.count((*at)[1].str()), 1u) << (*at)[1].str();
  }
  EXPECT_GT(links, 300);
}

TEST(ScenarioReferenceTest, RefusesWhatIsNoSchema) {
  EXPECT_THROW(ScenarioReference("{"), std::invalid_argument);
}

}  // namespace
}  // namespace vpcmirror::sim
