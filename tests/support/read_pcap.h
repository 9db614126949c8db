// Classic pcap files, read without libpcap: tests of rooms that may not use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "models/units/quantity.h"

namespace vpcmirror {

inline constexpr std::uint32_t kLinkTypeEthernet = 1;

struct CapturedFrame {
  std::vector<std::byte> octets;  // as many as the capture kept
  Bytes wire_length{};
  // Since 1970. Not Picoseconds, which end after 106 days: files put together of
  // several captures span years.
  std::int64_t time_ns = 0;
};

struct PcapFile {
  std::uint32_t link_type = 0;
  std::vector<CapturedFrame> frames;
};

// Both byte orders, micro- and nanosecond stamps. Throws std::runtime_error,
// naming the offset, when the file is not a classic pcap file (pcapng is not)
// or ends inside a frame.
PcapFile ParsePcap(std::span<const std::byte> file);
// Also when `path` cannot be read; the message names it.
PcapFile ReadPcap(const std::filesystem::path& path);

}  // namespace vpcmirror
