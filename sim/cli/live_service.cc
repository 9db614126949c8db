#include "sim/cli/live_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "analysis/report/text_layout.h"
#include "models/scenario/error.h"
#include "sim/cli/exit_code.h"
#include "sim/cli/live_report.h"
#include "sim/cli/print_errors.h"
#include "sim/live/live_session.h"

namespace vpcmirror::sim {
namespace {

constexpr std::chrono::milliseconds kAttendEvery(50);

class InterfacesMirror {
 public:
  InterfacesMirror(const LiveOptions& options, const LiveService& service,
                   const Surroundings& around)
      : options_(options), service_(service), around_(around) {}

  int Run() {
    session_.emplace(Settings());
    if (around_.run_begins) around_.run_begins();
    TakeSignals();  // from here on they are ours
    session_->Start();
    Say(fmt::format("mirroring {}", SourceWords()));
    const double began = around_.seconds();
    while (!around_.stop.stop_requested() && !IsOver(began)) {
      std::this_thread::sleep_for(kAttendEvery);
      session_->Attend();
      const ServiceSignals signals = TakeSignals();
      if (signals.report) around_.err << Text(false);
      if (signals.reload) Reload();
    }
    session_->Stop();
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
    settings.say = [this](const std::string& line) { Say(line); };
    return settings;
  }

  // Called by workers, too.
  void Say(const std::string& line) {
    const std::lock_guard lock(mutex_);
    around_.err << "vpcmirror: " << Printable(line) << '\n' << std::flush;
  }

  ServiceSignals TakeSignals() const {
    return around_.service_signals ? around_.service_signals() : ServiceSignals{};
  }

  bool IsOver(double began) const {
    if (!options_.duration) return false;
    const double seconds = static_cast<double>(options_.duration->count()) /
                           static_cast<double>(kPicosecondsPerSecond);
    return around_.seconds() - began >= seconds;
  }

  void Reload() {
    try {
      session_->Change(service_.load());
      Say("the scenario was read again: its mirrors hold from now on");
    } catch (const ScenarioException& exception) {
      PrintErrors(exception, around_.err);
      Say("the scenario was not changed: mirroring goes on as before");
    } catch (const std::exception& exception) {
      Say(fmt::format("the scenario was not changed: {}; mirroring goes on as before",
                      exception.what()));
    }
  }

  std::string SourceWords() const {
    return fmt::format("{}", fmt::join(options_.interfaces, ", "));
  }

  // Of each ENI; what is sent stands with the first.
  std::vector<LiveReport> Reports() {
    LiveSnapshot snapshot = session_->snapshot();
    const std::vector<MirroredEni> enis = session_->enis();
    std::vector<LiveReport> reports;
    for (std::size_t i = 0; i < enis.size(); ++i) {
      const Eni& eni = enis[i].scenario->deployment->enis[enis[i].eni];
      LiveReport report{.scenario = options_.file,
                        .eni = eni.id,
                        .address = ToString(eni.addresses.front()),
                        .source = options_.interfaces[i],
                        .sink = options_.send ? "the receivers" : options_.write};
      report.account = snapshot.accounts[i];
      reports.push_back(std::move(report));
    }
    reports.front().capture = snapshot.capture;
    reports.front().send = snapshot.send;
    reports.front().receivers = snapshot.receivers;
    reports.front().down = snapshot.down;
    return reports;
  }

  std::string Text(bool json) {
    std::string out;
    for (const LiveReport& report : Reports()) {
      out += out.empty() ? "" : json ? "," : "\n";
      out += json ? LiveJson(report) : LiveText(report, {.width = 80, .color = around_.color});
    }
    return json && options_.interfaces.size() > 1 ? "[" + out + "]\n" : out;
  }

  int PrintAll() {
    around_.out << Text(options_.format == "json");
    for (const LiveReport& report : Reports()) {
      if (!report.account.AddsUp()) {
        throw std::logic_error("the account of a mirror does not add up");
      }
    }
    return kFine;
  }

  const LiveOptions& options_;
  const LiveService& service_;
  const Surroundings& around_;
  std::mutex mutex_;
  std::optional<LiveSession> session_;
};

}  // namespace

int MirrorInterfaces(const LiveOptions& options, const LiveService& service,
                     const Surroundings& around) {
  return InterfacesMirror(options, service, around).Run();
}

}  // namespace vpcmirror::sim
