#include "sim/sweep/ranks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A network in memory.
struct Network {
  std::map<std::pair<int, int>, std::deque<std::string>> letters;  // by from and to
};

class NetworkPost : public Post {
 public:
  NetworkPost(Network& network, int rank, int size) : network_(network), rank_(rank), size_(size) {}

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  void Send(int to, const std::string& text) override {
    network_.letters[{rank_, to}].push_back(text);
  }
  std::optional<Letter> Receive() override {
    for (int from = 0; from < size_; ++from) {
      auto& waiting = network_.letters[{from, rank_}];
      if (waiting.empty()) continue;
      Letter letter{from, waiting.front()};
      waiting.pop_front();
      return letter;
    }
    return std::nullopt;
  }

 private:
  Network& network_;
  int rank_;
  int size_;
};

class RemoteRanksTest : public testing::Test {
 protected:
  RemoteRanks Make() {
    return {zero_, "same", {[this] { return now_; }, 60}, [this](const std::string& text) {
              said_.push_back(text);
            }};
  }
  std::string Answer(std::size_t run) const {
    return "o" + std::to_string(run) + " " + Packed(Outcome{.figures = {std::string("FITS")}});
  }

  double now_ = 0;
  Network network_;
  NetworkPost zero_{network_, 0, 3};
  NetworkPost one_{network_, 1, 3};
  NetworkPost two_{network_, 2, 3};
  std::vector<std::string> said_;
};

TEST_F(RemoteRanksTest, GiveToWhoeverIsReadyAsMuchAsItHasProcesses) {
  RemoteRanks ranks = Make();
  EXPECT_FALSE(ranks.HasIdle());
  one_.Send(0, "r2 same");
  ranks.Wait(0);
  ASSERT_TRUE(ranks.HasIdle());
  ranks.Give(10);
  ASSERT_TRUE(ranks.HasIdle());
  ranks.Give(11);
  EXPECT_FALSE(ranks.HasIdle());
  one_.Send(0, Answer(11));
  const std::vector<Ended> ended = ranks.Wait(0);
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].run, 11u);
  EXPECT_EQ(ended[0].outcome->figures, (std::vector<Cell>{std::string("FITS")}));
  EXPECT_TRUE(ranks.HasIdle());
}

TEST_F(RemoteRanksTest, GiveBackWhatASilentRankWasAt) {
  RemoteRanks ranks = Make();
  one_.Send(0, "r1 same");
  two_.Send(0, "r1 same");
  ranks.Wait(0);
  ranks.Give(10);
  ranks.Give(11);
  now_ = 50;
  two_.Send(0, "a");
  EXPECT_THAT(ranks.Wait(0), IsEmpty());
  now_ = 61;
  const std::vector<Ended> ended = ranks.Wait(0);
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].run, 10u);
  EXPECT_FALSE(ended[0].outcome);
  EXPECT_EQ(ranks.Count(), 1u);
  EXPECT_TRUE(ranks.has_lost_any());
  EXPECT_THAT(said_, ElementsAre("rank 1 is not heard of any more: others run what it was at"));
  one_.Send(0, Answer(10));  // it was only slow
  ASSERT_EQ(ranks.Wait(0).size(), 1u);
  EXPECT_FALSE(ranks.HasIdle());
}

TEST_F(RemoteRanksTest, LeaveOutARankWithAnotherScenario) {
  RemoteRanks ranks = Make();
  one_.Send(0, "r4 other");
  two_.Send(0, "ucannot read a.json");
  ranks.Wait(0);
  EXPECT_FALSE(ranks.HasIdle());
  EXPECT_THAT(said_, ElementsAre(HasSubstr("rank 1 has another program or scenario"),
                                 "rank 2 takes no part: cannot read a.json"));
}

TEST_F(RemoteRanksTest, SendAllHomeAtTheEnd) {
  Make();
  EXPECT_EQ(one_.Receive()->text, "h");
  EXPECT_EQ(two_.Receive()->text, "h");
}

TEST_F(RemoteRanksTest, ShowThatRankZeroIsThereNowAndThen) {
  RemoteRanks ranks = Make();
  now_ = 11;
  ranks.ShowLife();
  ranks.ShowLife();
  EXPECT_EQ(one_.Receive()->text, "i");
  EXPECT_FALSE(one_.Receive());
}

// Runs at once what it is given.
class InstantWorkers : public Workers {
 public:
  std::size_t Count() const override { return 1; }
  bool HasIdle() const override { return !run_; }
  void Give(std::size_t run) override { run_ = run; }
  std::vector<Ended> Wait(double seconds) override {
    now += seconds;
    if (!run_) return {};
    return {{*std::exchange(run_, std::nullopt), Outcome{}}};
  }

  double now = 0;

 private:
  std::optional<std::size_t> run_;
};

class ServeAsRankTest : public testing::Test {
 protected:
  RankEnding Serve(const std::string& problem = "") {
    return ServeAsRank(one_, "same", problem, &own_, {[this] { return own_.now; }, 60},
                       stop_.get_token());
  }

  Network network_;
  NetworkPost zero_{network_, 0, 2};
  NetworkPost one_{network_, 1, 2};
  InstantWorkers own_;
  std::stop_source stop_;
};

// Letters arrive in order, so that the word to go home, though it is there at once, is read last;
// what is given before it is left: rank 0 sends it when nothing is open.
TEST_F(ServeAsRankTest, SaysThatItIsReadyAndGoesHomeWhenSent) {
  zero_.Send(1, "h");
  const RankEnding ending = Serve();
  EXPECT_EQ(ending.end, RankEnd::kSentHome);
  EXPECT_TRUE(ending.all_live);
  EXPECT_EQ(zero_.Receive()->text, "r1 same");
}

TEST_F(ServeAsRankTest, RunsWhatItIsGivenAndGoesWhenRankZeroIsGone) {
  zero_.Send(1, "w17");
  const RankEnding ending = Serve();
  EXPECT_EQ(ending.end, RankEnd::kAlone);
  EXPECT_FALSE(ending.all_live);
  EXPECT_GT(own_.now, 60);
  EXPECT_EQ(zero_.Receive()->text, "r1 same");
  EXPECT_EQ(zero_.Receive()->text, "o17 " + Packed(Outcome{}));
  EXPECT_EQ(zero_.Receive()->text, "a");  // at 10 s
}

TEST_F(ServeAsRankTest, EndsWithoutAFarewellWhenOthersAreLost) {
  zero_.Send(1, "l");
  EXPECT_FALSE(Serve().all_live);
}

TEST_F(ServeAsRankTest, TellsWhyItCannot) {
  zero_.Send(1, "h");
  Serve("cannot read a.json");
  EXPECT_EQ(zero_.Receive()->text, "ucannot read a.json");
}

TEST_F(ServeAsRankTest, ObeysAStop) {
  stop_.request_stop();
  EXPECT_EQ(Serve().end, RankEnd::kInterrupted);
}

}  // namespace
}  // namespace vpcmirror::sim
