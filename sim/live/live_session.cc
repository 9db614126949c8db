#include "sim/live/live_session.h"

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kNanosecondsPerSecond = 1'000'000'000;
constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
constexpr int kLongestWaitMs = 100;
// Longer than the kernel keeps a block of the ring that is not full.
constexpr int kDrainWaitMs = 50;
// Hosts and routers report once a second of what they cannot deliver (Linux: icmp_ratelimit).
constexpr std::int64_t kReadReportsNs = kNanosecondsPerSecond;

std::int64_t TimeNs(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return time.tv_sec * kNanosecondsPerSecond + time.tv_nsec;
}
std::int64_t SteadyNs() { return TimeNs(CLOCK_MONOTONIC); }

void Merge(ReceiverCounters& into, const ReceiverCounters& from) {
  into.send += from.send;
  for (const auto& [error, packets] : from.reported) into.reported[error] += packets;
}

std::string Said(const LinkChange& change) {
  if (!change.trouble.empty()) {
    return "interface " + change.interface + " is not captured: " + change.trouble;
  }
  switch (change.state) {
    case LinkState::kUp:
      return "interface " + change.interface + " is up: its frames are captured";
    case LinkState::kDown:
      return "interface " + change.interface + " is down: no frame comes until it is up";
    case LinkState::kGone:
      break;
  }
  return "interface " + change.interface + " is gone: it is waited for";
}

}  // namespace

LiveSession::LiveSession(LiveSettings settings)
    : settings_(std::move(settings)),
      teller_(kTellIntervalNs, [this](const SendTrouble& trouble) { Say(sim::Say(trouble)); }) {
  settings_.interfaces.prefilter = PrefilterFor(settings_.enis);
  settings_.interfaces.on_change = [this](const LinkChange& change) { NoteLink(change); };
  settings_.send.on_trouble = [this](const SendTrouble& trouble) { NoteTrouble(trouble); };
  settings_.send.on_notice = [this](const SinkNotice& notice) { Say(sim::Say(notice)); };
  GiveHealth(settings_.enis);
  if (settings_.limits.rate || settings_.limits.cpu_permille) {
    bounds_.emplace(settings_.limits, ReadLoadClocks());
  }
  for (auto& source : InterfaceSource::ForWorkers(settings_.interfaces, settings_.workers)) {
    AddWorker(std::move(source));
  }
}

LiveSession::~LiveSession() {
  for (const auto& worker : workers_) worker->thread.request_stop();
}

std::shared_ptr<const Prefilter> LiveSession::PrefilterFor(
    const std::vector<MirroredEni>& enis) const {
  std::vector<EniMirrors> watched;
  for (const MirroredEni& each : enis) watched.push_back(MirrorsOn(*each.scenario, each.eni));
  return std::make_shared<const Prefilter>(
      watched, PrefilterSettings{.copy_mark = settings_.send.mark,
                                 .direction_told = settings_.interfaces.ring.direction_told});
}

std::shared_ptr<ReceiverHealth> LiveSession::HealthFor(const std::vector<MirroredEni>& enis) const {
  if (settings_.sink != nullptr || settings_.counts_only) return nullptr;
  std::set<IpAddress> receivers;
  for (const MirroredEni& each : enis) {
    for (const Mirror* mirror : MirrorsOn(*each.scenario, each.eni).mirrors) {
      for (const ReceiverAddress& receiver : mirror->settings().receivers) {
        receivers.insert(receiver.address);
      }
    }
  }
  return std::make_shared<ReceiverHealth>(
      settings_.health, std::vector<IpAddress>(receivers.begin(), receivers.end()));
}

void LiveSession::GiveHealth(std::vector<MirroredEni>& enis) {
  std::shared_ptr<ReceiverHealth> health = HealthFor(enis);
  for (MirroredEni& each : enis) each.health = health;
  std::optional<ReceiverProbe> probe;
  if (health && settings_.probe_interval_ns && health->size() > 0) {
    probe.emplace(health->addresses(), *settings_.probe_interval_ns,
                  SendSocketSettings{.mark = settings_.send.mark});
  }
  const std::lock_guard lock(health_mutex_);
  if (health && health_) health->GoOnFrom(*health_);
  health_ = std::move(health);
  probe_ = std::move(probe);
  told_down_.clear();
  for (std::size_t i = 0; health_ && i < health_->size(); ++i) {
    told_down_.push_back(!health_->is_up(i));
  }
}

