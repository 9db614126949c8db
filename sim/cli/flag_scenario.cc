#include "sim/cli/flag_scenario.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "sim/cli/mirror_everything.h"

namespace vpcmirror::sim {
namespace {

std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// One alone is "source" and not "source[0]".
std::string CountMember(int count) {
  return count == 1 ? "" : fmt::format(R"("count": {}, )", count);
}

struct OptionOf {
  std::string_view pointer;
  std::string_view option;
};

constexpr OptionOf kOptions[] = {
    {"/provider", "--provider"},
    {"/duration", "--duration"},
    {"/hosts/source/type", "--type"},
    {"/hosts/source/count", "--count"},
    {"/hosts/receiver/type", "--receiver-type"},
    {"/hosts/receiver/count", "--receivers"},
    {"/hosts/receiver/receiver", "--receiver"},
    {"/workloads/traffic/in", "--in"},
    {"/workloads/traffic/out", "--out"},
};

}  // namespace

std::string ScenarioText(const FlagScenario& flags) {
  const std::string description = fmt::format(
      "{} x {}, each with {} in and {} out, all of it mirrored", flags.count, flags.type,
      flags.in.empty() ? "nothing" : flags.in, flags.out.empty() ? "nothing" : flags.out);
  std::string traffic = R"("at": "source")";
  if (!flags.in.empty()) traffic += fmt::format(R"(, "in": {})", Quoted(flags.in));
  if (!flags.out.empty()) traffic += fmt::format(R"(, "out": {})", Quoted(flags.out));
  std::string receiver = CountMember(flags.receivers);
  if (!flags.receiver_type.empty()) {
    receiver += fmt::format(R"("type": {}, )", Quoted(flags.receiver_type));
  }
  receiver += fmt::format(R"("receiver": {})", Quoted(flags.receiver));
  return fmt::format(R"({{
  "name": "{}",
  "description": {},
  "provider": {},
  "duration": {},
  "hosts": {{
    "source": {{{}"type": {}}},
{}    "receiver": {{{}}}
  }},
  "workloads": {{
    "traffic": {{{}, "per": "host"}}
  }},
  "mirrors": {}
}}
)",
                     kFlagScenarioName, Quoted(description), Quoted(flags.provider),
                     Quoted(flags.duration), CountMember(flags.count), Quoted(flags.type),
                     flags.receiver_type.empty()
                         ? "    // Without a type nothing limits it: the question is the sources.\n"
                         : "",
                     receiver, traffic,
                     MirrorEverything({.provider = flags.provider,
                                       .source = "source",
                                       .count = flags.count,
                                       .receiver = "receiver",
                                       .receivers = flags.receivers}));
}

ScenarioException InTermsOfFlags(const ScenarioException& exception) {
  std::vector<ScenarioError> errors = exception.errors();
  for (ScenarioError& error : errors) {
    for (const OptionOf& each : kOptions) {
      if (error.path != each.pointer) continue;
      error.file = each.option;
      error.path.clear();
      error.line = 0;
    }
  }
  return ScenarioException(std::move(errors));
}

}  // namespace vpcmirror::sim
