// Picoseconds are what vpcmirror runs at; with VPCMIRROR_TEST_RESOLUTION=ns the
// same tests show that the models work at ns-3's default of one nanosecond too.
#include <gtest/gtest.h>
#include <ns3/nstime.h>

#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
  const char* resolution = std::getenv("VPCMIRROR_TEST_RESOLUTION");
  const bool coarse = resolution != nullptr && std::string_view(resolution) == "ns";
  ns3::Time::SetResolution(coarse ? ns3::Time::NS : ns3::Time::PS);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
