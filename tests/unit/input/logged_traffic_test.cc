#include "sim/input/logged_traffic.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "tests/support/load_scenario.h"
#include "tests/support/packed_file.h"
#include "tests/unit/input/errors.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// web[0] is 10.0.0.2, web[1] 10.0.0.3, ids 10.0.0.4. What web sends to port 443 and gets from
// there is copied; a copy is an Ethernet frame with 50 bytes before it (RFC 7348: 14 of
// Ethernet, 20 of IPv4, 8 of UDP, 8 of VXLAN).
constexpr char kScenario[] = R"({
  "provider": "tencent",
  "hosts": {"web": {"count": 2, "type": "S5.2XLARGE32"},
            "ids": {"type": "S5.4XLARGE32", "receiver": "suricata"}},
  "mirrors": [{"TrafficMirrorName": "m", "CollectorSrcs": ["web"],
               "CollectorNormalFilters": [{"Protocol": "TCP", "DstPort": "443"}],
               "CollectorTarget": {"TargetIps": ["ids"]}}]
})";
constexpr std::size_t kWeb0 = 0;
constexpr std::size_t kWeb1 = 1;
constexpr std::size_t kIds = 2;

constexpr std::int64_t kNoon = 1'760'011'200;  // 2025-10-09 12:00:00 UTC, a whole hour

std::string Line(const std::string& interface_id, const std::string& source,
                 const std::string& destination, int port, std::int64_t packets, std::int64_t bytes,
                 std::int64_t start, std::int64_t end, const std::string& status = "ACCEPT OK") {
  return fmt::format("2 1 {} {} {} 50000 {} 6 {} {} {} {} {}\n", interface_id, source, destination,
                     port, packets, bytes, start, end, status);
}

