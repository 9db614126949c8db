// The same sweep on many machines: rank 0 gives out runs and writes, all others run.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/sweep/post.h"
#include "sim/sweep/workers.h"

namespace vpcmirror::sim {

struct RankTiming {
  std::function<double()> seconds;  // since some moment
  double lost_after = 60;           // seconds without a sign of life
};

// All other ranks, as rank 0 sees them. A rank that says nothing for so long is given up: its
// runs come back without an outcome. Should it answer yet, that is taken too.
class RemoteRanks : public Workers {
 public:
  // `identity` is what every rank has to agree on. `complain` is told what a rank that does not
  // take part has to say.
  RemoteRanks(Post& post, std::string identity, RankTiming timing,
              std::function<void(const std::string&)> complain);
  ~RemoteRanks() override;  // sends home all that live
  RemoteRanks(const RemoteRanks&) = delete;
  RemoteRanks& operator=(const RemoteRanks&) = delete;

  std::size_t Count() const override { return alive_.size(); }
  bool HasIdle() const override { return !idle_.empty(); }
  void Give(std::size_t run) override;
  std::vector<Ended> Wait(double seconds) override;  // never waits

  // To be called at least every `lost_after` / 3 while Wait() is not: lets the ranks know that
  // rank 0 is there.
  void ShowLife();
  bool has_lost_any() const { return has_lost_any_; }

 private:
  void Read(const Letter& letter, std::vector<Ended>& ended);
  void GiveUp(int rank, std::vector<Ended>& ended);

  Post& post_;
  std::string identity_;
  RankTiming timing_;
  std::function<void(const std::string&)> complain_;
  std::map<int, double> alive_;  // when each was heard of last
  std::deque<int> idle_;         // a rank as often as it has processes without a run
  std::map<std::size_t, int> given_;
  double shown_ = 0;
  bool has_lost_any_ = false;
};

enum class RankEnd { kSentHome, kAlone, kInterrupted };

struct RankEnding {
  RankEnd end = RankEnd::kSentHome;
  bool all_live = true;  // no rank was lost: they may say goodbye to each other
};

// Runs what rank 0 gives, until it sends home or is not heard of for so long, or a stop comes.
// `problem`, where there is one, is told to rank 0 in place of taking part; then `own` may be null.
RankEnding ServeAsRank(Post& post, const std::string& identity, const std::string& problem,
                       Workers* own, const RankTiming& timing, const std::stop_token& stop);

}  // namespace vpcmirror::sim
