#include "sim/explain/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "models/scenario/find_enis.h"
#include "sim/input/library.h"
#include "sim/input/packet_text.h"
#include "sim/input/pcap_reader.h"
#include "sim/input/scenario_reader.h"
#include "sim/packet/packet_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::SizeIs;

// The client of tests/golden/mixed-session.md, mirrored as a whole.
const std::string kGolden = VPCMIRROR_SOURCE_DIR "/tests/golden/mixed-session.pcap";

ValidScenario MixedSession(const std::string& mirror = "") {
  const std::string text =
      R"({"duration": "1 s",
          "hosts": {"web": {"type": "S5.4XLARGE32"},
                    "ids": {"type": "S5.4XLARGE32", "receiver": "generic"}},
          "workloads": {"replayed": {"at": "web", "replay": {"file": ")" +
      kGolden + R"(", "local": ["192.0.2.10"]}}},
          "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]})" +
      mirror + "}]}";
  return LoadScenarioText(text, "test.json", LoadLibrary(FindDataFolder()));
}

CaptureExplanation Explain(const ValidScenario& scenario, CaptureQuestion question,
                           const std::stop_token& stop = {}) {
  question.eni = FindEnis(scenario, "web", "").front();
  return ExplainCapture(scenario, question, ScanCapture(kGolden).open(), stop);
}

CaptureQuestion Client() { return {.local = {*ParseIpPrefix("192.0.2.10/32")}}; }

// What a ledger says of the same frames.
struct Account {
  std::array<Count, kRefusals> rejected{};
  Count mirrored;
  Bytes wire{};
};

Account AccountOf(const CaptureExplanation& capture) {
  Account account;
  for (const RulingCount& count : capture.rulings) {
    account.wire += count.wire;
    if (count.ruling.copies()) {
      account.mirrored += count.frames;
    } else {
      account.rejected[static_cast<std::size_t>(count.ruling.refusal)] += count.frames;
    }
  }
  return account;
}

void ExpectAsThePacketEngine(const ValidScenario& scenario) {
  const RunResult result = MakePacketEngine()->Run(scenario, {});
  const Ledger& ledger = result.mirrors.at(0).ledger;
  const CaptureExplanation capture = Explain(scenario, Client());
  Account account = AccountOf(capture);
  // A replay lets arrive what is neither from the client nor to it: frame 3, DHCP
  // from 0.0.0.0 to 255.255.255.255.
  EXPECT_EQ(capture.first_other, 3);
  account.rejected[static_cast<std::size_t>(Refusal::kNeverMirrored)] += capture.others;
  EXPECT_EQ(account.rejected, ledger.rejected);
  EXPECT_EQ(account.mirrored, ledger.mirrored);
  EXPECT_EQ(account.wire, ledger.wire_bytes);
}

TEST(CaptureParityTest, EverythingIsCountedAsThePacketEngineCountsIt) {
  ExpectAsThePacketEngine(MixedSession());
}
TEST(CaptureParityTest, ADirectionIsCountedAsThePacketEngineCountsIt) {
  ExpectAsThePacketEngine(MixedSession(R"(, "Direction": "EGRESS")"));
}
TEST(CaptureParityTest, ConditionsAreCountedAsThePacketEngineCountsThem) {
  ExpectAsThePacketEngine(MixedSession(
      R"(, "CollectorNormalFilters": [{"Protocol": "TCP"}, {"Protocol": "TCP", "DstPort": "80"}])"));
}

// mixed-session.md: frames 1 and 2 are ARP, 3 is DHCP, the other nine are copied.
TEST(CaptureTest, CountsByReasonWithAnExample) {
  const CaptureExplanation capture = Explain(MixedSession(), Client());
  EXPECT_EQ(capture.frames, 12);
  std::int64_t never = 0;
  std::int64_t copied = 0;
  for (const RulingCount& count : capture.rulings) {
    if (count.ruling.refusal == Refusal::kNeverMirrored) never += count.frames.frames;
    if (count.ruling.copies()) copied += count.frames.frames;
    EXPECT_GE(count.example, 1);
  }
  EXPECT_EQ(never + capture.others.frames, 3);
  EXPECT_EQ(copied, 9);
}

TEST(CaptureTest, LeavesOutWhatIsNotOfTheEni) {
  const CaptureExplanation capture = Explain(MixedSession(), {});
  EXPECT_EQ(capture.others.frames, 12);
  EXPECT_EQ(capture.first_other, 1);
  EXPECT_THAT(capture.rulings, SizeIs(0));
}

TEST(CaptureTest, KeepsAsManyLinesAsWereAskedFor) {
  CaptureQuestion question = Client();
  question.lines = 5;
  const CaptureExplanation capture = Explain(MixedSession(), question);
  ASSERT_THAT(capture.lines, SizeIs(5));
  EXPECT_EQ(capture.lines.back().number, 5);
  EXPECT_EQ(capture.frames, 12);
}

// Frames 4 to 8 are TCP with the server's port 80 or the client's: only what the
// client sends has destination port 80.
TEST(CaptureTest, CountsTheUseOfEveryRule) {
  const CaptureExplanation capture = Explain(
      MixedSession(
          R"(, "CollectorNormalFilters": [{"Protocol": "TCP"}, {"Protocol": "TCP", "DstPort": "81"}])"),
      Client());
  const auto& egress = capture.sessions.at(0).rules[1];
  ASSERT_THAT(egress, SizeIs(2));
  EXPECT_GT(egress[0].matched, 0);
  EXPECT_GT(egress[1].asked, 0);
  EXPECT_EQ(egress[1].matched, 0);
}

TEST(CaptureTest, StopsWhenTold) {
  std::stop_source source;
  source.request_stop();
  const CaptureExplanation capture = Explain(MixedSession(), Client(), source.get_token());
  EXPECT_FALSE(capture.complete);
  EXPECT_EQ(capture.frames, 1);
}

}  // namespace
}  // namespace vpcmirror::sim
