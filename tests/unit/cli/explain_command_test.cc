#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/exit_code.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kGolden = VPCMIRROR_SOURCE_DIR "/tests/golden/mixed-session.pcap";

// web[0] 10.0.0.2, web[1] 10.0.0.3, ids 10.0.0.4: addresses in order, the first
// of the subnet being the gateway's.
class ExplainCommandTest : public testing::Test {
 protected:
  Ran Explain(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"explain", scenario_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return program_(arguments);
  }

  Program program_;
  std::string scenario_ = program_.Write("small.json", kSmallest);
};

TEST_F(ExplainCommandTest, SaysTheVerdictFirst) {
  const Ran ran = Explain({"--packet", "out tcp 10.0.0.3:443 > 198.51.100.1:51000"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("MIRRORED: mirror-1 sends a copy to ids/eni0 (10.0.0.4), since "
                                  "the mirror has no\nfilter.\n"));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("ENI: web[1]/eni0 (10.0.0.3)"), HasSubstr("vni 0"),
                             HasSubstr("on the wire: 114 bytes")));
}

TEST_F(ExplainCommandTest, KeepsToEightyColumns) {
  const Ran ran = Explain({"--packet", "out tcp 10.0.0.3:443 > 198.51.100.1:51000 len 1514"});
  std::istringstream lines(ran.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST_F(ExplainCommandTest, GivesEveryStepAsJson) {
  const Ran ran = Explain({"--packet", "in udp 198.51.100.1:5 > 10.0.0.2:53", "--format", "json"});
  const json document = json::parse(ran.out);
  EXPECT_EQ(document["schema"], "vpcmirror.explanation/1");
  EXPECT_EQ(document["eni"]["id"], "web[0]/eni0");
  EXPECT_EQ(document["verdict"], "MIRRORED");
  EXPECT_EQ(document["sessions"][0]["copy"]["wire_bytes"], 114);
  EXPECT_EQ(document["sessions"][0]["steps"][0]["stage"], "state");
}

TEST_F(ExplainCommandTest, SaysWhyNot) {
  const Ran ran = Explain({"--packet", "in arp", "--eni", "web[0]"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, StartsWith("NOT MIRRORED: "));
}

TEST_F(ExplainCommandTest, ListsTheEnisWhenNoneHasTheAddress) {
  const Ran ran = Explain({"--packet", "out tcp 10.9.9.9:443 > 198.51.100.1:5"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_EQ(ran.err,
            "--packet: no ENI has its address 10.9.9.9 (source, out)\n"
            "  accepted: --eni web[0]/eni0 (10.0.0.2), web[1]/eni0 (10.0.0.3), ids/eni0 "
            "(10.0.0.4)\n");
}

TEST_F(ExplainCommandTest, TakesOfAHostTheMemberWithTheAddress) {
  const Ran ran = Explain(
      {"--packet", "out tcp 10.0.0.3:443 > 198.51.100.1:5", "--eni", "web", "--format", "json"});
  EXPECT_EQ(json::parse(ran.out)["eni"]["id"], "web[1]/eni0");
}

TEST_F(ExplainCommandTest, RefusesAnUnknownEni) {
  const Ran ran = Explain({"--packet", "in arp", "--eni", "wbe"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, AllOf(StartsWith("--eni: nothing is called \"wbe\""),
                             HasSubstr("\"web\" (nearest)")));
}

TEST_F(ExplainCommandTest, PointsAtTheColumnOfABadPacket) {
  const Ran ran = Explain({"--packet", "out tcp 10.0.0.3:443 > 198.51.100.1"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, StartsWith("--packet:1:9: tcp needs a port at both ends\n"));
}

struct Mixture {
  std::vector<std::string> arguments;
  const char* error;
};

TEST_F(ExplainCommandTest, RefusesWhatDoesNotGoTogether) {
  const Mixture mixtures[] = {
      {{}, "--packet or --pcap"},
      {{"--packet", "in arp", "--pcap", kGolden}, "--pcap"},
      {{"--packet", "in arp", "--summary"}, "--summary"},
      {{"--pcap", kGolden, "--summary", "--limit", "5"}, "--limit"},
  };
  for (const Mixture& mixture : mixtures) {
    const Ran ran = Explain(mixture.arguments);
    EXPECT_EQ(ran.exit_code, kBadInput);
    EXPECT_THAT(ran.err, HasSubstr(mixture.error));
  }
}

TEST_F(ExplainCommandTest, WritesALineAFrameAndSaysHowManyMore) {
  const Ran ran =
      Explain({"--pcap", kGolden, "--eni", "web[0]", "--local", "192.0.2.10", "--limit", "4"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("8 more frames"), HasSubstr("no: never_mirrored"),
                             HasSubstr("10.0.0.4 ")));
}

TEST_F(ExplainCommandTest, SumsACaptureUp) {
  const Ran ran =
      Explain({"--pcap", kGolden, "--eni", "web[0]", "--local", "192.0.2.10", "--summary"});
  EXPECT_EQ(ran.exit_code, kFine) << ran.err;
  EXPECT_THAT(ran.out, AllOf(StartsWith("12 frames at web[0]/eni0"), HasSubstr("Mirror mirror-1"),
                             HasSubstr("Before any mirror")));
}

TEST_F(ExplainCommandTest, AsksForOneEniOfACapture) {
  const Ran ran = Explain({"--pcap", kGolden});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, HasSubstr("web[0]/eni0 (10.0.0.2), web[1]/eni0 (10.0.0.3)"));
}

TEST_F(ExplainCommandTest, RefusesAMissingCapture) {
  const Ran ran = Explain({"--pcap", "no-such.pcap", "--eni", "web[0]"});
  EXPECT_EQ(ran.exit_code, kBadInput);
  EXPECT_THAT(ran.err, StartsWith("no-such.pcap: there is no such file"));
}

}  // namespace
}  // namespace vpcmirror::sim
