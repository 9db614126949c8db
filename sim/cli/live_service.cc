#include "sim/cli/live_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <ctime>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "analysis/report/text_layout.h"
#include "models/scenario/error.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/live_report.h"
#include "sim/cli/live_stats.h"
#include "sim/cli/patient_output.h"
#include "sim/cli/print_errors.h"
#include "sim/live/live_session.h"
#include "sim/live/metrics_server.h"
#include "sim/live/prefilter.h"
#include "sim/live/privileges.h"
#include "sim/live/service.h"
#include "sim/live/trouble_teller.h"

namespace vpcmirror::sim {
namespace {

constexpr std::chrono::milliseconds kAttendEvery(50);
constexpr std::chrono::milliseconds kOutputPatience(3000);  // of a unit's TimeoutStopSec, 15 s

std::int64_t TimeNs(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}
std::int64_t SteadyNs() { return TimeNs(CLOCK_MONOTONIC); }

double SecondsOf(Picoseconds time) {
  return static_cast<double>(time.count()) / static_cast<double>(kPicosecondsPerSecond);
}

class InterfacesMirror {
 public:
  InterfacesMirror(const LiveOptions& options, const LiveService& service,
                   const Surroundings& around)
      : options_(options),
        service_(service),
        around_(around),
        write_(around.open_out ? around.open_out() : WriteAtOnce()),
        output_(around.out, write_) {}

  int Run() {
    session_.emplace(Settings());
    OpenMetrics();
    GiveUpRights();
    if (around_.run_begins) around_.run_begins();
    SayWhatMtusDiffer();
    SayWhatIsNotMirrored();
    TakeSignals();  // from here on they are ours
    session_->Start();
    began_ = next_stats_ = around_.seconds();
    if (metrics_) metrics_->Start();  // by a thread that asks since when
    Say("mirroring " + SourceWords());
    status_ = StatusWords();
    service_manager_.Ready(status_);
    while (!around_.stop.stop_requested() && !IsOver()) {
      std::this_thread::sleep_for(kAttendEvery);
      Attend();
    }
    service_manager_.Stopping();
    session_->Stop();
    metrics_.reset();
    return PrintAll();
  }

 private:
  LiveSettings Settings() {
    LiveSettings settings;
    settings.enis = service_.load();
    settings.interfaces.names = options_.interfaces;
    settings.interfaces.ring = {.buffer = options_.buffer,
                                .snap_length = options_.snap_length,
                                .promiscuous = options_.promiscuous,
                                .direction_told = !options_.promiscuous};
    settings.workers = static_cast<std::size_t>(options_.workers);
    settings.sink = service_.sink;
    settings.counts_only = !options_.send;
    settings.send.sends_runs = !options_.no_runs;
    if (options_.probe) {
      settings.probe_interval_ns = options_.probe->count() / kPicosecondsPerNanosecond;
    }
    settings.limits = {.rate = options_.max_rate, .by_flow = options_.shed_flows};
    if (options_.max_cpu) {
      settings.limits.cpu_permille = std::llround(*options_.max_cpu * 1000);
    }
    settings.say = [this](const std::string& line) { Say(line); };
    return settings;
  }

  void SayWhatMtusDiffer() {
    const std::vector<MirroredEni> enis = session_->enis();
    for (std::size_t i = 0; i < enis.size(); ++i) {
      const Eni& eni = enis[i].scenario->deployment->enis[enis[i].eni];
      const std::optional<Bytes> mtu = MtuOf(options_.interfaces[i]);
      if (!mtu || *mtu == eni.mtu) continue;
      Say(fmt::format(
          "interface {} has an MTU of {} B, and ENI {} one of {} B in the scenario: {}; "
          "set the host's \"mtu\"",
          options_.interfaces[i], mtu->count(), eni.id, eni.mtu.count(),
          *mtu > eni.mtu ? "longer frames are taken for super-frames"
                         : "super-frames up to that are taken for frames of the wire"));
    }
  }

  void SayWhatIsNotMirrored() {
    for (const MirroredEni& each : session_->enis()) {
      if (!MirrorsOn(*each.scenario, each.eni).mirrors.empty()) continue;
      Say(fmt::format("no mirror of the scenario has {} as a source: nothing of it is copied",
                      each.scenario->deployment->enis[each.eni].id));
    }
  }

