// Classic pcap files, written without libpcap: little-endian, microseconds, Ethernet.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/read_pcap.h"

namespace vpcmirror {

// The file as it would be written; stamps are rounded down to microseconds.
std::string PcapOf(const std::vector<PcapFrame>& frames);

// Throws std::runtime_error when `path` cannot be written.
void WritePcap(const std::filesystem::path& path, const std::vector<PcapFrame>& frames);

}  // namespace vpcmirror
