#include "sim/sweep/ranks.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace vpcmirror::sim {
namespace {

// Letters, by their first character. To rank 0:
constexpr char kReady = 'r';    // + processes + ' ' + identity
constexpr char kUnable = 'u';   // + why
constexpr char kOutcome = 'o';  // + run + ' ' + packed outcome
constexpr char kAlive = 'a';
// From rank 0:
constexpr char kRun = 'w';      // + run
constexpr char kGoHome = 'h';   // all ranks are there
constexpr char kGoAlone = 'l';  // one at least is gone
constexpr char kHere = 'i';

constexpr double kBeatsPerPatience = 6;  // signs of life in the time after which a rank is lost
constexpr double kBetweenLooks = 0.002;  // seconds; a message waits for half of it

struct Numbered {
  std::size_t number = 0;
  std::string_view rest;  // behind the blank
};

// "17 abc". Zero for what is no number.
Numbered ReadNumbered(std::string_view text) {
  Numbered read;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), read.number).ptr;
  const auto length = static_cast<std::size_t>(end - text.data());
  if (length < text.size()) read.rest = text.substr(length + 1);
  return read;
}

std::string Named(int rank) { return "rank " + std::to_string(rank); }

}  // namespace

RemoteRanks::RemoteRanks(Post& post, std::string identity, RankTiming timing,
                         std::function<void(const std::string&)> complain)
    : post_(post),
      identity_(std::move(identity)),
      timing_(std::move(timing)),
      complain_(std::move(complain)) {
  const double now = timing_.seconds();
  for (int rank = 1; rank < post_.size(); ++rank) alive_[rank] = now;
}

RemoteRanks::~RemoteRanks() {
  const std::string word(1, has_lost_any_ ? kGoAlone : kGoHome);
  for (const auto& [rank, unused] : alive_) post_.Send(rank, word);
}

void RemoteRanks::ShowLife() {
  const double now = timing_.seconds();
  if (now - shown_ < timing_.lost_after / kBeatsPerPatience) return;
  shown_ = now;
  for (const auto& [rank, unused] : alive_) post_.Send(rank, std::string(1, kHere));
}

void RemoteRanks::Give(std::size_t run) {
  const int rank = idle_.front();
  idle_.pop_front();
  given_[run] = rank;
  post_.Send(rank, kRun + std::to_string(run));
}

std::vector<Ended> RemoteRanks::Wait(double /*seconds*/) {
  std::vector<Ended> ended;
  while (const auto letter = post_.Receive()) Read(*letter, ended);
  ShowLife();
  const double now = timing_.seconds();
  std::vector<int> silent;
  for (const auto& [rank, heard] : alive_) {
    if (now - heard > timing_.lost_after) silent.push_back(rank);
  }
  for (const int rank : silent) {
    complain_(Named(rank) + " is not heard of any more: others run what it was at");
    has_lost_any_ = true;
    GiveUp(rank, ended);
  }
  return ended;
}

void RemoteRanks::Read(const Letter& letter, std::vector<Ended>& ended) {
  if (letter.text.empty()) return;
  const bool lives = alive_.contains(letter.from);
  if (lives) alive_[letter.from] = timing_.seconds();
  const std::string_view rest = std::string_view(letter.text).substr(1);
  switch (letter.text.front()) {
    case kReady: {
      const Numbered ready = ReadNumbered(rest);
      if (ready.rest != identity_) {
        complain_(Named(letter.from) +
                  " has another program or scenario, and takes no part: the same files have to be "
                  "there on every machine");
        return;
      }
      for (std::size_t i = 0; i < ready.number; ++i) idle_.push_back(letter.from);
      return;
    }
    case kUnable:
      complain_(Named(letter.from) + " takes no part: " + std::string(rest));
      return;
    case kOutcome: {
      const Numbered run = ReadNumbered(rest);
      given_.erase(run.number);
      ended.push_back({run.number, Unpacked(run.rest)});
      if (lives) idle_.push_back(letter.from);
      return;
    }
    default:
      return;  // a sign of life
  }
}

void RemoteRanks::GiveUp(int rank, std::vector<Ended>& ended) {
  alive_.erase(rank);
  std::erase(idle_, rank);
  std::erase_if(given_, [&](const auto& given) {
    if (given.second == rank) ended.push_back({given.first, std::nullopt});
    return given.second == rank;
  });
}

RankEnding ServeAsRank(Post& post, const std::string& identity, const std::string& problem,
                       Workers* own, const RankTiming& timing, const std::stop_token& stop) {
  post.Send(0, problem.empty() ? kReady + std::to_string(own->Count()) + " " + identity
                               : kUnable + problem);
  double heard = timing.seconds();
  double shown = heard;
  std::deque<std::size_t> given;
  while (!stop.stop_requested()) {
    const double now = timing.seconds();
    while (const auto letter = post.Receive()) {
      heard = now;
      const char what = letter->text.empty() ? kHere : letter->text.front();
      if (what == kGoHome || what == kGoAlone) return {RankEnd::kSentHome, what == kGoHome};
      if (what == kRun) given.push_back(ReadNumbered(letter->text.substr(1)).number);
    }
    if (now - heard > timing.lost_after) return {RankEnd::kAlone, false};
    if (own == nullptr) continue;
    for (; !given.empty() && own->HasIdle(); given.pop_front()) own->Give(given.front());
    for (const Ended& ended : own->Wait(kBetweenLooks)) {
      post.Send(0, kOutcome + std::to_string(ended.run) + " " + Packed(*ended.outcome));
    }
    if (now - shown < timing.lost_after / kBeatsPerPatience) continue;
    shown = now;
    post.Send(0, std::string(1, kAlive));
  }
  return {RankEnd::kInterrupted, false};
}

}  // namespace vpcmirror::sim
