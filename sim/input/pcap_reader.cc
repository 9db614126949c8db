#include "sim/input/pcap_reader.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <utility>

namespace vpcmirror::sim {
namespace {

// A replay is simulated, and a run is at most 100 days.
constexpr std::int64_t kLongestSeconds = std::int64_t{100} * 24 * 3600;

[[noreturn]] void Fail(const std::string& file, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

void CheckFile(const std::string& file) {
  constexpr const char* kAccepted = "the path of a pcap or pcapng file, from the scenario's folder";
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) Fail(file, "there is no such file", kAccepted);
  if (!std::filesystem::is_regular_file(status))
    Fail(file, "this is not a regular file", kAccepted);
  const auto size = std::filesystem::file_size(file, error);
  if (!error && size == 0) Fail(file, "the capture is empty: 0 bytes", "a capture with frames");
}

// One pass over a capture.
class CaptureStream {
 public:
  explicit CaptureStream(std::string file) : file_(std::move(file)) {
    CheckFile(file_);
    std::array<char, PCAP_ERRBUF_SIZE> reason{};
    handle_.reset(pcap_open_offline_with_tstamp_precision(file_.c_str(), PCAP_TSTAMP_PRECISION_NANO,
                                                          reason.data()));
    if (handle_ == nullptr) {
      Fail(file_, fmt::format("this is not a capture that can be read ({})", reason.data()),
           "a pcap or pcapng file");
    }
    const int link = pcap_datalink(handle_.get());
    if (link == DLT_EN10MB) return;
    const char* name = pcap_datalink_val_to_name(link);
    Fail(file_,
         fmt::format("the frames are of link type {}, not Ethernet",
                     name == nullptr ? std::to_string(link) : std::string(name)),
         "a capture of Ethernet (EN10MB), taken on an interface and not on \"any\"");
  }

  std::int64_t frames() const { return frames_; }
  Picoseconds time() const { return time_; }

  bool Next(CapturedFrame& frame) {
    pcap_pkthdr* header = nullptr;
    const unsigned char* bytes = nullptr;
    const int got = pcap_next_ex(handle_.get(), &header, &bytes);
    if (got == PCAP_ERROR_BREAK) return false;
    if (got != 1) {
      Fail(file_,
           fmt::format("the capture breaks off in frame {} ({})", frames_ + 1,
                       pcap_geterr(handle_.get())),
           "a whole capture; \"editcap -r in.pcap out.pcap 1-" + std::to_string(frames_) +
               "\" keeps the frames before it");
    }
    SetTime(header->ts);
    ++frames_;
    frame.time = time_;
    frame.wire_length = Bytes(std::max(header->len, header->caplen));
    const auto* first = reinterpret_cast<const std::byte*>(bytes);
    frame.bytes.assign(first, first + header->caplen);
    return true;
  }

 private:
  struct Close {
    void operator()(pcap_t* handle) const { pcap_close(handle); }
  };

  // With nanosecond precision, tv_usec counts nanoseconds.
  void SetTime(const timeval& stamp) {
    if (frames_ == 0) first_ = stamp;
    const std::int64_t seconds = std::int64_t{stamp.tv_sec} - first_.tv_sec;
    if (seconds > kLongestSeconds) {
      Fail(file_,
           fmt::format("frame {} is {} days behind the first one", frames_ + 1,
                       seconds / (24 * 3600)),
           "a capture of at most 100 days; see whether the timestamps are sound");
    }
    if (seconds < -kLongestSeconds) return;
    const std::int64_t nanoseconds =
        seconds * 1'000'000'000 + (std::int64_t{stamp.tv_usec} - first_.tv_usec);
    time_ = std::max(time_, Picoseconds(nanoseconds * kPicosecondsPerNanosecond));
  }

  std::string file_;
  std::unique_ptr<pcap_t, Close> handle_;
  timeval first_{};
  Picoseconds time_{};
  std::int64_t frames_ = 0;
};

}  // namespace

Capture ScanCapture(const std::string& file) {
  CaptureStream stream(file);
  CapturedFrame frame;
  while (stream.Next(frame)) {
  }
  if (stream.frames() == 0) Fail(file, "the capture has no frames", "a capture with frames");
  Capture capture;
  capture.frames = stream.frames();
  capture.length = stream.time();
  capture.open = [file]() -> FrameReader {
    // std::function copies what it holds, and a stream has one place.
    auto shared = std::make_shared<CaptureStream>(file);
    return [shared](CapturedFrame& next) { return shared->Next(next); };
  };
  return capture;
}

}  // namespace vpcmirror::sim