void LiveSession::AddWorker(std::unique_ptr<InterfaceSource> source) {
  Worker& worker = *workers_.emplace_back(std::make_unique<Worker>());
  worker.source = std::move(source);
  for (const MirroredEni& each : settings_.enis) worker.mirrors.emplace_back(each);
  worker.sink = settings_.sink != nullptr ? settings_.sink : &worker.counting;
  if (settings_.sink == nullptr && !settings_.counts_only) {
    worker.receivers = std::make_unique<ReceiverSink>(settings_.send);
    worker.sink = worker.receivers.get();
    OpenTunnels(worker);
  }
  if (!bounds_) return;
  worker.shed = std::make_unique<ShedSink>(*bounds_, *worker.sink);
  worker.sink = worker.shed.get();
}

void LiveSession::OpenTunnels(Worker& worker) {
  if (!worker.receivers) return;
  for (LiveMirror& mirror : worker.mirrors) {
    mirror.ForEachTunnel([&](const Tunnel& tunnel) { worker.receivers->Open(tunnel); });
  }
}

void LiveSession::Start() {
  for (const auto& worker : workers_) {
    worker->thread =
        std::jthread([this, &worker = *worker](const std::stop_token& stop) { Run(worker, stop); });
  }
}

std::optional<std::int64_t> LiveSession::TakeBatch(Worker& worker) {
  const auto batch = worker.source->Next();
  if (batch.empty()) return std::nullopt;
  worker.mirrors[batch.front().interface].Take(batch, *worker.sink);
  worker.sink->Flush();
  return batch.back().time_ns;
}

// What to wait for, while another thread may drain the source (Change) and so open its rings anew;
// none: there were frames, and there may be more.
std::vector<int> LiveSession::TakeBatchLocked(Worker& worker) {
  const std::lock_guard lock(worker.mutex);
  return TakeBatch(worker) ? std::vector<int>() : worker.source->descriptors();
}

void LiveSession::Run(Worker& worker, const std::stop_token& stop) {
  try {
    while (!stop.stop_requested()) {
      const std::vector<int> descriptors = TakeBatchLocked(worker);
      if (!descriptors.empty()) WaitForFrames(descriptors, kLongestWaitMs);
    }
    const std::lock_guard lock(worker.mutex);
    Drain(worker);
  } catch (...) {
    const std::lock_guard lock(worker.mutex);
    worker.failure = std::current_exception();
  }
}

// What passed before now is in the rings, or will be when the kernel lets go of their blocks.
// Interfaces take turns: after one round of later frames alone no earlier one is left.
void LiveSession::Drain(Worker& worker) {
  const std::int64_t now_ns = TimeNs(CLOCK_REALTIME);
  const std::int64_t let_go_ns = SteadyNs() + kDrainWaitMs * kNanosecondsPerMillisecond;
  std::size_t later = 0;  // batches, in a row
  while (later < worker.mirrors.size()) {
    const std::int64_t left_ns = let_go_ns - SteadyNs();
    if (const auto last_ns = TakeBatch(worker)) {
      later = left_ns <= 0 && *last_ns > now_ns ? later + 1 : 0;
      continue;
    }
    if (left_ns <= 0) return;
    WaitForFrames(worker.source->descriptors(),
                  static_cast<int>(left_ns / kNanosecondsPerMillisecond) + 1);
  }
}

void LiveSession::Attend() {
  const std::int64_t now_ns = SteadyNs();
  teller_.Advance(now_ns);
  {
    const std::lock_guard lock(health_mutex_);
    if (health_) health_->Advance(now_ns);
    if (probe_) probe_->Run(now_ns, *health_);
    TellWhoIsDown();
  }
  const bool reads_reports = now_ns >= next_reports_ns_;
  if (reads_reports) next_reports_ns_ = now_ns + kReadReportsNs;
  for (const auto& worker : workers_) {
    const std::lock_guard lock(worker->mutex);
    if (worker->failure) std::rethrow_exception(worker->failure);
    if (reads_reports && worker->receivers) worker->receivers->ReadReports();
  }
}

void LiveSession::SetPrefilter(const std::shared_ptr<const Prefilter>& prefilter) {
  for (const auto& worker : workers_) {
    const std::lock_guard lock(worker->mutex);
    worker->source->SetPrefilter(prefilter);
  }
}

