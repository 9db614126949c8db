// Captures, frames and sinks that several tests of sim/live share.
#pragma once

#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/error.h"
#include "sim/live/copy_sink.h"
#include "sim/live/frame_source.h"

namespace vpcmirror::sim {

// A frame that outlives its source.
struct KeptFrame {
  std::vector<std::byte> octets;
  std::int64_t wire_bytes = 0;
  std::int64_t time_ns = 0;
  std::optional<Direction> direction;

  friend bool operator==(const KeptFrame&, const KeptFrame&) = default;
};

inline KeptFrame Kept(const CapturedFrame& frame) {
  return {.octets = {frame.octets.begin(), frame.octets.end()},
          .wire_bytes = frame.wire_length.count(),
          .time_ns = frame.time_ns,
          .direction = frame.direction};
}

inline std::vector<KeptFrame> AllOf(FrameSource& source) {
  std::vector<KeptFrame> frames;
  while (!source.ended()) {
    for (const CapturedFrame& frame : source.Next()) frames.push_back(Kept(frame));
  }
  return frames;
}

// What libpcap reads of a file.
inline std::vector<KeptFrame> ReadByLibpcap(const std::filesystem::path& file) {
  std::array<char, PCAP_ERRBUF_SIZE> error{};
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(
      pcap_open_offline_with_tstamp_precision(file.c_str(), PCAP_TSTAMP_PRECISION_NANO,
                                              error.data()),
      &pcap_close);
  if (handle == nullptr) throw std::runtime_error(file.string() + ": " + error.data());
  std::vector<KeptFrame> frames;
  pcap_pkthdr* header = nullptr;
  const unsigned char* octets = nullptr;
  while (pcap_next_ex(handle.get(), &header, &octets) == 1) {
    const auto* first = reinterpret_cast<const std::byte*>(octets);
    frames.push_back({.octets = {first, first + header->caplen},
                      .wire_bytes = std::max(header->len, header->caplen),
                      .time_ns = std::int64_t{header->ts.tv_sec} * 1'000'000'000 +
                                 header->ts.tv_usec,  // nanoseconds here
                      .direction = {}});
  }
  return frames;
}

// Captures in tests/golden, and those of others where they are.
inline std::vector<std::filesystem::path> AllCaptures() {
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& folder :
       {std::filesystem::path(VPCMIRROR_SOURCE_DIR) / "tests/golden",
        std::filesystem::path(VPCMIRROR_CAPTURES)}) {
    if (!std::filesystem::is_directory(folder)) continue;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      const auto ending = entry.path().extension();
      if (ending == ".pcap" || ending == ".pcapng") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

// "message | accepted" of what is thrown; empty when nothing is.
template <class Do>
std::string ErrorOf(const Do& something) {
  try {
    something();
  } catch (const ScenarioException& exception) {
    return exception.errors()[0].message + " | " + exception.errors()[0].accepted;
  }
  return "";
}

// A file that a test writes, gone with it.
class ScratchFile {
 public:
  ScratchFile(const std::string& name, const std::string& bytes)
      : path_(std::filesystem::path(testing::TempDir()) / ("vpcmirror_live_" + name)) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// Keeps what it is given.
class KeepingSink : public CopySink {
 public:
  struct Copy {
    std::vector<std::byte> octets;  // from the outer IP header on
    std::int64_t missing = 0;
    std::int64_t time_ns = 0;
  };

  void Take(const LiveCopy& copy) override {
    Copy kept{.octets = {}, .missing = copy.missing.count(), .time_ns = copy.time_ns};
    for (const auto part : {copy.outer, copy.inner, copy.payload}) {
      kept.octets.insert(kept.octets.end(), part.begin(), part.end());
    }
    copies.push_back(std::move(kept));
  }
  void Flush() override { ++flushes; }
  SendCounters counters() const override { return {}; }

  std::vector<Copy> copies;
  int flushes = 0;
};

}  // namespace vpcmirror::sim
