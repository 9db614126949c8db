#include "sim/import/print_commands.h"

#include <fmt/format.h>

#include <algorithm>

namespace vpcmirror::sim {

std::string CommandsOf(const CloudApi& api) {
  std::string text = fmt::format(
      "# What vpcmirror import {} reads of {}. All of it only reads. Put your region in place of\n"
      "# REGION and run it in a folder of its own, once for each region and account. What you\n"
      "# leave out is assumed.\n",
      api.name, api.title);
  std::vector<std::string_view> permissions;
  for (const AnswerKind& each : api.answers) {
    if (each.command.empty()) continue;
    text += fmt::format("\n# {}{}{}\n{} > {}\n", each.about,
                        each.each.empty() ? "" : "; once for each ", each.each, each.command,
                        each.file);
    if (std::find(permissions.begin(), permissions.end(), each.permission) == permissions.end()) {
      permissions.push_back(each.permission);
    }
  }
  text += fmt::format("\n# Where an answer has not all: {}.\n", api.paging);
  text += fmt::format("# {} needed:\n", api.permissions);
  for (const std::string_view each : permissions) text += fmt::format("#   {}\n", each);
  text += fmt::format("# Then: vpcmirror import {} FOLDER, or vpcmirror check FOLDER\n", api.name);
  return text;
}

}  // namespace vpcmirror::sim
