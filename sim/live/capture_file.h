// A capture file as a source of frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/live/capture_records.h"
#include "sim/live/frame_source.h"

namespace vpcmirror::sim {

// Reads a file, or anything else that can be read from its beginning to its end, such as a
// pipe, in memory that does not grow with it.
class CaptureFile : public FrameSource {
 public:
  // Throws ScenarioException when there is no such file, or it is a folder, empty or no capture.
  explicit CaptureFile(std::string path);
  ~CaptureFile() override;
  CaptureFile(const CaptureFile&) = delete;
  CaptureFile& operator=(const CaptureFile&) = delete;

  // Throws ScenarioException when the file cannot be read any more.
  std::span<const CapturedFrame> Next() override;
  bool ended() const override { return ended_; }
  // Of what is no regular file, such as a pipe: its next frames may be long in coming.
  std::vector<int> descriptors() const override;
  CaptureCounters counters() const override { return records_.counters(); }

  // Why frames end before the file does; empty: they do not.
  const std::optional<CaptureFault>& fault() const { return records_.fault(); }
  // The first of CaptureCounters::unusable.
  const std::optional<CaptureFault>& first_unusable() const { return records_.first_unusable(); }

 private:
  void ReadHeader();
  enum class Got : std::uint8_t { kBytes, kNothingYet, kEnd };
  Got ReadMore();

  std::string path_;
  int descriptor_ = -1;
  std::unique_ptr<std::byte[]> bytes_;
  std::size_t begin_ = 0;  // of what is not taken yet
  std::size_t end_ = 0;
  bool ended_ = false;
  bool is_regular_ = true;
  std::vector<CapturedFrame> batch_;
  CaptureRecords records_;
};

}  // namespace vpcmirror::sim
