// Capture files, read without libpcap: tests of rooms that may not use it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "models/units/quantity.h"

namespace vpcmirror {

inline constexpr std::uint32_t kLinkTypeEthernet = 1;

struct PcapFrame {
  std::vector<std::byte> octets;  // as many as the capture kept
  Bytes wire_length{};
  // Since 1970. Not Picoseconds, which end after 106 days: files put together of
  // several captures span years.
  std::int64_t time_ns = 0;
};

struct PcapFile {
  std::uint32_t link_type = 0;
  std::vector<PcapFrame> frames;
};

// Classic pcap in both byte orders with micro- and nanosecond stamps, and pcapng
// (enhanced packet blocks, whose stamps are left out: 0). Throws
// std::runtime_error, naming the offset, when the file is neither or ends inside
// a frame.
PcapFile ParsePcap(std::span<const std::byte> file);
// Also when `path` cannot be read; the message names it.
PcapFile ReadPcap(const std::filesystem::path& path);

}  // namespace vpcmirror
