// vpcmirror profiles: what is known of each cloud.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "analysis/report/profile_json.h"
#include "analysis/report/profile_text.h"
#include "models/scenario/error.h"
#include "models/scenario/nearest.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/input/data_folder.h"
#include "sim/input/library.h"

namespace vpcmirror::sim {
namespace {

struct ProfilesOptions {
  std::string name;
  std::string format = "text";
  std::string data;

  bool as_json() const { return format == "json"; }
};

ProviderProfiles Load(const ProfilesOptions& options) {
  return LoadLibrary(FindDataFolder(options.data)).providers;
}

int ListProfiles(const ProfilesOptions& options, const Surroundings& around) {
  const ProviderProfiles profiles = Load(options);
  around.out << (options.as_json() ? ProfileListJson(profiles)
                                   : ProfileListText(profiles, {.color = around.color}));
  return kFine;
}

int ShowProfile(const ProfilesOptions& options, const Surroundings& around) {
  const ProviderProfiles profiles = Load(options);
  const auto profile = profiles.find(options.name);
  if (profile == profiles.end()) {
    std::vector<std::string> known;
    for (const auto& each : profiles) known.push_back(each.first);
    const ScenarioError error{.message = "there is no profile \"" + options.name + "\"",
                              .accepted = AcceptedNames(options.name, known)};
    throw ScenarioException(std::vector<ScenarioError>{error});
  }
  around.out << (options.as_json() ? ProfileJson(profile->second)
                                   : ProfileText(profile->second, {.color = around.color}));
  return kFine;
}

void AddFormat(CLI::App& command, ProfilesOptions& options) {
  command.add_option("--format", options.format, "How it is printed")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command.add_option("--data", options.data, "Folder of schema/, profiles/ and catalog/");
}

}  // namespace

void AddProfilesCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<ProfilesOptions>();
  CLI::App* command = app.add_subcommand("profiles", "Say what is known of each cloud");
  command->footer("Examples:\n  vpcmirror profiles list\n  vpcmirror profiles show tencent");
  command->require_subcommand(1);
  CLI::App* list = command->add_subcommand("list", "The clouds there are");
  AddFormat(*list, *options);
  list->callback([options, &around, &exit_code] { exit_code = ListProfiles(*options, around); });
  CLI::App* show = command->add_subcommand("show", "Everything about one, with its sources");
  show->add_option("name", options->name, "As `provider` of a scenario names it")->required();
  AddFormat(*show, *options);
  show->callback([options, &around, &exit_code] { exit_code = ShowProfile(*options, around); });
}

}  // namespace vpcmirror::sim
