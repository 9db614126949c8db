#include "models/mirror/ledger.h"

#include <gtest/gtest.h>

namespace vpcmirror {
namespace {

TEST(LedgerTest, AddsUpOnlyWhenEveryFrameAndByteIsAccountedFor) {
  Ledger ledger;
  EXPECT_TRUE(ledger.AddsUp());
  for (const int bytes : {100, 200, 300, 400}) ledger.offered.Add(Bytes(bytes));
  ledger.rejected[static_cast<std::size_t>(Refusal::kFilter)].Add(Bytes(100));
  ledger.mirrored.Add(Bytes(200));
  ledger.dropped[static_cast<std::size_t>(DropReason::kEgressBandwidth)].Add(Bytes(300));
  EXPECT_FALSE(ledger.AddsUp());
  ledger.queued_at_end.Add(Bytes(399));
  EXPECT_FALSE(ledger.AddsUp());
  ledger.queued_at_end.bytes += Bytes(1);
  EXPECT_TRUE(ledger.AddsUp());

  Ledger twice = ledger;
  twice += ledger;
  EXPECT_TRUE(twice.AddsUp());
  EXPECT_EQ(twice.offered.frames, 8);
  EXPECT_EQ(twice.TotalRejected().bytes, Bytes(200));
  EXPECT_EQ(twice.TotalDropped().bytes, Bytes(600));
}

}  // namespace
}  // namespace vpcmirror
