// Copies as a capture, and copies that nobody gets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "sim/live/copy_sink.h"

namespace vpcmirror::sim {

enum class CaptureFormat : std::uint8_t {
  kPcap,    // nanoseconds, byte order of this machine
  kPcapng,  // the same
};

// Ethernet frames, each with the time of the frame that it copies. What a capture lacks of a
// frame it lacks of the copy: the record is shorter than it says that the copy was.
class CaptureWriter : public CopySink {
 public:
  // Takes parts of the file in order; throws for what cannot be written.
  using Write = std::function<void(std::span<const std::byte>)>;

  // The header is written with the first part.
  CaptureWriter(CaptureFormat format, Write write);

  void Take(const LiveCopy& copy) override;
  // What was taken has been copied: nothing has to be written for the frames to be given back.
  void Flush() override {}
  // All that was taken and is not written yet. To be called at the end.
  void Finish();

  SendCounters counters() const override { return counters_; }

 private:
  void WriteHeader();
  // A place for as many bytes, at most kMostRecordBytes.
  std::byte* Room(std::size_t bytes);

  CaptureFormat format_;
  Write write_;
  std::unique_ptr<std::byte[]> buffer_;
  std::size_t used_ = 0;
  SendCounters counters_;
};

// Counts what it takes; all of it is sent.
class CountingSink : public CopySink {
 public:
  void Take(const LiveCopy& copy) override {
    ++counters_.taken;
    ++counters_.sent;
    counters_.sent_bytes += OuterBytes(copy);
  }
  void Flush() override {}
  SendCounters counters() const override { return counters_; }

 private:
  SendCounters counters_;
};

}  // namespace vpcmirror::sim
