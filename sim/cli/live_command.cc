// vpcmirror live: mirror real frames as a scenario says.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/text_layout.h"
#include "models/scenario/error.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/captured_eni.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/live_report.h"
#include "sim/cli/print_errors.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "sim/live/capture_file.h"
#include "sim/live/capture_writer.h"
#include "sim/live/live_loop.h"
#include "sim/live/live_mirror.h"

namespace vpcmirror::sim {
namespace {

struct LiveOptions {
  std::string file;
  std::string read;
  std::string write;
  std::string eni;
  std::vector<std::string> local;
  std::vector<std::string> sets;
  std::string format = "text";
  std::string data;
};

MirroredEni LoadMirroredEni(const LiveOptions& options) {
  const std::string data = FindDataFolder(options.data);
  const Library library = LoadLibrary(data);
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.data_folder = data;
  read.open_captures = false;  // what is mirrored is not the workloads' traffic
  auto scenario = std::make_shared<const ValidScenario>(LoadScenario(options.file, library, read));
  const std::size_t eni = EniOfCapture(*scenario, options.eni);
  return {.scenario = std::move(scenario), .eni = eni, .local = ReadLocal(options.local)};
}

// A file of copies, under its name once it is complete.
struct WrittenFile {
  explicit WrittenFile(const std::string& name)
      : file(name),
        writer(name.ends_with(".pcapng") ? CaptureFormat::kPcapng : CaptureFormat::kPcap,
               [this](std::span<const std::byte> part) {
                 file.Write({reinterpret_cast<const char*>(part.data()), part.size()});
               }) {}

  void Commit() {
    writer.Finish();
    file.Commit();
  }

  GrowingFile file;
  CaptureWriter writer;
};

std::string RemarkOn(const CaptureFile& capture) {
  const auto place = [](const CaptureFault& fault) {
    return fmt::format("frame {}, at byte {} of the file: {} (accepted: {})", fault.frame,
                       fault.offset, fault.message, fault.accepted);
  };
  if (capture.fault())
    return "The capture could not be read from there on: " + place(*capture.fault());
  if (capture.first_unusable()) {
    return "Frames that could not be used, of which the first is " +
           place(*capture.first_unusable());
  }
  return "";
}

int PrintReport(const LiveOptions& options, const LiveReport& report, const Surroundings& around) {
  around.out << (options.format == "json" ? LiveJson(report)
                                          : LiveText(report, {.width = 80, .color = around.color}));
  if (!report.account.AddsUp()) {
    throw std::logic_error("the account of a mirror does not add up");
  }
  if (!report.complete) {
    around.err << fmt::format("vpcmirror: stopped after {} frames\n", report.capture.frames);
    return kStopped;
  }
  return kFine;
}

int MirrorFile(const LiveOptions& options, const Surroundings& around) {
  const MirroredEni mirrored = LoadMirroredEni(options);
  if (!options.write.empty()) {
    if (const auto reason = WhyNothingCanBeSent(mirrored)) {
      FailOption("--write", *reason,
                 "a mirror with an encapsulation, or no --write: copies are then counted");
    }
  }
  CaptureFile source(options.read);
  CountingSink counting;
  std::optional<WrittenFile> written;
  if (!options.write.empty()) written.emplace(options.write);
  CopySink& sink = written ? static_cast<CopySink&>(written->writer) : counting;
  LiveMirror mirror(mirrored);
  if (around.run_begins) around.run_begins();
  LiveReport report;
  report.complete = MirrorAll({.source = source, .mirror = mirror, .sink = sink}, around.stop);
  if (written) written->Commit();
  const Eni& eni = mirrored.scenario->deployment->enis[mirrored.eni];
  report.scenario = options.file;
  report.eni = eni.id;
  report.address = ToString(eni.addresses.front());
  report.source = options.read;
  report.sink = options.write;
  report.remark = RemarkOn(source);
  report.capture = source.counters();
  report.send = sink.counters();
  report.account = mirror.account();
  const int code = PrintReport(options, report, around);
  if (code != kFine || !source.fault()) return code;
  around.err << fmt::format("vpcmirror: {}: {}\n", Printable(options.read),
                            Printable(source.fault()->message));
  return kBadInput;
}

constexpr char kLiveFooter[] =
    "Example:\n"
    "  vpcmirror live scenario.json --read web.pcap --eni 'web[0]' --write copies.pcap\n"
    "Exit code: 0 mirrored; 2 bad input, usage or a file that cannot be written (also a capture\n"
    "that breaks off: what is before that is mirrored); 130 stopped by Ctrl-C (what is known is\n"
    "printed and written).";

}  // namespace

void AddLiveCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<LiveOptions>();
  CLI::App* command = app.add_subcommand("live", "Mirror real frames as a scenario says");
  command->add_option("scenario", options->file, "Scenario file")->required();
  command->add_option("--read", options->read, "Frames of a pcap or pcapng file")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("--eni", options->eni,
                   "Whose frames they are: an ENI's ID, a host, an address (default: the only ENI "
                   "that is mirrored)")
      ->type_name("NAME");
  command
      ->add_option("--local", options->local,
                   "Addresses of the capture that stand for the ENI; may be repeated")
      ->type_name("CIDR")
      ->allow_extra_args(false);
  command
      ->add_option("--write", options->write,
                   "Copies with their outer headers, as pcap or, by the name's ending, pcapng "
                   "(default: they are counted)")
      ->type_name("FILE");
  command->add_option("--format", options->format, "Of stdout")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--set", options->sets, "Change a value of the scenario; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kLiveFooter);
  command->callback([options, &around, &exit_code] { exit_code = MirrorFile(*options, around); });
}

}  // namespace vpcmirror::sim
