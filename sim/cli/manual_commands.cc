// vpcmirror completion and vpcmirror manual: what other programs read of the command line.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "sim/cli/commands.h"
#include "sim/cli/completion.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/manual_page.h"
#include "sim/cli/version.h"

namespace vpcmirror::sim {

void AddManualCommands(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto shell = std::make_shared<std::string>();
  CLI::App* completion =
      app.add_subcommand("completion", "Print what lets a shell complete commands");
  completion->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->footer(
      "Examples:\n"
      "  source <(vpcmirror completion bash)       in ~/.bashrc\n"
      "  source <(vpcmirror completion zsh)        in ~/.zshrc, behind compinit\n"
      "  vpcmirror completion fish | source        in ~/.config/fish/config.fish");
  completion->callback([shell, &app, &around, &exit_code] {
    const CommandEntry table = CommandTable(app);
    around.out << (*shell == "bash"  ? BashCompletion(table)
                   : *shell == "zsh" ? ZshCompletion(table)
                                     : FishCompletion(table));
    exit_code = kFine;
  });
  CLI::App* manual = app.add_subcommand("manual", "Print the manual page, for man");
  manual->footer(
      "Examples:\n"
      "  vpcmirror manual > /usr/local/share/man/man1/vpcmirror.1");
  manual->callback([&app, &around, &exit_code] {
    around.out << ManualPage(CommandTable(app), kVersion);
    exit_code = kFine;
  });
}

}  // namespace vpcmirror::sim
