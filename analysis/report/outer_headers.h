// The outer headers of a copy, field by field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/wire/encapsulation.h"

namespace vpcmirror {

struct HeaderField {
  std::string_view name;  // "source_port"
  std::variant<std::int64_t, std::string> value;
};

struct OuterHeader {
  std::string_view name;  // "ipv4", "udp", "vxlan"
  std::vector<HeaderField> fields;
};

// Read from the bytes that Encapsulation::WriteHeaders wrote under `settings`,
// outermost first. None of no bytes.
std::vector<OuterHeader> OuterHeaders(std::span<const std::byte> outer,
                                      const TunnelSettings& settings);

}  // namespace vpcmirror