  // Before rights are given up: the port may be one of the system's.
  void OpenMetrics() {
    if (options_.metrics.empty()) return;
    metrics_.emplace(ParseLoopbackAddress(options_.metrics),
                     [this] { return StatsPrometheus(Stats()); });
    Say("figures are at " + metrics_->url());
  }

  void GiveUpRights() {
    // A file is put in its place at the end, in a folder that is this user's.
    const std::string user = options_.write.empty() ? DefaultUser() : "";
    const Privileges left = DropPrivileges({.user = options_.user.value_or(user)});
    Say("running as " + left.user);
    if (!left.may_open_raw_sockets) {
      Say("without CAP_NET_RAW an interface that goes and comes back is not captured again");
    }
  }

  void Attend() {
    session_->Attend();
    service_manager_.Advance(SteadyNs());
    const ServiceSignals signals = TakeSignals();
    if (signals.report) around_.err << Text(false) << std::flush;
    if (signals.reload) Reload();
    TellStatus();
    TellShed();
    if (options_.stats && around_.seconds() >= next_stats_) WriteStats();
  }

  // A reader who is slow misses lines, and one who is gone all from then on.
  void WriteStats() {
    const double every = SecondsOf(*options_.stats);
    next_stats_ += every * std::ceil((around_.seconds() - next_stats_) / every + 1e-9);
    if (is_out_closed_) return;
    try {
      const bool is_taken = output_.Offer(StatsLine(Stats()));
      if (!is_taken && !is_out_behind_) {
        Say("the standard output is not read: lines of --stats are left out until it is");
      }
      is_out_behind_ = !is_taken;
    } catch (const std::runtime_error& error) {
      is_out_closed_ = true;
      Say(fmt::format("{}: lines of --stats end here", error.what()));
    }
  }

  // What is left out to keep a bound: once at first, then at most every ten seconds.
  void TellShed() {
    if (!options_.max_rate && !options_.max_cpu) return;
    if (around_.seconds() < next_shed_) return;
    next_shed_ = around_.seconds() + 1;
    const ShedCounters shed = session_->snapshot().send.shed;
    if (shed.packets() == told_shed_.packets()) return;
    next_shed_ = around_.seconds() + static_cast<double>(kTellIntervalNs) * 1e-9;
    const auto more = [](const PacketCount& now, const PacketCount& told) {
      return CountText(now.packets - told.packets);
    };
    Say(fmt::format("left out to keep the bounds: {} packets for --max-rate, {} for --max-cpu",
                    more(shed.by_rate, told_shed_.by_rate), more(shed.by_cpu, told_shed_.by_cpu)));
    told_shed_ = shed;
  }

  // Called by workers, too.
  void Say(const std::string& line) {
    const std::lock_guard lock(mutex_);
    around_.err << "vpcmirror: " << Printable(line) << '\n' << std::flush;
  }

  ServiceSignals TakeSignals() const {
    return around_.service_signals ? around_.service_signals() : ServiceSignals{};
  }

  bool IsOver() const {
    return options_.duration && around_.seconds() - began_ >= SecondsOf(*options_.duration);
  }

  void Reload() {
    service_manager_.Reloading(SteadyNs());
    is_refused_ = true;
    try {
      session_->Change(service_.load());
      is_refused_ = false;
      Say("the scenario was read again: its mirrors hold from now on");
      SayWhatIsNotMirrored();
    } catch (const ScenarioException& exception) {
      PrintErrors(exception, around_.err);
      Say("the scenario was not changed: mirroring goes on as before");
    } catch (const std::exception& exception) {
      Say(fmt::format("the scenario was not changed: {}; mirroring goes on as before",
                      exception.what()));
    }
    ++(is_refused_ ? refused_reloads_ : reloads_);
    status_ = StatusWords();
    service_manager_.Ready(status_);
  }

  void TellStatus() {
    std::string status = StatusWords();
    if (status == status_) return;
    status_ = std::move(status);
    service_manager_.Status(status_);
  }

