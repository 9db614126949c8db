// What every contender puts around a frame.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace vpcmirror::ratios {

inline constexpr const char* kOuterSourceMac = "08:09:0a:0b:0c:0d";
inline constexpr const char* kOuterDestinationMac = "02:03:04:05:06:07";
inline constexpr const char* kOuterSource = "10.0.0.1";
inline constexpr const char* kOuterDestination = "10.0.0.2";
inline constexpr std::uint32_t kVni = 0x123456;
// RFC 7348, 5: flag I, reserved, the VNI, reserved.
inline constexpr std::array<std::byte, 8> kVxlanHeader = {
    std::byte{0x08}, std::byte{0},    std::byte{0},    std::byte{0},
    std::byte{0x12}, std::byte{0x34}, std::byte{0x56}, std::byte{0}};
// The same two addresses and the EtherType of IPv4, as on the wire.
inline constexpr std::array<std::byte, 14> kOuterEthernet = {
    std::byte{0x02}, std::byte{0x03}, std::byte{0x04}, std::byte{0x05}, std::byte{0x06},
    std::byte{0x07}, std::byte{0x08}, std::byte{0x09}, std::byte{0x0a}, std::byte{0x0b},
    std::byte{0x0c}, std::byte{0x0d}, std::byte{0x08}, std::byte{0x00}};

}  // namespace vpcmirror::ratios
