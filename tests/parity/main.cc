#include <gtest/gtest.h>

#include "sim/packet/packet_engine.h"

int main(int argc, char** argv) {
  vpcmirror::sim::MakePacketEngine();  // sets ns-3's time resolution, before any time is made
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