  // What an operator is to see first.
  std::string StatusWords() {
    std::string words = "mirroring " + SourceWords();
    const std::vector<bool> captured = session_->captured();
    for (std::size_t i = 0; i < captured.size(); ++i) {
      if (!captured[i]) words += "; no frames of " + options_.interfaces[i];
    }
    return words + (is_refused_ ? "; the scenario is wrong, and was not read again" : "");
  }

  std::string SourceWords() const {
    return fmt::format("{}", fmt::join(options_.interfaces, ", "));
  }

  // Of each ENI; what is sent stands with the first.
  std::vector<LiveReport> Reports() {
    LiveSnapshot snapshot = session_->snapshot();
    const std::vector<MirroredEni> enis = session_->enis();
    const std::vector<bool> captured = session_->captured();
    std::vector<LiveReport> reports;
    for (std::size_t i = 0; i < enis.size(); ++i) {
      const Eni& eni = enis[i].scenario->deployment->enis[enis[i].eni];
      LiveReport report{.scenario = options_.file,
                        .eni = eni.id,
                        .address = ToString(eni.addresses.front()),
                        .source = options_.interfaces[i],
                        .sink = options_.send ? "the receivers" : options_.write,
                        .capture = snapshot.captures[i],
                        .tells_sending = i == 0,
                        .is_sent = options_.send};
      report.is_captured = captured[i];
      report.account = snapshot.accounts[i];
      reports.push_back(std::move(report));
    }
    reports.front().send = snapshot.send;
    reports.front().receivers = snapshot.receivers;
    reports.front().up = snapshot.up;
    reports.front().down = snapshot.down;
    return reports;
  }

  LiveStats Stats() {
    return {.reports = Reports(),
            .time_ns = TimeNs(CLOCK_REALTIME),
            .uptime_ns = static_cast<std::int64_t>((around_.seconds() - began_) * 1e9),
            .reloads = reloads_,
            .refused_reloads = refused_reloads_,
            .workers = options_.workers};
  }

  std::string Text(bool json) {
    std::string out;
    for (const LiveReport& report : Reports()) {
      out += out.empty() ? "" : json ? "," : "\n";
      out += json ? LiveJson(report) : LiveText(report, {.width = 80, .color = around_.color});
    }
    return json && options_.interfaces.size() > 1 ? "[" + out + "]\n" : out;
  }

  // Where it is not to be had on the standard output, on the standard error.
  int PrintAccount() {
    const std::string text = Text(options_.format == "json");
    std::string why = "the standard output is not read";
    try {
      if (output_.Write(text, kOutputPatience)) return kFine;
    } catch (const std::runtime_error& error) {
      why = error.what();
    }
    Say(why + ": the account is here");
    around_.err << text << std::flush;
    return kBadInput;
  }

  int PrintAll() {
    const int code = PrintAccount();
    const std::vector<LiveReport> reports = Reports();
    ShedCounters shed;
    for (const LiveReport& report : reports) {
      if (!report.account.AddsUp()) {
        throw std::logic_error("the account of a mirror does not add up");
      }
      shed += report.account.shed();
    }
    const SendCounters& send = reports.front().send;
    if (!send.AddsUp() || send.shed != shed) {
      throw std::logic_error("the account of what was sent does not add up");
    }
    return code;
  }

  const LiveOptions& options_;
  const LiveService& service_;
  const Surroundings& around_;
  const WriteAtOnce write_;
  PatientOutput output_;
  bool is_out_behind_ = false;
  bool is_out_closed_ = false;
  double next_shed_ = 0;  // by Surroundings::seconds
  ShedCounters told_shed_;
  std::mutex mutex_;
  std::optional<LiveSession> session_;
  std::optional<MetricsServer> metrics_;  // asks the session
  Service service_manager_;
  double began_ = 0;  // by Surroundings::seconds
  double next_stats_ = 0;
  std::string status_;       // as the service manager knows it
  bool is_refused_ = false;  // the scenario, when it was last read again
  std::atomic<std::int64_t> reloads_ = 0;
  std::atomic<std::int64_t> refused_reloads_ = 0;
};

}  // namespace

int MirrorInterfaces(const LiveOptions& options, const LiveService& service,
                     const Surroundings& around) {
  return InterfacesMirror(options, service, around).Run();
}

}  // namespace vpcmirror::sim