void LiveSession::Change(std::vector<MirroredEni> enis) {
  std::shared_ptr<const Prefilter> prefilter = PrefilterFor(enis);
  GiveHealth(enis);
  SetPrefilter(nullptr);  // what either copies
  for (const auto& worker : workers_) {
    const std::lock_guard lock(worker->mutex);
    Drain(*worker);  // of what came before that the kernel kept what the old ones copy
    for (std::size_t i = 0; i < enis.size(); ++i) worker->mirrors[i].Change(enis[i]);
    OpenTunnels(*worker);
  }
  {
    const std::lock_guard lock(enis_mutex_);
    settings_.enis = std::move(enis);
  }
  SetPrefilter(prefilter);
}

void LiveSession::Stop() {
  for (const auto& worker : workers_) worker->thread.request_stop();
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
    if (worker->receivers) worker->receivers->ReadReports();
  }
  teller_.Finish();
  for (const auto& worker : workers_) {
    if (worker->failure) std::rethrow_exception(std::exchange(worker->failure, nullptr));
  }
}

void LiveSession::NoteTrouble(const SendTrouble& trouble) {
  const std::int64_t now_ns = SteadyNs();
  teller_.Note(trouble, now_ns);
  if (!IsReceiversError(trouble.error)) return;
  const std::lock_guard lock(health_mutex_);
  if (!health_) return;
  const std::size_t receiver = health_->IndexOf(trouble.receiver);
  if (receiver == health_->size()) return;
  health_->CountErrors(receiver, trouble.packets, now_ns);
}

// Called with health_mutex_.
void LiveSession::TellWhoIsDown() {
  for (std::size_t i = 0; i < told_down_.size(); ++i) {
    const bool is_down = !health_->is_up(i);
    if (is_down == told_down_[i]) continue;
    told_down_[i] = is_down;
    Say("receiver " + ToString(health_->addresses()[i]) +
        (is_down ? " is out of reach: its flows go to others, where a mirror has any"
                 : " is tried again: it gets its own flows"));
  }
}

void LiveSession::NoteLink(const LinkChange& change) {
  {
    const std::lock_guard lock(link_mutex_);
    if (change.state == LinkState::kUp && change.trouble.empty()) {
      not_captured_.erase(change.interface);
    } else {
      not_captured_.insert(change.interface);
    }
  }
  Say(Said(change));
}

std::vector<bool> LiveSession::captured() {
  const std::lock_guard lock(link_mutex_);
  std::vector<bool> captured;
  for (const std::string& name : settings_.interfaces.names) {
    captured.push_back(!not_captured_.contains(name));
  }
  return captured;
}

void LiveSession::Say(const std::string& line) {
  if (!settings_.say) return;
  const std::lock_guard lock(say_mutex_);
  settings_.say(line);
}

std::vector<MirroredEni> LiveSession::enis() {
  const std::lock_guard lock(enis_mutex_);
  return settings_.enis;
}

LiveSnapshot LiveSession::snapshot() {
  LiveSnapshot snapshot;
  snapshot.accounts.resize(enis().size());
  snapshot.captures.resize(snapshot.accounts.size());
  for (const auto& worker : workers_) {
    const std::lock_guard lock(worker->mutex);
    for (std::size_t i = 0; i < worker->mirrors.size(); ++i) {
      snapshot.accounts[i] += worker->mirrors[i].account();
    }
    const std::vector<CaptureCounters> captures = worker->source->counters_by_interface();
    for (std::size_t i = 0; i < captures.size(); ++i) snapshot.captures[i] += captures[i];
    snapshot.send += worker->sink->counters();
    if (!worker->receivers) continue;
    for (const ReceiverCounters& each : worker->receivers->receivers()) {
      const auto known =
          std::ranges::find(snapshot.receivers, each.receiver, &ReceiverCounters::receiver);
      if (known == snapshot.receivers.end()) {
        snapshot.receivers.push_back(each);
      } else {
        Merge(*known, each);
      }
    }
  }
  const std::lock_guard lock(health_mutex_);
  if (!health_) return snapshot;
  for (std::size_t i = 0; i < health_->size(); ++i) {
    (health_->is_up(i) ? snapshot.up : snapshot.down).push_back(health_->addresses()[i]);
  }
  return snapshot;
}

}  // namespace vpcmirror::sim
