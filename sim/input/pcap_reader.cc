#include "sim/input/pcap_reader.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <utility>

#include "models/mirror/passing.h"
#include "models/wire/frame.h"

namespace vpcmirror::sim {
namespace {

// A replay is simulated, and a run is at most 100 days.
constexpr std::int64_t kLongestSeconds = std::int64_t{100} * 24 * 3600;

// tcpdump's largest snapshot length; no super-frame of an offload is longer.
constexpr std::uint32_t kLargestFrame = 262144;

[[noreturn]] void Fail(const std::string& file, std::string message, std::string accepted) {
  ScenarioError error;
  error.file = file;
  error.message = std::move(message);
  error.accepted = std::move(accepted);
  throw ScenarioException({error});
}

void CheckFile(const std::string& file) {
  constexpr const char* kAccepted =
      "the path of a pcap or pcapng file (in a scenario: from its folder)";
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

  bool Next(StoredFrame& frame) {
    pcap_pkthdr* header = nullptr;
    const unsigned char* bytes = nullptr;
    const int got = pcap_next_ex(handle_.get(), &header, &bytes);
    if (got == PCAP_ERROR_BREAK) return false;
    if (got != 1) FailToRead(pcap_geterr(handle_.get()));
    SetTime(header->ts);
    CheckLength(header->len);
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

  // libpcap has no codes for these, only words.
  [[noreturn]] void FailToRead(const std::string& reason) const {
    const auto says = [&](const char* words) { return reason.find(words) != std::string::npos; };
    if (says("snapshot length") && says("first interface")) {
      Fail(file_, fmt::format("libpcap cannot read frame {}: {}", frames_ + 1, reason),
           "interfaces with one snapshot length; \"editcap -F pcap in.pcapng out.pcap\" gives "
           "them one");
    }
    if (says("first interface")) {
      Fail(file_, fmt::format("libpcap cannot read frame {}: {}", frames_ + 1, reason),
           "interfaces of one link type, Ethernet; \"tshark -r in.pcapng -Y 'frame.interface_id == "
           "0' "
           "-w one.pcapng\" and \"editcap -T ether -F pcap one.pcapng out.pcap\" keep one of them");
    }
    const std::string message =
        says("truncated")
            ? fmt::format("the capture breaks off in frame {} ({})", frames_ + 1, reason)
            : fmt::format("libpcap cannot read frame {}: {}", frames_ + 1, reason);
    std::string accepted = "a whole capture";
    if (frames_ > 0) {
      accepted +=
          fmt::format("; \"editcap -r in.pcap out.pcap 1-{}\" keeps the frames before it", frames_);
    }
    Fail(file_, message, accepted);
  }

  void CheckLength(std::uint32_t length) const {
    if (length >= kEthernetHeaderBytes && length <= kLargestFrame) return;
    Fail(file_, fmt::format("frame {} had {} bytes, by the capture", frames_ + 1, length),
         fmt::format("frames of {} to {} bytes, as Ethernet and its offloads make them; \"editcap "
                     "in.pcap out.pcap {}\" leaves this one out",
                     kEthernetHeaderBytes, kLargestFrame, frames_ + 1));
  }

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

// Whether a capture has IP packets of the addresses that are called local, whose packets it
// has instead, and how many of its frames are none of theirs.
class LocalCheck {
 public:
  explicit LocalCheck(const std::vector<IpPrefix>& locals) : own_{.mac = {}, .ip = locals} {
    is_met_ = locals.empty();
  }

  void Look(const StoredFrame& frame) {
    if (own_.ip.empty()) return;
    const FrameInfo info = ParseFrame(frame.bytes, frame.wire_length);
    if (!PassingDirection(info, frame.bytes, own_)) ++aside_;
    if (is_met_ || !info.has_flow) return;
    is_met_ = IsLocal(info.flow.source) || IsLocal(info.flow.destination);
    const auto known = sources_.find(info.flow.source);
    if (known != sources_.end()) {
      ++known->second;
    } else if (sources_.size() < kMostSources) {
      sources_.emplace(info.flow.source, 1);
    }
  }

  std::int64_t aside() const { return aside_; }

  void ThrowUnlessMet(const std::string& file, std::int64_t frames) const {
    if (is_met_) return;
    std::string locals;
    for (const IpPrefix& local : own_.ip) {
      locals += (locals.empty() ? "" : ", ") + NameOf(local);
    }
    Fail(file, fmt::format("no IP packet of {} frames comes from {} or goes there", frames, locals),
         sources_.empty()
             ? "a capture of IP traffic"
             : "the address whose traffic this is; most frames come from " + BusiestSources());
  }

 private:
  static constexpr std::size_t kMostSources = 100'000;  // bounds the memory that a flood takes

  bool IsLocal(const IpAddress& address) const {
    return std::any_of(own_.ip.begin(), own_.ip.end(),
                       [&](const IpPrefix& local) { return local.Contains(address); });
  }

  static std::string NameOf(const IpPrefix& prefix) {
    const bool is_address = prefix.length() == (prefix.address().is_v4() ? 32 : 128);
    return is_address ? ToString(prefix.address()) : ToString(prefix);
  }

  // The first two, with their frames.
  std::string BusiestSources() const {
    std::vector<std::pair<std::int64_t, IpAddress>> order;
    for (const auto& [address, frames] : sources_) order.emplace_back(-frames, address);
    std::sort(order.begin(), order.end());
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(order.size(), 2); ++i) {
      text += fmt::format("{}{} ({})", i == 0 ? "" : " and ", ToString(order[i].second),
                          -order[i].first);
    }
    return text;
  }

  OwnAddresses own_;
  std::int64_t aside_ = 0;
  bool is_met_ = false;
  std::map<IpAddress, std::int64_t> sources_;  // and how many frames each sent
};

}  // namespace

Capture ScanCapture(const std::string& file, const std::vector<IpPrefix>& locals) {
  CaptureStream stream(file);
  LocalCheck check(locals);
  StoredFrame frame;
  while (stream.Next(frame)) check.Look(frame);
  if (stream.frames() == 0) Fail(file, "the capture has no frames", "a capture with frames");
  check.ThrowUnlessMet(file, stream.frames());
  Capture capture;
  capture.frames = stream.frames();
  capture.aside = check.aside();
  capture.length = stream.time();
  capture.open = [file]() -> FrameReader {
    // std::function copies what it holds, and a stream has one place.
    auto shared = std::make_shared<CaptureStream>(file);
    return [shared](StoredFrame& next) { return shared->Next(next); };
  };
  return capture;
}

}  // namespace vpcmirror::sim
