#include "sim/explain/capture.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "models/mirror/passing.h"
#include "sim/explain/explainer.h"

namespace vpcmirror::sim {
namespace {

class CaptureExplainer {
 public:
  CaptureExplainer(const ValidScenario& scenario, const CaptureQuestion& question)
      : question_(question),
        explainer_(scenario, question.eni),
        own_(OwnAddressesOf(explainer_.eni(), question.local)) {
    result_.eni = question.eni;
    for (std::size_t i = 0; i < explainer_.tap().size(); ++i) {
      const MirrorSettings& settings = explainer_.tap().session(i).settings();
      SessionUse use;
      use.mirror = explainer_.mirror_of(i);
      for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
        use.rules[static_cast<std::size_t>(direction)].resize(
            settings.filter.rules(direction).size());
      }
      use.receivers.resize(settings.receivers.size());
      result_.sessions.push_back(std::move(use));
    }
  }

  void Take(const StoredFrame& frame) {
    ++result_.frames;
    const FrameInfo info = ParseFrame(frame.bytes, frame.wire_length);
    if (info.state == FrameState::kCutShort) ++result_.cut_short;
    if (info.state == FrameState::kMalformed) ++result_.malformed;
    const std::optional<Direction> direction = PassingDirection(info, frame.bytes, own_);
    FrameLine* line = nullptr;
    if (result_.frames <= question_.lines) {
      line = &result_.lines.emplace_back(FrameLine{
          .number = result_.frames, .time = frame.time, .direction = direction, .frame = info});
    }
    if (!direction) {
      if (result_.others.frames == 0) result_.first_other = result_.frames;
      result_.others.Add(frame.wire_length);
      return;
    }
    result_.passed[static_cast<std::size_t>(*direction)].Add(frame.wire_length);
    explainer_.Ask(info, *direction, answer_);
    CountRules();
    CountOutcomes(frame, line);
  }

  CaptureExplanation Result(bool complete) {
    result_.complete = complete;
    for (auto& [key, count] : counts_) result_.rulings.push_back(std::move(count));
    std::stable_sort(result_.rulings.begin(), result_.rulings.end(),
                     [](const RulingCount& a, const RulingCount& b) {
                       if (a.ruling.session != b.ruling.session) {
                         return a.ruling.session < b.ruling.session;  // empty comes first
                       }
                       return a.frames.frames > b.frames.frames;
                     });
    return std::move(result_);
  }

 private:
  void CountRules() {
    for (const TrailStep& step : answer_.trail.steps) {
      if (step.stage != Stage::kRule) continue;
      RuleUse& use = result_.sessions[step.session]
                         .rules[static_cast<std::size_t>(answer_.direction)][step.item];
      ++use.asked;
      if (step.holds) ++use.matched;
    }
  }

  void CountOutcomes(const StoredFrame& frame, FrameLine* line) {
    for (const Outcome& outcome : answer_.decision.outcomes()) {
      Ruling ruling = answer_.RulingOf(outcome, explainer_.tap().session(outcome.session));
      std::int64_t packets = 0;
      Bytes wire{};
      if (ruling.copies()) {
        const auto sending =
            explainer_.ForEachPiece(answer_, outcome, frame.bytes, [&](const Piece& piece) {
              ++packets;
              wire += EniMirroring::WireLength(piece);
            });
        ruling.dropped = sending.dropped;
        ruling.mtu_action = sending.action;
        if (ruling.dropped) {
          packets = 0;
          wire = Bytes(0);
        } else {
          result_.sessions[outcome.session].receivers[outcome.plan.receiver].Add(frame.wire_length);
        }
      }
      RulingCount& count = CountOf(ruling);
      count.frames.Add(frame.wire_length);
      count.packets += packets;
      count.wire += wire;
      if (line != nullptr) line->sessions.push_back({ruling, outcome.plan.receiver, wire});
      if (!ruling.session) return;  // the others would repeat it
    }
  }

  using Key = std::tuple<std::uint32_t, Direction, Refusal, std::uint32_t, MtuAction, int>;

  RulingCount& CountOf(const Ruling& ruling) {
    const Key key{ruling.session.value_or(kNoCondition),
                  ruling.direction,
                  ruling.refusal,
                  ruling.item,
                  ruling.mtu_action,
                  ruling.dropped ? static_cast<int>(*ruling.dropped) : -1};
    const auto [at, fresh] = counts_.try_emplace(key);
    if (fresh) {
      at->second.ruling = ruling;
      at->second.example = result_.frames;
    }
    return at->second;
  }

  const CaptureQuestion& question_;
  Explainer explainer_;
  OwnAddresses own_;
  Answer answer_;
  std::map<Key, RulingCount> counts_;
  CaptureExplanation result_;
};

}  // namespace

CaptureExplanation ExplainCapture(const ValidScenario& scenario, const CaptureQuestion& question,
                                  const FrameReader& reader, const std::stop_token& stop) {
  CaptureExplainer explainer(scenario, question);
  StoredFrame frame;
  bool complete = true;
  while (reader(frame)) {
    explainer.Take(frame);
    if (!stop.stop_requested()) continue;
    complete = false;
    break;
  }
  return explainer.Result(complete);
}

}  // namespace vpcmirror::sim
