// vpcmirror live: mirror real frames as a scenario says.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "analysis/report/text_layout.h"
#include "models/scenario/error.h"
#include "sim/cli/atomic_file.h"
#include "sim/cli/captured_eni.h"
#include "sim/cli/commands.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/live_report.h"
#include "sim/cli/live_service.h"
#include "sim/cli/option_values.h"
#include "sim/cli/print_errors.h"
#include "sim/input/library.h"
#include "sim/input/quantity.h"
#include "sim/input/scenario_reader.h"
#include "sim/live/capture_file.h"
#include "sim/live/capture_writer.h"
#include "sim/live/live_loop.h"
#include "sim/live/live_mirror.h"
#include "sim/live/metrics_server.h"
#include "sim/live/receiver_sink.h"
#include "sim/live/trouble_teller.h"

namespace vpcmirror::sim {
namespace {

// A host that offloads segmentation passes on frames that no wire has.
void SegmentSuperFrames(ValidScenario& scenario) {
  for (std::shared_ptr<const TapRules>& rules : scenario.tap_rules) {
    auto changed = std::make_shared<TapRules>(*rules);
    changed->segments_super_frames = true;
    rules = std::move(changed);
  }
}

void RefuseWhatCannotBeSent(const LiveOptions& options, const MirroredEni& mirrored) {
  const auto reason = WhyNothingCanBeSent(mirrored);
  if (!reason) return;
  FailOption(options.send ? "--send" : "--write", *reason,
             "a mirror with an encapsulation, or neither --send nor --write: copies are then "
             "counted");
}

std::string IdOf(const MirroredEni& mirrored) {
  return mirrored.scenario->deployment->enis[mirrored.eni].id;
}

void RefuseSharedEni(const LiveOptions& options, const std::vector<MirroredEni>& enis) {
  for (std::size_t i = 1; i < enis.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (enis[i].eni != enis[j].eni) continue;
      FailOption("--eni",
                 fmt::format("interfaces {} and {} would both be {}", options.interfaces[j],
                             options.interfaces[i], IdOf(enis[i])),
                 "an --eni for each --interface, in their order");
    }
  }
}

// One for each interface, or for the file.
std::vector<MirroredEni> LoadMirroredEnis(const LiveOptions& options) {
  const std::string data = FindDataFolder(options.data);
  const Library library = LoadLibrary(data);
  ReadOptions read;
  for (const std::string& text : options.sets) read.sets.push_back(ParseOverride(text));
  read.data_folder = data;
  read.open_captures = false;  // what is mirrored is not the workloads' traffic
  ValidScenario loaded = LoadScenario(options.file, library, read);
  if (!options.interfaces.empty() && !options.super_frames_by_policy) SegmentSuperFrames(loaded);
  const auto scenario = std::make_shared<const ValidScenario>(std::move(loaded));
  const std::vector<IpPrefix> local = ReadLocal(options.local);
  std::vector<MirroredEni> enis;
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.interfaces.size()); ++i) {
    const std::string selector = i < options.enis.size() ? options.enis[i] : "";
    enis.push_back(
        {.scenario = scenario, .eni = EniOfCapture(*scenario, selector), .local = local});
  }
  RefuseSharedEni(options, enis);
  if (options.send || !options.write.empty()) {
    for (const MirroredEni& each : enis) RefuseWhatCannotBeSent(options, each);
  }
  return enis;
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

// Copies of a file to their receivers.
struct SentCopies {
  SentCopies(const LiveOptions& options, const Surroundings& around)
      : teller(kTellIntervalNs,
               [&around](const SendTrouble& trouble) { Tell(Say(trouble), around); }),
        sink({.sends_runs = !options.no_runs,
              .on_trouble = [this](const SendTrouble& trouble) { teller.Note(trouble, 0); },
              .on_notice = [&around](const SinkNotice& notice) { Tell(Say(notice), around); }}) {}

  static void Tell(const std::string& line, const Surroundings& around) {
    around.err << "vpcmirror: " << Printable(line) << '\n';
  }

