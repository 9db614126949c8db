// vpcmirror explain: why a packet is mirrored or not, step by step.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/check/rule.h"
#include "analysis/report/explain_json.h"
#include "analysis/report/explain_text.h"
#include "analysis/report/findings_markdown.h"
#include "analysis/report/findings_text.h"
#include "models/scenario/error.h"
#include "models/scenario/find_enis.h"
#include "models/scenario/nearest.h"
#include "sim/cli/captured_eni.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/explain/capture.h"
#include "sim/explain/explainer.h"
#include "sim/input/library.h"
#include "sim/input/packet_text.h"
#include "sim/input/pcap_reader.h"
#include "sim/input/scenario_reader.h"

namespace vpcmirror::sim {
namespace {

struct ExplainOptions {
  std::string file;
  std::string packet;
  std::string pcap;
  std::string eni;
  std::vector<std::string> local;
  std::vector<std::string> sets;
  std::string format = "text";
  std::string data;
  std::int64_t limit = 50;
  bool summary = false;
  bool all_findings = false;
};

void CheckMixture(const CLI::App& command, const ExplainOptions& options) {
  if (options.packet.empty() == options.pcap.empty()) {
    throw CLI::ValidationError(options.packet.empty() ? "--packet or --pcap" : "--pcap",
                               options.packet.empty()
                                   ? "one of them says which frames are asked about"
                                   : "is asked about by itself: leave out --packet");
  }
  for (const char* name : {"--local", "--summary", "--limit"}) {
    if (options.pcap.empty() && command.count(name) > 0) {
      throw CLI::ValidationError(name, "is about a capture: it goes with --pcap");
    }
  }
  if (options.summary && command.count("--limit") > 0) {
    throw CLI::ValidationError("--limit", "is for a line a frame: leave out --summary");
  }
}

ValidScenario Load(const ExplainOptions& options) {
  const std::string data = FindDataFolder(options.data);
  const Library library = LoadLibrary(data);
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.data_folder = data;
  read.open_captures = false;  // what is asked about is not the workloads' traffic
  return LoadScenario(options.file, library, read);
}

// The ENI at which the packet is asked about: the one named, or among those
// named, or all, the one whose address the packet has on that side.
std::size_t EniOfPacket(const ValidScenario& scenario, const ExplainOptions& options,
                        const PacketText& packet) {
  const std::vector<std::size_t> candidates = CandidateEnis(scenario, options.eni);
  if (!options.eni.empty() && candidates.size() == 1) return candidates.front();
  const bool out = packet.direction == Direction::kEgress;
  const auto& address = out ? packet.source : packet.destination;
  if (!address) {
    FailOption("--packet", "it has no address that says which ENI it passes",
               NamesOfEnis(scenario, candidates));
  }
  std::vector<std::size_t> owners;
  for (const std::size_t eni : candidates) {
    const auto& own = scenario.deployment->enis[eni].addresses;
    if (std::find(own.begin(), own.end(), *address) != own.end()) owners.push_back(eni);
  }
  if (owners.size() == 1) return owners.front();
  const std::string_view side = out ? "source, out" : "destination, in";
  if (owners.empty()) {
    FailOption("--packet", fmt::format("no ENI has its address {} ({})", ToString(*address), side),
               NamesOfEnis(scenario, candidates));
  }
  FailOption(
      "--packet",
      fmt::format("{} ENIs have its address {} ({})", owners.size(), ToString(*address), side),
      NamesOfEnis(scenario, owners));
}

int ExplainPacket(const ExplainOptions& options, const Surroundings& around) {
  const PacketText packet = ParsePacketText(options.packet);
  const ValidScenario scenario = Load(options);
  Explainer explainer(scenario, EniOfPacket(scenario, options, packet));
  const Explanation explanation =
      explainer.Explain(packet.frame.bytes, packet.frame.wire_length, packet.direction);
  around.out << (options.format == "json" ? ExplanationJson(scenario, explanation)
                                          : ExplanationText(scenario, explanation,
                                                            {.width = 80, .color = around.color}));
  return kFine;
}

int ExplainFile(const ExplainOptions& options, const Surroundings& around) {
  const std::vector<IpPrefix> local = ReadLocal(options.local);
  const ValidScenario scenario = Load(options);
  const CaptureQuestion question{.eni = EniOfCapture(scenario, options.eni),
                                 .local = local,
                                 .lines = options.summary ? 0 : options.limit};
  const Capture capture = ScanCapture(options.pcap, local);
  if (around.run_begins) around.run_begins();
  CaptureExplanation explained = ExplainCapture(scenario, question, capture.open(), around.stop);
  explained.file = options.pcap;
  const TextStyle style{.width = 80, .color = around.color};
  around.out << (options.format == "json" ? CaptureExplanationJson(scenario, explained)
                 : options.summary        ? CaptureSummaryText(scenario, explained, style)
                                          : FrameLinesText(scenario, explained, style));
  if (explained.complete) return kFine;
  around.err << fmt::format("vpcmirror: stopped after {} of {} frames\n", explained.frames,
                            capture.frames);
  return kStopped;
}

constexpr char kFooter[] =
    "Packets: in|out tcp|udp|icmp|sctp|gre|esp|NUMBER SRC[:PORT] > DST[:PORT] [len N] [vlan N]\n"
    "[fragment], or in|out arp; IPv6 with a port is [ADDRESS]:PORT. A frame has 64 bytes unless\n"
    "len says more.\n"
    "Examples:\n"
    "  vpcmirror explain scenario.json --packet 'in tcp 198.51.100.7:51000 > 10.0.1.2:443'\n"
    "  vpcmirror explain scenario.json --pcap web.pcap --eni 'web[0]' --summary\n"
    "Exit code: 0 explained, whatever the verdict; 2 bad input or usage; 130 stopped by Ctrl-C\n"
    "(what is known is printed).";

bool IsFindingCode(const std::string& text) { return text.starts_with("MIR-"); }

void ExplainFinding(const std::string& code, const Surroundings& around) {
  const Rule* rule = FindRule(code);
  if (rule == nullptr) {
    std::vector<std::string> codes;
    for (const Rule& each : Rules()) codes.emplace_back(each.code);
    FailOption("explain", fmt::format("there is no finding {}", code), AcceptedNames(code, codes));
  }
  around.out << RuleText(*rule, {.width = 80, .color = around.color});
}

}  // namespace

void AddExplainCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<ExplainOptions>();
  CLI::App* command =
      app.add_subcommand("explain", "Say why a packet is mirrored or not, step by step");
  command->add_option("scenario", options->file,
                      "Scenario file, or the code of a finding of check");
  command->add_flag("--findings", options->all_findings,
                    "Every finding of check and what it means, as Markdown");
  command->add_option("--packet", options->packet, "One packet, as below")->type_name("PACKET");
  command->add_option("--pcap", options->pcap, "Every frame of a pcap or pcapng file")
      ->type_name("FILE");
  command
      ->add_option("--eni", options->eni,
                   "Where it passes: an ENI's ID, a host, an address (default: the ENI with the "
                   "packet's address; of a capture the only ENI that is mirrored)")
      ->type_name("NAME");
  command
      ->add_option("--local", options->local,
                   "Addresses of the capture that stand for the ENI; may be repeated")
      ->type_name("CIDR")
      ->allow_extra_args(false);
  command->add_flag("--summary", options->summary,
                    "Of a capture: a table of verdicts in place of a line a frame");
  command->add_option("--limit", options->limit, "Frames of a capture with a line of their own")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{10'000'000}))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--format", options->format, "Of stdout")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--set", options->sets, "Change a value of the scenario; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kFooter);
  command->callback([command, options, &around, &exit_code] {
    if (options->all_findings) {
      around.out << FindingsDocument();
      return;
    }
    if (IsFindingCode(options->file)) {
      ExplainFinding(options->file, around);
      return;
    }
    if (options->file.empty()) throw CLI::RequiredError("scenario");
    CheckMixture(*command, *options);
    exit_code =
        options->packet.empty() ? ExplainFile(*options, around) : ExplainPacket(*options, around);
  });
}

}  // namespace vpcmirror::sim
