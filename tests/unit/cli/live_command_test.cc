#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::HasSubstr;

struct RefusedCase {
  const char* name;
  std::vector<std::string> options;
  const char* said;
};
void PrintTo(const RefusedCase& c, std::ostream* os) { *os << c.name; }

class LiveRefusesTest : public testing::TestWithParam<RefusedCase> {};

// Before anything is opened: neither the scenario nor the interface is there.
TEST_P(LiveRefusesTest, BeforeItBegins) {
  std::vector<std::string> words = {"live", "none.json", "--interface", "none0"};
  words.insert(words.end(), GetParam().options.begin(), GetParam().options.end());
  const Ran ran = Program()(words);
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr(GetParam().said));
}

const RefusedCase kRefused[] = {
    {"NoTime", {"--for", ""}, "--for: is empty"},
    {"NoSnapLength", {"--snaplen", ""}, "--snaplen: is empty"},
    {"HardlyARate", {"--max-rate", "7bps"}, "--max-rate: is less than 8 bps"},
    {"NoRate", {"--max-rate", "fast"}, "--max-rate"},
    {"NoShareOfACore", {"--max-cpu", "0%"}, "--max-cpu: '0%'"},
    {"NoPort", {"--metrics", "abc"}, "--metrics: "},
    {"APortForOthers", {"--metrics", "192.0.2.1:9464"}, "--metrics: "},
    {"TwoPlacesForCopies", {"--send", "--write", "x.pcap"}, "--write: is where copies go"},
    {"MoreEnisThanInterfaces", {"--eni", "a", "--eni", "b"}, "--eni: is given more often"},
    {"OneFileOfManyWorkers", {"--write", "x.pcap", "--workers", "2"}, "--workers: "},
    {"TwoSources", {"--read", "x.pcap"}, "--read: is where frames come from"},
    {"NoEni", {"--eni", ""}, "--eni: is empty"},
    {"NoFile", {"--write", ""}, "--write: is empty"},
    {"OneInterfaceTwice", {"--interface", "none0"}, "--interface: names one twice"}};
INSTANTIATE_TEST_SUITE_P(Table, LiveRefusesTest, testing::ValuesIn(kRefused),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace vpcmirror::sim
