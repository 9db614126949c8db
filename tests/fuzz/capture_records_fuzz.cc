// CaptureRecords on any bytes: all at once, and as they come in small parts.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/wire/frame.h"
#include "sim/live/capture_records.h"
#include "tests/fuzz/require.h"

namespace vpcmirror::sim {
namespace {

struct Seen {
  std::vector<std::byte> octets;
  std::int64_t wire_bytes = 0;
  std::int64_t time_ns = 0;

  bool operator==(const Seen&) const = default;
};

struct Reading {
  std::vector<Seen> frames;
  std::int64_t unusable = 0;
  bool is_faulty = false;

  bool operator==(const Reading&) const = default;
};

void CheckFrame(const CapturedFrame& frame, std::span<const std::byte> given) {
  Require(frame.octets.data() >= given.data() &&
              frame.octets.data() + frame.octets.size() <= given.data() + given.size(),
          "a frame lies inside what was given");
  const std::int64_t wire_bytes = frame.wire_length.count();
  Require(wire_bytes >= static_cast<std::int64_t>(frame.octets.size()),
          "no more is captured than was on the wire");
  Require(wire_bytes >= static_cast<std::int64_t>(kEthernetHeaderBytes) &&
              wire_bytes <= static_cast<std::int64_t>(CaptureRecords::kMostFrameBytes),
          "a frame has a length that an Ethernet frame has");
}

// In parts of `step` bytes.
Reading Read(std::vector<std::byte> bytes, std::size_t step) {
  CaptureRecords records;
  Reading reading;
  std::vector<CapturedFrame> room(3);
  std::size_t taken_bytes = 0;
  std::size_t end = 0;
  while (end < bytes.size()) {
    end = std::min(end + step, bytes.size());
    while (true) {
      const std::span<std::byte> given = std::span(bytes).subspan(taken_bytes, end - taken_bytes);
      const CaptureRecords::Taken taken = records.Take(given, room);
      Require(taken.bytes <= given.size() && taken.frames <= room.size(),
              "no more is taken than there is");
      for (const CapturedFrame& frame : std::span(room).first(taken.frames)) {
        CheckFrame(frame, given);
        reading.frames.push_back(
            {{frame.octets.begin(), frame.octets.end()}, frame.wire_length.count(), frame.time_ns});
      }
      taken_bytes += taken.bytes;
      if (taken.bytes == 0) break;
    }
  }
  Require(bytes.size() - taken_bytes < CaptureRecords::kMostRecordBytes || records.fault(),
          "what is waited for is no longer than the longest record");
  records.End(bytes.size() - taken_bytes);
  Require(records.counters().frames == static_cast<std::int64_t>(reading.frames.size()),
          "as many frames are counted as are given");
  reading.unusable = records.counters().unusable;
  reading.is_faulty = records.fault().has_value();
  return reading;
}

}  // namespace
}  // namespace vpcmirror::sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using vpcmirror::sim::Read;
  const auto* first = reinterpret_cast<const std::byte*>(data);
  const std::vector<std::byte> bytes(first, first + size);
  const auto whole = Read(bytes, size == 0 ? 1 : size);
  vpcmirror::Require(whole == Read(bytes, 7), "the same comes of the same bytes in parts");
  return 0;
}
