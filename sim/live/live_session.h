// A live mirror of interfaces: workers, each with a source, mirrors and a sink of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "sim/live/capture_writer.h"
#include "sim/live/interface_source.h"
#include "sim/live/live_mirror.h"
#include "sim/live/load_bounds.h"
#include "sim/live/receiver_health.h"
#include "sim/live/receiver_probe.h"
#include "sim/live/receiver_sink.h"
#include "sim/live/shed_sink.h"
#include "sim/live/trouble_teller.h"

namespace vpcmirror::sim {

struct LiveSettings {
  // By interface, in the order of InterfaceSettings::names: the ENI that each one is.
  std::vector<MirroredEni> enis;
  InterfaceSettings interfaces;  // its prefilter is made here
  std::size_t workers = 1;       // at least 1
  // Where copies go; null: to their receivers, unless `counts_only`. With it there is one worker.
  CopySink* sink = nullptr;
  bool counts_only = false;
  ReceiverSinkSettings send;  // its callbacks are made here
  LoadLimits limits;          // of what leaves, and of CPU time; none: no bounds
  HealthRule health;
  std::optional<std::int64_t> probe_interval_ns;  // empty: receivers are not asked
  // A line without its end about what happens under way. Called by one thread at a time.
  std::function<void(const std::string&)> say;
};

// What all workers did since the beginning.
struct LiveSnapshot {
  std::vector<LiveAccount> accounts;      // by ENI
  std::vector<CaptureCounters> captures;  // by interface
  SendCounters send;
  std::vector<ReceiverCounters> receivers;  // that copies are sent to; each once
  // Of the receivers that mirrors have now, those that are within and out of reach.
  std::vector<IpAddress> up;
  std::vector<IpAddress> down;
};

class LiveSession {
 public:
  // Opens interfaces and sockets. Throws std::runtime_error, with what to do.
  explicit LiveSession(LiveSettings settings);
  // Stops.
  ~LiveSession();
  LiveSession(const LiveSession&) = delete;
  LiveSession& operator=(const LiveSession&) = delete;

  // From here on frames are mirrored, by threads.
  void Start();
  // What has to be done now and then, at least ten times a second. Throws what ended a worker.
  void Attend();
  // From one frame to the next: none is lost or copied twice. As many as there are interfaces, in
  // the same order. Throws std::runtime_error, nothing changed.
  void Change(std::vector<MirroredEni> enis);
  // Mirrors what was captured before the call, and ends. Throws what ended a worker.
  void Stop();

  LiveSnapshot snapshot();
  // By interface, whether its frames are captured now: it is there, up, and may be opened.
  std::vector<bool> captured();
  // As they are now; any thread may ask for both.
  std::vector<MirroredEni> enis();

 private:
  struct Worker {
    std::mutex mutex;  // of all below but the thread
    std::unique_ptr<InterfaceSource> source;
    std::vector<LiveMirror> mirrors;  // by interface
    std::unique_ptr<ReceiverSink> receivers;
    CountingSink counting;
    std::unique_ptr<ShedSink> shed;  // in front of the others; null: no bounds
    CopySink* sink = nullptr;
    std::exception_ptr failure;
    std::jthread thread;
  };

  std::shared_ptr<const Prefilter> PrefilterFor(const std::vector<MirroredEni>& enis) const;
  std::shared_ptr<ReceiverHealth> HealthFor(const std::vector<MirroredEni>& enis) const;
  void GiveHealth(std::vector<MirroredEni>& enis);
  void AddWorker(std::unique_ptr<InterfaceSource> source);
  static void OpenTunnels(Worker& worker);
  void SetPrefilter(const std::shared_ptr<const Prefilter>& prefilter);
  void Run(Worker& worker, const std::stop_token& stop);
  static std::vector<int> TakeBatchLocked(Worker& worker);
  // The next two are called with the worker's mutex. When the batch's last frame was captured;
  // empty: there was none.
  static std::optional<std::int64_t> TakeBatch(Worker& worker);
  static void Drain(Worker& worker);
  void NoteTrouble(const SendTrouble& trouble);
  void NoteLink(const LinkChange& change);
  void TellWhoIsDown();
  void Say(const std::string& line);

  LiveSettings settings_;
  std::mutex say_mutex_;
  std::mutex enis_mutex_;  // of LiveSettings::enis
  std::mutex health_mutex_;
  std::shared_ptr<ReceiverHealth> health_;  // null: nothing is sent
  std::optional<ReceiverProbe> probe_;
  std::vector<bool> told_down_;  // by receiver of health_
  std::int64_t next_reports_ns_ = 0;
  std::mutex link_mutex_;
  std::set<std::string> not_captured_;  // interfaces
  TroubleTeller teller_;
  std::optional<LoadBounds> bounds_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace vpcmirror::sim
