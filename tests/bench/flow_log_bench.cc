// How many records of a flow log (AWS version 2, as text) a core reads in a second and shows to
// the mirrors of their ENIs, and whether memory grows with the log: peak memory of a process
// that reads a million of them, and of one that reads ten million.
//
//   bench_flow_log [RECORDS...]     default: 1000000 10000000; 110 bytes of /tmp each
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "sim/input/library.h"
#include "sim/input/logged_traffic.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

constexpr int kEnis = 200;
constexpr int kFlows = 100'000;
constexpr std::int64_t kRecordsPerMinute = 50'000;
constexpr std::int64_t kStart = 1'760'011'200;

// Ten conditions by port, of which a flow meets one or none, and two receivers by flow.
std::string ScenarioText() {
  std::string rules;
  for (int i = 0; i < 10; ++i) {
    rules += fmt::format(R"({}{{"Priority": {}, "Action": "ACCEPT", "Protocol": "TCP",)"
                         R"( "SrcNet": "0.0.0.0/0", "DstNet": "0.0.0.0/0", "DstPort": "{}"}})",
                         i == 0 ? "" : ",", i + 1, 440 + i);
  }
  return fmt::format(R"({{"provider": "tencent",
    "hosts": {{"web": {{"count": {}, "type": "S5.2XLARGE32"}},
               "ids": {{"count": 2, "type": "S5.4XLARGE32", "receiver": "suricata"}}}},
    "mirrors": [{{"CollectorSrcs": ["web"], "Direction": "NO-DIRECTION",
                  "IngressFilterRules": [{}],
                  "EgressFilterRules": [{}],
                  "CollectorTarget": {{"TargetIps": ["ids"], "AlgHash": "FIVE_TUPLE_FLOW"}}}}]}})",
                     kEnis, rules, rules);
}

struct LoggedFlow {
  int eni = 0;
  std::string ends;  // "10.0.0.2 198.51.100.7 443 40000 6"
};

std::vector<LoggedFlow> Flows(const ValidScenario& scenario, std::mt19937& random) {
  std::vector<LoggedFlow> flows;
  for (int i = 0; i < kFlows; ++i) {
    const int eni = static_cast<int>(random() % kEnis);
    const std::string own = ToString(scenario.deployment->enis[eni].addresses.front());
    const std::string peer =
        fmt::format("198.{}.{}.{}", 18 + random() % 2, random() % 256, random() % 256);
    const auto server = 440 + random() % 20;
    const auto client = 32'768 + random() % 28'232;
    flows.push_back({eni, random() % 2 == 0
                              ? fmt::format("{} {} {} {} 6", own, peer, server, client)
                              : fmt::format("{} {} {} {} 6", peer, own, client, server)});
  }
  return flows;
}

std::string WriteLog(const ValidScenario& scenario, std::int64_t records) {
  std::mt19937 random(1);
  const std::vector<LoggedFlow> flows = Flows(scenario, random);
  const std::string name =
      (std::filesystem::temp_directory_path() / fmt::format("bench-{}.log", records)).string();
  std::ofstream out(name, std::ios::binary);
  std::string text;
  for (std::int64_t i = 0; i < records; ++i) {
    const LoggedFlow& flow = flows[random() % flows.size()];
    const std::int64_t start = kStart + i / kRecordsPerMinute * 60 + random() % 30;
    const std::int64_t packets = 1 + random() % 2'000;
    text += fmt::format("2 123456789010 {} {} {} {} {} {} ACCEPT OK\n",
                        scenario.deployment->enis[flow.eni].id, flow.ends, packets,
                        packets * (60 + random() % 1'400), start, start + random() % 30);
    constexpr std::size_t kChunk = 1 << 20;
    if (text.size() < kChunk && i + 1 < records) continue;
    out << text;
    text.clear();
  }
  return name;
}

double ReadOnce(const ValidScenario& scenario, const std::string& log) {
  LoggedTrafficOptions options;
  options.files = {log};
  const auto begin = std::chrono::steady_clock::now();
  const LoggedTraffic logged = ReadLoggedTraffic(scenario, options);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto counted = static_cast<double>(logged.tally.counted.records);
  if (logged.tally.counted.records != logged.tally.records || counted == 0) {
    fmt::print("records are left out: this measures nothing\n");
    std::_Exit(1);
  }
  return counted / took.count();
}

// In a process of its own, whose peak memory is that of reading. False when it failed.
bool Measure(const ValidScenario& scenario, std::int64_t records) {
  const std::string log = WriteLog(scenario, records);
  const pid_t child = ::fork();
  if (child == 0) {
    const double rate = ReadOnce(scenario, log);
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    constexpr double kKibPerMib = 1024;
    const double cpu = static_cast<double>(used.ru_utime.tv_sec) +
                       static_cast<double>(used.ru_utime.tv_usec) * 1e-6;
    fmt::print(
        "{:>12} records: {:>6.2f} M records/s, {:>6.2f} M a second of user time, "
        "peak {:.1f} MiB\n",
        records, rate / 1e6, static_cast<double>(records) / cpu / 1e6,
        static_cast<double>(used.ru_maxrss) / kKibPerMib);
    std::fflush(stdout);
    std::_Exit(0);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  std::filesystem::remove(log);
  return status == 0;
}

int Main(int argc, char** argv) {
  const ValidScenario scenario =
      LoadScenarioText(ScenarioText(), "bench.json", LoadLibrary(FindDataFolder()));
  std::vector<std::int64_t> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoll(argv[i], nullptr, 10));
  if (sizes.empty()) sizes = {1'000'000, 10'000'000};
  for (const std::int64_t each : sizes) {
    if (each <= 0 || !Measure(scenario, each)) return 1;
  }
  return 0;
}

}  // namespace
}  // namespace vpcmirror::sim

int main(int argc, char** argv) { return vpcmirror::sim::Main(argc, argv); }
