#include "sim/live/trouble_teller.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <string>
#include <vector>

#include "tests/support/addresses.h"

namespace vpcmirror::sim {
namespace {

constexpr std::int64_t kTenSeconds = 10'000'000'000;

class TroubleTellerTest : public testing::Test {
 protected:
  static SendTrouble Trouble(int error, std::int64_t packets) {
    return {.receiver = Address("10.9.0.2"), .error = error, .packets = packets};
  }
  std::vector<std::int64_t> PacketsTold() {
    std::vector<std::int64_t> packets;
    for (const SendTrouble& trouble : told_) packets.push_back(trouble.packets);
    return packets;
  }

  std::vector<SendTrouble> told_;
  TroubleTeller teller_{kTenSeconds,
                        [this](const SendTrouble& trouble) { told_.push_back(trouble); }};
};

TEST_F(TroubleTellerTest, TellsTheFirstAtOnceAndTheRestTogether) {
  teller_.Note(Trouble(EMSGSIZE, 3), 5);
  EXPECT_THAT(PacketsTold(), testing::ElementsAre(3));
  teller_.Note(Trouble(EMSGSIZE, 4), 6);
  teller_.Note(Trouble(EMSGSIZE, 5), kTenSeconds + 4);
  EXPECT_THAT(PacketsTold(), testing::ElementsAre(3));
  teller_.Note(Trouble(EMSGSIZE, 6), kTenSeconds + 5);
  EXPECT_THAT(PacketsTold(), testing::ElementsAre(3, 15));
}

TEST_F(TroubleTellerTest, TellsEachKindByItself) {
  teller_.Note(Trouble(EMSGSIZE, 1), 0);
  teller_.Note(Trouble(ECONNREFUSED, 1), 0);
  SendTrouble reported = Trouble(ECONNREFUSED, 1);
  reported.was_reported = true;
  teller_.Note(reported, 0);
  SendTrouble other = Trouble(ECONNREFUSED, 1);
  other.receiver = Address("fd09::2");
  teller_.Note(other, 0);
  EXPECT_EQ(told_.size(), 4u);
  EXPECT_EQ(told_.back().receiver, Address("fd09::2"));
}

TEST_F(TroubleTellerTest, TellsTheRestWhenItIsDueAndAtTheEnd) {
  teller_.Note(Trouble(EAGAIN, 1), 0);
  teller_.Note(Trouble(EAGAIN, 2), 1);
  teller_.Advance(kTenSeconds - 1);
  EXPECT_THAT(PacketsTold(), testing::ElementsAre(1));
  teller_.Advance(kTenSeconds);
  EXPECT_THAT(PacketsTold(), testing::ElementsAre(1, 2));
  teller_.Advance(3 * kTenSeconds);
  EXPECT_EQ(told_.size(), 2u) << "nothing came since";
  teller_.Note(Trouble(EAGAIN, 4), 3 * kTenSeconds);
  teller_.Note(Trouble(EAGAIN, 8), 3 * kTenSeconds);
  teller_.Finish();
  EXPECT_THAT(PacketsTold(), testing::ElementsAre(1, 2, 4, 8));
}

TEST(TroubleTextTest, SaysWhatWhereAndWhatToDo) {
  EXPECT_EQ(Say(SendTrouble{.receiver = Address("10.9.0.2"), .error = EMSGSIZE, .packets = 12}),
            "12 copies to 10.9.0.2 not sent: Message too long; raise the MTU of the way there, or"
            " give the receiver's mtu as it is");
  EXPECT_EQ(Say(SendTrouble{.receiver = Address("fd09::2"),
                            .error = ECONNREFUSED,
                            .was_reported = true,
                            .packets = 1}),
            "1 copy to fd09::2 met an error on the way: Connection refused; nobody listens there:"
            " check the receiver's tunnel and its port");
  EXPECT_EQ(Say(SendTrouble{.receiver = Address("10.9.0.2"), .error = EIO, .packets = 2}),
            "2 copies to 10.9.0.2 not sent: Input/output error");
  EXPECT_EQ(
      Say(SinkNotice{.kind = SinkNotice::Kind::kOtherSource,
                     .flow = {.source = Address("10.7.7.7"), .destination = Address("10.9.0.2")}}),
      "10.7.7.7 is no address of this machine: copies to 10.9.0.2 leave from another one");
}

}  // namespace
}  // namespace vpcmirror::sim
