// An engine that needs no simulator, and the surroundings to run commands in.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "models/scenario/engine.h"
#include "sim/cli/command_line.h"

namespace vpcmirror::sim {

// Runs any scenario in no time; the script fills in what the test is about.
class FakeEngine : public Engine {
 public:
  using Script = std::function<void(const ValidScenario&, const RunControl&, RunResult&)>;
  explicit FakeEngine(Script script) : script_(std::move(script)) {}

  RunResult Run(const ValidScenario& scenario, const RunControl& control) override {
    RunResult result;
    result.engine = "fake";
    result.scenario_name = scenario.name;
    result.scenario_description = scenario.description;
    result.scenario_file = scenario.file;
    result.seed = control.seed;
    result.duration = scenario.duration;
    if (script_) script_(scenario, control, result);
    return result;
  }

 private:
  Script script_;
};

struct Ran {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// A program to call again and again, in a folder of its own that goes away.
class Program {
 public:
  Program() {
    std::string name = (std::filesystem::temp_directory_path() / "vpcmirror-cli-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~Program() { std::filesystem::remove_all(folder_); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  Ran operator()(std::vector<std::string> arguments) const {
    std::ostringstream out;
    std::ostringstream err;
    const Surroundings around{
        .out = out,
        .err = err,
        .progress = progress,
        .make_engine = [this](EngineKind) { return std::make_unique<FakeEngine>(script); },
        .stop = stop,
        .seconds = [this] { return now; },
        .memory = memory};
    Ran ran;
    ran.exit_code = RunProgram(arguments, around);
    ran.out = out.str();
    ran.err = err.str();
    return ran;
  }

  std::string InFolder(const std::string& name) const { return (folder_ / name).string(); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return InFolder(name);
  }

  std::string Read(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Names of all files in a folder below this one, sorted.
  std::vector<std::string> List(const std::string& name) const {
    std::vector<std::string> names;
    if (!std::filesystem::exists(folder_ / name)) return names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / name)) {
      names.push_back(std::filesystem::relative(entry.path(), folder_ / name).string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  FakeEngine::Script script;
  std::stop_token stop;
  bool progress = false;
  double now = 0;  // of the clock on the wall, seconds
  std::optional<Bytes> memory;

 private:
  std::filesystem::path folder_;
};

// The smallest scenario worth typing, as the design prints it.
inline constexpr char kSmallest[] = R"({ "provider": "tencent",
  "hosts":     { "web": {"count": 2, "type": "S5.2XLARGE32"}, "ids": {"type": "S5.4XLARGE32", "receiver": "suricata"} },
  "workloads": { "www": {"at": "web", "in": "500 Mbps", "out": "500 Mbps"} },
  "mirrors":   [ {"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}} ] }
)";

}  // namespace vpcmirror::sim