  TroubleTeller teller;
  ReceiverSink sink;
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
  const MirroredEni mirrored = LoadMirroredEnis(options).front();
  CaptureFile source(options.read);
  CountingSink counting;
  std::optional<WrittenFile> written;
  std::optional<SentCopies> sent;
  if (!options.write.empty()) written.emplace(options.write);
  if (options.send) sent.emplace(options, around);
  CopySink& sink = sent      ? static_cast<CopySink&>(sent->sink)
                   : written ? static_cast<CopySink&>(written->writer)
                             : counting;
  LiveMirror mirror(mirrored);
  if (around.run_begins) around.run_begins();
  LiveReport report;
  report.complete = MirrorAll({.source = source, .mirror = mirror, .sink = sink}, around.stop);
  if (written) written->Commit();
  if (sent) sent->teller.Finish();
  const Eni& eni = mirrored.scenario->deployment->enis[mirrored.eni];
  report.scenario = options.file;
  report.eni = eni.id;
  report.address = ToString(eni.addresses.front());
  report.source = options.read;
  report.sink = options.send ? "the receivers" : options.write;
  report.is_sent = options.send;
  if (sent) report.receivers.assign(sent->sink.receivers().begin(), sent->sink.receivers().end());
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

// What is about interfaces alone, and what the other way round.
constexpr const char* kInterfaceOptions[] = {
    "--workers", "--buffer",       "--snaplen",  "--promiscuous", "--for",
    "--probe",   "--super-frames", "--max-rate", "--max-cpu",     "--shed-flows",
    "--stats",   "--metrics",      "--user"};

constexpr BitsPerSecond kLeastRate(8);  // of LoadLimits

// An empty shell variable asks for something, and not for the default.
void RefuseEmpty(const CLI::App& command) {
  for (const char* name : {"--read", "--interface", "--eni", "--write", "--metrics", "--user"}) {
    const std::vector<std::string> values = command.get_option(name)->results();
    if (std::ranges::find(values, "") != values.end()) throw CLI::ValidationError(name, "is empty");
  }
}

void CheckSource(const CLI::App& command, const LiveOptions& options) {
  if (options.read.empty() && options.interfaces.empty()) {
    throw CLI::RequiredError("One of --interface and --read");
  }
  if (!options.read.empty()) {
    if (!options.interfaces.empty()) {
      throw CLI::ValidationError("--read",
                                 "is where frames come from, and so is --interface: "
                                 "give one of them");
    }
    for (const char* name : kInterfaceOptions) {
      if (command.count(name) > 0) throw CLI::ValidationError(name, "is about interfaces");
    }
  }
  const std::set<std::string> interfaces(options.interfaces.begin(), options.interfaces.end());
  if (interfaces.size() < options.interfaces.size()) {
    throw CLI::ValidationError("--interface",
                               "names one twice, whose frames would all be copied twice");
  }
  if (options.enis.size() > std::max<std::size_t>(1, options.interfaces.size())) {
    throw CLI::ValidationError("--eni",
                               "is given more often than --interface: each interface is "
                               "one ENI, in the same order");
  }
}

void CheckFileToWrite(const LiveOptions& options) {
  if (options.write.empty()) return;
  if (options.send) {
    throw CLI::ValidationError("--write", "is where copies go, and so is --send: give one of them");
  }
  if (options.workers > 1) {
    throw CLI::ValidationError("--workers",
                               "would all write to one file: with --write there is one");
  }
  for (const std::string& input : {options.read, options.file}) {
    std::error_code ignored;
    if (!std::filesystem::equivalent(options.write, input, ignored)) continue;
    throw CLI::ValidationError("--write",
                               "would replace \"" + input + "\", which is read: give another file");
  }
}

void Settle(const CLI::App& command, const LiveOptions& options) {
  RefuseEmpty(command);
  CheckSource(command, options);
  CheckFileToWrite(options);
  if (options.max_rate && *options.max_rate < kLeastRate) {
    throw CLI::ValidationError("--max-rate", "is less than 8 bps, a byte a second");
  }
  if (options.metrics.empty()) return;
  try {
    ParseLoopbackAddress(options.metrics);
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError("--metrics", error.what());
  }
}

// Whatever a scenario that is read again has, an interface is the ENI that it was at first.
std::vector<MirroredEni> LoadSameEnis(LiveOptions& options) {
  std::vector<MirroredEni> enis = LoadMirroredEnis(options);
  options.enis.clear();
  for (const MirroredEni& each : enis) options.enis.push_back(IdOf(each));
  return enis;
}

int MirrorInterfacesAndWrite(LiveOptions options, const Surroundings& around) {
  std::optional<WrittenFile> written;
  if (!options.write.empty()) written.emplace(options.write);
  const int code = MirrorInterfaces(options,
                                    {.load = [&options] { return LoadSameEnis(options); },
                                     .sink = written ? &written->writer : nullptr},
                                    around);
  if (written) written->Commit();
  return code;
}

// What this machine or its network does not give is no bug of ours.
int Mirror(const LiveOptions& options, const Surroundings& around) {
  try {
    return options.read.empty() ? MirrorInterfacesAndWrite(options, around)
                                : MirrorFile(options, around);
  } catch (const ScenarioException&) {
    throw;
  } catch (const FileException&) {
    throw;
  } catch (const std::runtime_error& error) {
    around.err << "vpcmirror: " << Printable(error.what()) << '\n';
    return kBadInput;
  }
}

constexpr char kLiveFooter[] =
    "Frames of --interface are mirrored until Ctrl-C or SIGTERM, after which what was captured is\n"
    "still sent and the account printed; SIGUSR1 prints it, SIGHUP reads the scenario again. A\n"
    "bad scenario leaves the old one running.\n"
    "Examples:\n"
    "  vpcmirror live scenario.json --read web.pcap --eni 'web[0]' --write copies.pcap\n"
    "  sudo vpcmirror live scenario.json --interface eth0 --eni 'web[0]' --send --metrics 9464\n"
    "Exit code: 0 mirrored; 2 bad input, usage, a missing privilege or a file that cannot be\n"
    "written (also a capture that breaks off: what is before that is mirrored); 130 a capture\n"
    "file that Ctrl-C stopped (what is known is printed and written).";

double CpuShareOf(const std::string& text) {
  constexpr double kMostCores = 1024;
  const Parsed<double> share = ParsePercent(text);
  if (!share || *share.value < 0.001 || *share.value > kMostCores) {
    throw CLI::ValidationError("--max-cpu",
                               "'" + text + "' is no share of a core, 0.1% or more, as 50%");
  }
  return *share.value;
}

void AddInterfaceOptions(CLI::App& command, LiveOptions& options) {
  const auto add = [&](const char* name, const char* type, auto& value, auto parse,
                       const char* help) {
    command
        .add_option_function<std::string>(
            name,
            [&value, name, parse](const std::string& text) {
              const auto limit =
                  LimitOf<std::decay_t<decltype(*parse(text).value)>>(name, text, parse);
              if (!limit) throw CLI::ValidationError(name, "is empty");
              value = *limit;
            },
            help)
        ->type_name(type);
  };
  command.add_option("--workers", options.workers, "Threads that share the interface's flows")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  add("--buffer", "SIZE", options.buffer, ParseBytes,
      "Ring of each worker and interface, where frames wait (default: 64 MiB)");
  add("--snaplen", "SIZE", options.snap_length, ParseBytes,
      "Capture no more of a frame (default: all)");
  command.add_flag("--promiscuous", options.promiscuous,
                   "Frames between others, too: their addresses tell what is the ENI's");
  command
      .add_option_function<std::string>(
          "--super-frames",
          [&options](const std::string& text) {
            options.super_frames_by_policy = text == "policy";
          },
          "Of offloading hosts, longer than the ENI's MTU: segment (what the wire would have), or "
          "policy (the mirror's mtu_policy)")
      ->check(CLI::IsMember({"segment", "policy"}))
      ->default_str("segment");
  add("--for", "TIME", options.duration, ParseDuration, "End after so long (default: never)");
  add("--probe", "TIME", options.probe, ParseDuration,
      "Ask receivers by ICMP echo, so often, whether they are there (default: never)");
  add("--max-rate", "RATE", options.max_rate, ParseBandwidth,
      "Send no more than so much, outer headers included (default: no bound)");
  command
      .add_option_function<std::string>(
          "--max-cpu", [&options](const std::string& text) { options.max_cpu = CpuShareOf(text); },
          "Take no more CPU time than this share of one core, such as 50% (default: no bound)")
      ->type_name("PERCENT");
  command.add_flag("--shed-flows", options.shed_flows,
                   "What is over a bound is left out by whole flows, not copy by copy");
  add("--stats", "TIME", options.stats, ParseDuration,
      "A line of JSON on stdout, so often (default: none)");
  command
      .add_option("--metrics", options.metrics,
                  "Figures for Prometheus over HTTP, on this loopback address or port")
      ->type_name("PORT");
  command
      .add_option("--user", options.user,
                  "Whom to become once everything is open (default: nobody, when started as root)")
      ->type_name("NAME");
  command.add_flag("--no-gso", options.no_runs,
                   "Give the kernel each copy by itself: UDP checksums are then zero");
}

}  // namespace