// 100 packets of 1000 bytes that web[0] sends to port 443.
std::string Usual(std::int64_t start, std::int64_t end) {
  return Line("web[0]/eni0", "10.0.0.2", "192.0.2.1", 443, 100, 100'000, start, end);
}
// As Ethernet frames: 100 * (1000 + 14) bytes, and their copies: 100 * (1000 + 14 + 50).
constexpr double kUsualBits = 101'400 * 8.0;
constexpr double kUsualCopyBits = 106'400 * 8.0;

class LoggedTrafficTest : public testing::Test {
 protected:
  LoggedTraffic Read(const std::string& text, LoggedTrafficOptions options = {}) {
    options.files = {WriteTestFile("logged.log", text)};
    return ReadFiles(options);
  }
  LoggedTraffic ReadFiles(const LoggedTrafficOptions& options) {
    windows_.clear();
    return ReadLoggedTraffic(scenario_, options,
                             [this](const TrafficWindow& window) { windows_.push_back(window); });
  }
  std::vector<std::int64_t> Starts() const {
    std::vector<std::int64_t> starts;
    for (const TrafficWindow& each : windows_) starts.push_back(each.start - kNoon);
    return starts;
  }
  const EniTraffic& Eni(std::size_t window, std::size_t eni) const {
    return windows_.at(window).traffic.enis[eni];
  }

  static const ValidScenario& Scenario() {
    static const ValidScenario scenario = Load(kScenario);  // once: it takes most of the time
    return scenario;
  }
  const ValidScenario& scenario_ = Scenario();
  std::vector<TrafficWindow> windows_;
};

TEST_F(LoggedTrafficTest, ARecordBecomesTheRatesOfItsWindow) {
  const LoggedTraffic logged = Read(Usual(kNoon, kNoon + 60));
  ASSERT_THAT(Starts(), ElementsAre(0));
  EXPECT_EQ(windows_[0].length, 60);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.frames_per_second, 100 / 60.0);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).copies_out.bits_per_second, kUsualCopyBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).copies_of_out.bits_per_second, kUsualCopyBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kIds).copies_in.bits_per_second, kUsualCopyBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kIds).copies_in.frames_per_second, 100 / 60.0);
  EXPECT_EQ(Eni(0, kIds).in.bits_per_second, 0);
  const MirrorTraffic& mirror = windows_[0].traffic.mirrors[0];
  EXPECT_DOUBLE_EQ(mirror.offered.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(mirror.mirrored.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(mirror.wire.bits_per_second, kUsualCopyBits / 60);
  ASSERT_THAT(mirror.by_receiver, SizeIs(1));
  EXPECT_DOUBLE_EQ(mirror.by_receiver[0].bits_per_second, kUsualCopyBits / 60);
  EXPECT_EQ(logged.tally.counted.records, 1);
  EXPECT_EQ(logged.tally.counted.bytes, 100'000);
}

TEST_F(LoggedTrafficTest, TheFilterIsAskedForEachRecord) {
  Read(Usual(kNoon, kNoon + 60) +
       Line("web[0]/eni0", "10.0.0.2", "192.0.2.1", 22, 100, 100'000, kNoon, kNoon + 60) +
       Line("web[1]/eni0", "192.0.2.1", "10.0.0.3", 443, 100, 100'000, kNoon, kNoon + 60));
  const MirrorTraffic& mirror = windows_[0].traffic.mirrors[0];
  EXPECT_DOUBLE_EQ(mirror.offered.bits_per_second, 3 * kUsualBits / 60);
  EXPECT_DOUBLE_EQ(mirror.mirrored.bits_per_second, 2 * kUsualBits / 60);
  EXPECT_DOUBLE_EQ(mirror.mirrored_of_out.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb1).in.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kIds).copies_in_of_out.bits_per_second, kUsualCopyBits / 60);
}

TEST_F(LoggedTrafficTest, ARecordIsSpreadOverItsWindowsInProportion) {
  // 15 s before the full minute, 60 s, 45 s.
  LoggedTrafficOptions minutes;
  minutes.window_seconds = 60;
  const LoggedTraffic logged = Read(Usual(kNoon - 15, kNoon + 105), minutes);
  ASSERT_THAT(Starts(), ElementsAre(-60, 0, 60));
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.bits_per_second, kUsualBits * (15 / 120.0) / 60);
  EXPECT_DOUBLE_EQ(Eni(1, kWeb0).out.bits_per_second, kUsualBits * (60 / 120.0) / 60);
  EXPECT_DOUBLE_EQ(Eni(2, kIds).copies_in.bits_per_second, kUsualCopyBits * (45 / 120.0) / 60);
  EXPECT_DOUBLE_EQ(logged.enis[kWeb0].out.bytes, 101'400);
  EXPECT_EQ(logged.enis[kWeb0].out.peak_start, kNoon);
}

TEST_F(LoggedTrafficTest, WindowsAreAsLongAsTheLogsOwnInterval) {
  struct Case {
    std::int64_t longest;
    std::int64_t window;
  };
  for (const Case& each : {Case{1, 60}, Case{60, 60}, Case{61, 300}, Case{599, 600},
                           Case{601, 3'600}, Case{9'000, 3'600}}) {
    EXPECT_EQ(Read(Usual(kNoon, kNoon + 1) + Usual(kNoon, kNoon + each.longest)).window_seconds,
              each.window);
  }
}

// What falls into all windows is what all records say, whatever they are and however they come,
// but for what is said to be left out.
TEST_F(LoggedTrafficTest, WindowsAddUpToTheRecords) {
  std::mt19937 random(7);
  const auto pick = [&](std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(high - low + 1));
  };
  for (int round = 0; round < 20; ++round) {
    std::string text;
    double bits = 0;
    double frames = 0;
    for (int i = 0; i < 300; ++i) {
      const std::int64_t packets = pick(1, 5'000);
      const std::int64_t bytes = packets * pick(40, 1'400) + pick(0, 39);
      const std::int64_t start = kNoon + i * 7 + pick(-300, 0);
      text += Line("web[0]/eni0", "10.0.0.2", "192.0.2.1", 443, packets, bytes, start,
                   start + pick(-5, 600));
      bits += static_cast<double>(bytes + 14 * packets) * 8;
      frames += static_cast<double>(packets);
    }
    LoggedTrafficOptions options;
    options.window_seconds = pick(1, 700);
    const LoggedTraffic logged = Read(text, options);
    ASSERT_EQ(logged.tally.counted.records, 300);
    ASSERT_EQ(logged.tally.late_bytes, 0);
    double windows_bits = 0;
    double copies_bits = 0;
    std::int64_t before = 0;
    for (const TrafficWindow& window : windows_) {
      EXPECT_GT(window.start, before);
      before = window.start;
      const auto seconds = static_cast<double>(window.length);
      windows_bits += window.traffic.enis[kWeb0].out.bits_per_second * seconds;
      copies_bits += window.traffic.enis[kIds].copies_in.bits_per_second * seconds;
    }
    EXPECT_NEAR(windows_bits / bits, 1, 1e-9);
    EXPECT_NEAR(copies_bits / (bits + frames * 50 * 8), 1, 1e-9);
    EXPECT_NEAR(logged.enis[kWeb0].out.bytes * 8 / bits, 1, 1e-9);
  }
}

TEST_F(LoggedTrafficTest, PackedLogsSayTheSame) {
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += Usual(kNoon + i, kNoon + i + 45);
  const double bytes = Read(text).enis[kIds].copies_in.bytes;
  EXPECT_NEAR(bytes, 2'000 * 106'400.0, 1);
  for (const std::string& file :
       {WriteGzipTestFile("logged.gz", text), WriteZstdTestFile("logged.zst", text)}) {
    LoggedTrafficOptions options;
    options.files = {file};
    EXPECT_EQ(ReadFiles(options).enis[kIds].copies_in.bytes, bytes);
  }
}

// Two logs of two hours, each of one ENI: read one after the other, the second would be late.
TEST_F(LoggedTrafficTest, LogsAreMergedByTime) {
  std::string first;
  std::string second;
  for (int i = 0; i < 120; ++i) {
    const std::int64_t start = kNoon + i * 60;
    first += Usual(start, start + 60);
    second += Line("web[1]/eni0", "192.0.2.1", "10.0.0.3", 443, 100, 100'000, start, start + 60);
  }
  LoggedTrafficOptions options;
  options.files = {WriteTestFile("first.log", first), WriteTestFile("second.log", second)};
  const LoggedTraffic logged = ReadFiles(options);
  EXPECT_EQ(logged.tally.counted.records, 240);
  EXPECT_EQ(logged.tally.late.records, 0);
  ASSERT_THAT(windows_, SizeIs(120));
  for (const TrafficWindow& window : windows_) {
    EXPECT_DOUBLE_EQ(window.traffic.enis[kIds].copies_in.bits_per_second, 2 * kUsualCopyBits / 60);
  }
}

TEST_F(LoggedTrafficTest, WhatComesTooLateIsCountedAndLeftOut) {
  // Half an hour is open: the window of noon is closed when one ends behind 12:30.
  const std::string text = Usual(kNoon, kNoon + 60) + Usual(kNoon + 1'800, kNoon + 1'860) +
                           Usual(kNoon, kNoon + 60) + Usual(kNoon + 30, kNoon + 90);
  const LoggedTraffic logged = Read(text);
  EXPECT_THAT(Starts(), ElementsAre(0, 60, 1'800));
  EXPECT_EQ(logged.tally.counted.records, 3);
  EXPECT_EQ(logged.tally.late.records, 1);
  EXPECT_EQ(logged.tally.late.bytes, 100'000);
  EXPECT_DOUBLE_EQ(logged.tally.late_bytes, 50'000);  // of the last, half
  EXPECT_DOUBLE_EQ(Eni(1, kWeb0).out.bits_per_second, kUsualBits / 2 / 60);
  EXPECT_EQ(logged.open_seconds, 1'800);
}

// The same records in either order are the same windows, also where records span several of them
// or are of no time, and where the logs are several.
TEST_F(LoggedTrafficTest, NewestFirstSaysTheSameAsOldestFirst) {
  std::mt19937 random(11);
  std::vector<std::string> lines;
  for (int i = 0; i < 2'000; ++i) {
    const std::int64_t start = kNoon + i * 5 + static_cast<std::int64_t>(random() % 60);
    lines.push_back(Line(i % 2 == 0 ? "web[0]/eni0" : "web[1]/eni0",
                         i % 2 == 0 ? "10.0.0.2" : "10.0.0.3", "192.0.2.1", 443, 100,
                         100'000 + i % 17, start, start + random() % 150));
  }
  const auto files = [&](const std::string& name) {
    std::string even;
    std::string odd;
    for (std::size_t i = 0; i < lines.size(); ++i) (i % 3 == 0 ? odd : even) += lines[i];
    LoggedTrafficOptions options;
    options.window_seconds = 60;
    options.files = {WriteTestFile(name + "even.log", even), WriteTestFile(name + "odd.log", odd)};
    return options;
  };
  const LoggedTraffic forward = ReadFiles(files("forward-"));
  const std::vector<std::int64_t> starts = Starts();
  std::reverse(lines.begin(), lines.end());
  const LoggedTraffic backward = ReadFiles(files("backward-"));
  EXPECT_FALSE(forward.is_newest_first);
  EXPECT_TRUE(backward.is_newest_first);
  EXPECT_EQ(forward.tally.counted.records, 2'000);
  EXPECT_EQ(backward.tally.counted.records, 2'000);
  EXPECT_EQ(backward.tally.late_bytes, 0);
  std::vector<std::int64_t> mirrored = Starts();
  std::reverse(mirrored.begin(), mirrored.end());
  EXPECT_EQ(mirrored, starts);
  ASSERT_EQ(forward.windows.size(), backward.windows.size());
  for (std::size_t i = 0; i < forward.windows.size(); ++i) {
    EXPECT_EQ(backward.windows[i].start, forward.windows[i].start);
    EXPECT_NEAR(backward.windows[i].out.bits_per_second / forward.windows[i].out.bits_per_second, 1,
                1e-9);
    EXPECT_NEAR(
        backward.windows[i].copies.frames_per_second / forward.windows[i].copies.frames_per_second,
        1, 1e-9);
  }
  EXPECT_EQ(backward.enis[kWeb0].out.peak_start, forward.enis[kWeb0].out.peak_start);
}

// A few records of the evening before a day that is in order: to read it backwards loses more.
TEST_F(LoggedTrafficTest, AStrayBeginningMakesNoLogNewestFirst) {
  std::string text = Usual(kNoon + 7'200, kNoon + 7'260) + Usual(kNoon + 7'200, kNoon + 7'260);
  for (int i = 0; i < 300; ++i) text += Usual(kNoon + i * 60, kNoon + i * 60 + 60);
  const LoggedTraffic logged = Read(text);
  EXPECT_FALSE(logged.is_newest_first);
  // 12:00 to 13:31 are closed when 14:01 is reached: 14:01 - 30 min; the window before is late.
  EXPECT_EQ(logged.tally.late.records, 91);
  EXPECT_EQ(logged.tally.counted.records, 302 - 91);
}

TEST_F(LoggedTrafficTest, AClockThatIsFarAheadClosesNoWindow) {
  const std::int64_t year = 31'536'000;
  const LoggedTraffic logged = Read(Usual(kNoon, kNoon + 60) + Usual(kNoon + year, kNoon + year) +
                                    Usual(kNoon + 60, kNoon + 120));
  EXPECT_THAT(Starts(), ElementsAre(0, 60));
  EXPECT_EQ(logged.tally.ahead.records, 1);
  EXPECT_EQ(logged.tally.ahead.bytes, 100'000);
}

TEST_F(LoggedTrafficTest, ANightWithoutARecordIsNoClockThatIsAhead) {
  std::string text = Usual(kNoon, kNoon + 60);
  for (int i = 0; i < 12; ++i) text += Usual(kNoon + 36'000 + i * 60, kNoon + 36'060 + i * 60);
  EXPECT_EQ(Read(text).tally.counted.records, 13);
  EXPECT_THAT(windows_, SizeIs(13));
  // And at the end of a log there is nobody to say otherwise.
  EXPECT_EQ(
      Read(Usual(kNoon, kNoon + 60) + Usual(kNoon + 36'000, kNoon + 36'060)).tally.counted.records,
      2);
  EXPECT_THAT(Starts(), ElementsAre(0, 36'000));
}

TEST_F(LoggedTrafficTest, WhatEndsBeforeItStartsPassesAtItsStart) {
  const LoggedTraffic logged = Read(Usual(kNoon + 61, kNoon + 50));
  EXPECT_EQ(logged.tally.backwards, 1);
  EXPECT_THAT(Starts(), ElementsAre(60));
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.bits_per_second, kUsualBits / 60);
}

TEST_F(LoggedTrafficTest, WhatDidNotPassIsCountedByKind) {
  const LoggedTraffic logged = Read(
      Line("web[0]/eni0", "10.0.0.2", "192.0.2.1", 443, 10, 600, kNoon, kNoon + 60, "REJECT OK") +
      fmt::format("2 1 web[0]/eni0 - - - - - - - {0} {0} - NODATA\n", kNoon) +
      fmt::format("2 1 web[0]/eni0 - - - - - - - {0} {0} - SKIPDATA\n", kNoon) +
      Line("web[0]/eni0", "10.9.9.9", "192.0.2.1", 443, 10, 700, kNoon, kNoon + 60) +
      Line("web[0]/eni0", "10.0.0.2", "192.0.2.1", 443, 10, 800, 0, 0));
  EXPECT_THAT(windows_, SizeIs(0));
  EXPECT_EQ(logged.tally.records, 5);
  EXPECT_EQ(logged.tally.rejected.bytes, 600);
  EXPECT_EQ(logged.tally.no_data, 1);
  EXPECT_EQ(logged.tally.skipped, 1);
  EXPECT_EQ(logged.tally.elsewhere.bytes, 700);
  EXPECT_EQ(logged.tally.untimed.bytes, 800);
}

TEST_F(LoggedTrafficTest, PacketsThatNobodyCountedAreAssumed) {
  const LoggedTraffic logged =
      Read(Line("web[0]/eni0", "10.0.0.2", "192.0.2.1", 443, 0, 6'000, kNoon, kNoon + 60));
  EXPECT_EQ(logged.tally.without_packets, 1);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.frames_per_second, 12 / 60.0);  // of 500 bytes each
}

// Both ENIs recorded it, and it passed both.
TEST_F(LoggedTrafficTest, AFlowThatTwoInterfacesSawIsTwoObservations) {
  const LoggedTraffic logged =
      Read(Line("web[0]/eni0", "10.0.0.2", "10.0.0.3", 443, 100, 100'000, kNoon, kNoon + 60) +
           Line("web[1]/eni0", "10.0.0.2", "10.0.0.3", 443, 100, 100'000, kNoon, kNoon + 60));
  EXPECT_EQ(logged.tally.counted.records, 2);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb1).in.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kIds).copies_in.bits_per_second, 2 * kUsualCopyBits / 60);
}

TEST_F(LoggedTrafficTest, UnknownInterfacesAreFoundByTheAddressOfAllTheirRecords) {
  const LoggedTraffic logged =
      Read(Line("eni-a", "10.0.0.2", "192.0.2.1", 443, 100, 100'000, kNoon, kNoon + 60) +
           Line("eni-a", "192.0.2.2", "10.0.0.2", 443, 100, 100'000, kNoon, kNoon + 60) +
           Line("eni-b", "198.51.100.7", "192.0.2.1", 443, 1, 5'000, kNoon, kNoon + 60));
  EXPECT_EQ(logged.tally.counted.records, 2);
  ASSERT_THAT(logged.mapped, SizeIs(1));
  EXPECT_EQ(logged.mapped[0].id, "eni-a");
  EXPECT_EQ(logged.mapped[0].eni, kWeb0);
  EXPECT_FALSE(logged.mapped[0].by_rule);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).in.bits_per_second, kUsualBits / 60);
  ASSERT_THAT(logged.unknown, SizeIs(1));
  EXPECT_EQ(logged.unknown[0].id, "eni-b");
  EXPECT_EQ(logged.unknown[0].volume.bytes, 5'000);
}

// What talks to web[0] alone may be web[0] or what it talks to.
TEST_F(LoggedTrafficTest, APeerIsNotTakenForTheEniThatItTalksTo) {
  const std::string text =
      Line("eni-a", "192.0.2.1", "10.0.0.2", 443, 100, 100'000, kNoon, kNoon + 60);
  const LoggedTraffic logged = Read(text);
  EXPECT_EQ(logged.tally.undecided.records, 1);
  EXPECT_EQ(logged.tally.undecided.bytes, 100'000);
  EXPECT_EQ(logged.tally.counted.records, 0);
  LoggedTrafficOptions options;
  options.rules = {{"eni-a", "web[0]"}};
  const LoggedTraffic ruled = Read(text, options);
  EXPECT_EQ(ruled.tally.counted.records, 1);
  ASSERT_THAT(ruled.mapped, SizeIs(1));
  EXPECT_TRUE(ruled.mapped[0].by_rule);
}

TEST_F(LoggedTrafficTest, RulesThatNameNoSingleEniAreRefused) {
  LoggedTrafficOptions options;
  options.rules = {{"eni-a", "web"}, {"eni-b", "nobody"}};
  EXPECT_THAT(ErrorsOf([&] { Read(Usual(kNoon, kNoon + 60), options); }),
              ElementsAre(HasSubstr("\"web\" is 2 ENIs"), HasSubstr("nobody")));
}

TEST_F(LoggedTrafficTest, NfdumpsFlowsPassTheEnisAtBothEnds) {
  const LoggedTraffic logged = Read(
      "ts,te,td,sa,da,sp,dp,pr,ipkt,ibyt,opkt,obyt\n"
      "2025-10-09 12:00:00,2025-10-09 12:01:00,60.000,10.0.0.2,10.0.0.3,50000,443,TCP,100,100000,"
      "0,0\n"
      "2025-10-09 12:00:00,2025-10-09 12:01:00,60.000,10.7.7.7,192.0.2.1,50000,443,TCP,1,60,0,0\n");
  ASSERT_THAT(Starts(), ElementsAre(0));
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb1).in.bits_per_second, kUsualBits / 60);
  EXPECT_DOUBLE_EQ(Eni(0, kIds).copies_in.bits_per_second, 2 * kUsualCopyBits / 60);
  // The receiver gets one packet twice.
  EXPECT_DOUBLE_EQ(Eni(0, kIds).duplicates_in.bits_per_second, kUsualCopyBits / 60);
  EXPECT_EQ(logged.tally.counted.records, 1);
  EXPECT_EQ(logged.unknown.at(0).id, "10.7.7.7");
}

TEST_F(LoggedTrafficTest, AMatrixIsOneWindowOfRates) {
  // 8 Mbit/s of IP in packets of 1000 bytes: 1000 packets/s.
  const LoggedTraffic logged = Read(
      "source,destination,rate,packet_bytes\n"
      "web[0],192.0.2.1,8 Mbps,1000\n"
      "10.0.0.3,web[0],8 Mbps,1000\n"
      "web,192.0.2.1,8 Mbps,1000\n");
  EXPECT_TRUE(logged.is_matrix);
  ASSERT_THAT(windows_, SizeIs(1));
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.bits_per_second, 1'000 * 1'014 * 8.0);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).in.bits_per_second, 1'000 * 1'014 * 8.0);
  EXPECT_DOUBLE_EQ(Eni(0, kWeb1).out.frames_per_second, 1'000);
  EXPECT_DOUBLE_EQ(Eni(0, kIds).copies_in.bits_per_second, 3 * 1'000 * 1'064 * 8.0);
  EXPECT_EQ(logged.unknown.at(0).id, "web");  // two ENIs
  // 6,000 bytes in 60 s are 100 bytes/s, as 0.2 packets of the assumed 500 bytes.
  Read("source,destination,bytes,period\nweb[0],192.0.2.1,6000,60 s\n");
  EXPECT_DOUBLE_EQ(Eni(0, kWeb0).out.bits_per_second, (100 + 0.2 * 14) * 8);
}

TEST_F(LoggedTrafficTest, WhatCanBeReadOnlyOnceIsRefused) {
  LoggedTrafficOptions options;
  options.files = {"/dev/null"};
  EXPECT_THAT(ErrorsOf([&] { ReadFiles(options); }), ElementsAre(HasSubstr("comes once")));
}

TEST_F(LoggedTrafficTest, StrictRefusesWithTheFirstFiveLines) {
  std::string text = Usual(kNoon, kNoon + 60);
  for (int i = 0; i < 7; ++i) text += "nothing\n";
  EXPECT_EQ(Read(text).tally.bad_lines, 7);
  LoggedTrafficOptions options;
  options.strict = true;
  EXPECT_THAT(ErrorsOf([&] { Read(text + Usual(kNoon, kNoon + 60), options); }),
              AllOf(SizeIs(5), Contains(HasSubstr("2:1 : 1 value, where 14 are expected"))));
  EXPECT_EQ(Read(Usual(kNoon, kNoon + 60), options).tally.counted.records, 1);
}

// A hundred windows of 1 to 100 packets: 99 of them have at most 99.
TEST_F(LoggedTrafficTest, TheWindowOfAPercentileIsExact) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    const std::int64_t start = kNoon + i * 60;
    const int packets = 1 + i * 37 % 100;
    text += Line("web[0]/eni0", "10.0.0.2", "192.0.2.1", 443, packets, packets * 1'000, start,
                 start + 60);
  }
  const LoggedTraffic logged = Read(text);
  ASSERT_THAT(logged.windows, SizeIs(100));
  const auto packets_at = [&](double share) {
    return SizingWindow(logged, share).copies.frames_per_second * 60;
  };
  EXPECT_NEAR(packets_at(1), 100, 1e-6);
  EXPECT_NEAR(packets_at(0.99), 99, 1e-6);
  EXPECT_NEAR(packets_at(0.985), 99, 1e-6);
  EXPECT_NEAR(packets_at(0.5), 50, 1e-6);
  EXPECT_NEAR(packets_at(0.001), 1, 1e-6);
  LoggedTrafficOptions options;
  options.files = logged.files;
  const TrafficWindow window =
      ReadWindow(scenario_, options, logged, SizingWindow(logged, 0.99).start);
  EXPECT_NEAR(window.traffic.enis[kIds].copies_in.frames_per_second, 99 / 60.0, 1e-9);
  EXPECT_EQ(window.length, 60);
  // 1 + 37 i mod 100 is 99 for i = 54: 37 * 54 = 1998.
  EXPECT_EQ(SizingWindow(logged, 0.99).start, kNoon + 54 * 60);
}

}  // namespace
}  // namespace vpcmirror::sim
