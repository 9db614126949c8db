#include "sim/cli/manual_page.h"

#include <fmt/format.h>

#include <string_view>

namespace vpcmirror::sim {
namespace {

// Text of a paragraph: no line of it begins a request, and hyphens can be copied.
std::string Roff(std::string_view text) {
  std::string escaped;
  bool at_start = true;
  for (const char c : text) {
    if (at_start && (c == '.' || c == '\'')) escaped += "\\&";
    switch (c) {
      case '\\':
        escaped += "\\e";
        break;
      case '-':
        escaped += "\\-";
        break;
      default:
        escaped += c;
    }
    at_start = c == '\n';
  }
  return escaped;
}

std::string OptionHead(const OptionEntry& option) {
  std::string head;
  for (const std::string& name : option.names) {
    head += fmt::format("{}\\fB{}\\fR", head.empty() ? "" : ", ", Roff(name));
  }
  if (!option.choices.empty()) {
    return head + fmt::format(" {{{}}}", Roff(fmt::format("{}", fmt::join(option.choices, ","))));
  }
  return option.value.empty() || option.is_positional
             ? head
             : head + " \\fI" + Roff(option.value) + "\\fR";
}

void AppendCommand(const CommandEntry& command, const std::string& path, std::string& page) {
  page += fmt::format(".SS \"{}\"\n{}\n", Roff(path), Roff(command.description));
  for (const OptionEntry& option : command.options) {
    if (option.names.front() == "-h" || option.names.front() == "--help") continue;
    page += fmt::format(".TP\n{}\n{}\n", OptionHead(option),
                        option.description.empty() ? "\\&" : Roff(option.description));
  }
  if (!command.footer.empty()) {
    page += fmt::format(".PP\n.nf\n{}\n.fi\n", Roff(command.footer));
  }
  for (const CommandEntry& below : command.commands) {
    AppendCommand(below, path + " " + below.name, page);
  }
}

}  // namespace

std::string ManualPage(const CommandEntry& program, const std::string& version) {
  std::string page = fmt::format(
      ".TH VPCMIRROR 1 \"\" \"vpcmirror {}\" \"User Commands\"\n"
      ".SH NAME\nvpcmirror \\- {}\n"
      ".SH SYNOPSIS\n.B vpcmirror\n.I COMMAND\n[\\fIOPTION\\fR]...\n"
      ".SH DESCRIPTION\n"
      "vpcmirror simulates the mirroring of VPC traffic before it is deployed. Each command says "
      "more of itself with \\fB\\-\\-help\\fR.\n"
      ".SH COMMANDS\n",
      Roff(version), Roff(program.description));
  for (const CommandEntry& command : program.commands) {
    AppendCommand(command, command.name, page);
  }
  page +=
      ".SH EXIT STATUS\n"
      ".TP\n.B 0\nfine\n.TP\n.B 1\nfindings of check, differences of diff\n"
      ".TP\n.B 2\nbad input or usage, a file that cannot be written\n"
      ".TP\n.B 3\nan assertion missed\n.TP\n.B 70\na bug in vpcmirror\n"
      ".TP\n.B 130\nstopped; what is known is written\n"
      ".SH ENVIRONMENT\n"
      ".TP\n.B NO_COLOR\nset and not empty: no colour, even on a terminal (no\\-color.org)\n"
      ".TP\n.B VPCMIRROR_DATA\nfolder of schema/, profiles/ and catalog/\n";
  return page;
}

}  // namespace vpcmirror::sim