void AddLiveCommand(CLI::App& app, const Surroundings& around, int& exit_code) {
  auto options = std::make_shared<LiveOptions>();
  CLI::App* command = app.add_subcommand("live", "Mirror real frames as a scenario says");
  command->add_option("scenario", options->file, "Scenario file")->required();
  command->add_option("--read", options->read, "Frames of a pcap or pcapng file")
      ->type_name("FILE");
  command
      ->add_option("--interface", options->interfaces,
                   "Frames that pass a network interface; may be repeated")
      ->type_name("IF")
      ->allow_extra_args(false);
  command
      ->add_option("--eni", options->enis,
                   "Whose frames they are: an ENI's ID, a host, an address (default: the only ENI "
                   "that is mirrored); one for each --interface, in their order")
      ->type_name("NAME")
      ->allow_extra_args(false);
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
  command->add_flag("--send", options->send, "Copies to their receivers");
  AddInterfaceOptions(*command, *options);
  command->add_option("--format", options->format, "Of stdout")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->add_option("--set", options->sets, "Change a value of the scenario; may be repeated")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command->add_option("--data", options->data, "Folder of schema/, profiles/ and catalog/")
      ->type_name("DIR");
  command->footer(kLiveFooter);
  command->callback([command, options, &around, &exit_code] {
    Settle(*command, *options);
    exit_code = Mirror(*options, around);
  });
}

}  // namespace vpcmirror::sim
