#include "tests/support/write_pcap.h"

#include <cstdint>
#include <fstream>
#include <stdexcept>

namespace vpcmirror {
namespace {

constexpr std::uint32_t kMagic = 0xa1b2c3d4;  // microsecond stamps
constexpr std::uint32_t kVersion = 0x00040002;
constexpr std::uint32_t kSnapBytes = 262'144;

void AppendLe32(std::string& file, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) file += static_cast<char>(value >> shift);
}

}  // namespace

std::string PcapOf(const std::vector<PcapFrame>& frames) {
  std::string file;
  for (const std::uint32_t word : {kMagic, kVersion, 0u, 0u, kSnapBytes, kLinkTypeEthernet}) {
    AppendLe32(file, word);
  }
  for (const PcapFrame& frame : frames) {
    AppendLe32(file, static_cast<std::uint32_t>(frame.time_ns / 1'000'000'000));
    AppendLe32(file, static_cast<std::uint32_t>(frame.time_ns % 1'000'000'000 / 1'000));
    AppendLe32(file, static_cast<std::uint32_t>(frame.octets.size()));
    AppendLe32(file, static_cast<std::uint32_t>(frame.wire_length.count()));
    for (const std::byte octet : frame.octets) file += static_cast<char>(octet);
  }
  return file;
}

void WritePcap(const std::filesystem::path& path, const std::vector<PcapFrame>& frames) {
  std::ofstream out(path, std::ios::binary);
  out << PcapOf(frames);
  out.close();
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace vpcmirror
