// SHA-256 (FIPS 180-4).
#pragma once

#include <string>
#include <string_view>

namespace vpcmirror::sim {

// The digest in lower-case hexadecimal.
std::string Sha256(std::string_view bytes);

}  // namespace vpcmirror::sim
