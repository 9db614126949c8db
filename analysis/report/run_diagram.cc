#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "analysis/report/member_groups.h"
#include "analysis/report/run_parts.h"
#include "analysis/report/values.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

constexpr int kSources = 0;
constexpr int kMirrors = 1;
constexpr int kReceivers = 2;
// As many boxes of a column as a page shows; the smallest are one box.
constexpr std::size_t kMostBoxes = 12;

double Bps(const Load& load) { return static_cast<double>(load.bandwidth.count()); }

class CopiesPicture {
 public:
  explicit CopiesPicture(const RunResult& result) : result_(result) {
    for (const HostResult& host : result.hosts) hosts_[host.id] = &host;
    for (const EniResult& eni : result.enis) enis_[eni.id] = &eni;
  }

  Diagram Draw() {
    diagram_ = {.key = "copies",
                .title = "Copies from source to receiver",
                .caption =
                    "As wide as their bandwidth, outer headers on; the hatched part of a "
                    "band is lost. Where an ENI has several mirrors, its copies are shown "
                    "in proportion to what each mirror sent.",
                .columns = {"Sources", "Mirrors", "Receivers"}};
    AddMirrors();
    AddSources();
    AddReceivers();
    AddLostOnTheWay();
    return std::move(diagram_);
  }

 private:
  struct Box {
    std::string label;
    std::vector<std::size_t> members;
    double rate = 0;
  };

  std::size_t AddNode(DiagramNode node) {
    diagram_.nodes.push_back(std::move(node));
    return diagram_.nodes.size() - 1;
  }

  const EniResult* EniOf(const std::string& id) const {
    const auto found = enis_.find(id);
    return found == enis_.end() ? nullptr : found->second;
  }

  // "VPC prod, subnet web (gz-3)".
  static std::string FrameOf(const EniResult& eni) {
    if (eni.vpc.empty()) return "";
    return fmt::format("VPC {}, subnet {}{}", eni.vpc, eni.subnet,
                       eni.zone.empty() ? "" : fmt::format(" ({})", eni.zone));
  }

  // Empty where they are not all in one.
  static std::string CommonFrame(const Box& box, const std::vector<const EniResult*>& enis) {
    std::string frame;
    for (const std::size_t member : box.members) {
      const std::string own = enis[member] == nullptr ? "" : FrameOf(*enis[member]);
      if (member != box.members.front() && own != frame) return "";
      frame = own;
    }
    return frame;
  }

  void AddMirrors() {
    const double seconds = static_cast<double>((result_.duration - result_.warm_up).count()) /
                           static_cast<double>(kPicosecondsPerSecond);
    for (const MirrorResult& mirror : result_.mirrors) {
      const Ledger& ledger = mirror.ledger;
      const double wire =
          seconds > 0 ? static_cast<double>(ledger.wire_bytes.count()) * 8 / seconds : 0;
      Count dropped;
      for (const Count& count : ledger.dropped) dropped += count;
      const double sent_frames =
          static_cast<double>(std::max<std::int64_t>(1, ledger.mirrored.frames));
      Way way{.wire = wire,
              .lost = wire * static_cast<double>(dropped.frames) / sent_frames,
              .on_the_way = wire * static_cast<double>(LostOnTheWay(mirror)) / sent_frames};
      const bool loses = dropped.frames > 0 || TotalFrames(mirror.lost_after_source) > 0;
      way.node = AddNode({.label = mirror.id,
                          .details = {BitRateText(wire)},
                          .column = kMirrors,
                          .tone = loses ? Tone::kBad : Tone::kPlain});
      ways_.push_back(way);
      const std::size_t index = ways_.size() - 1;
      for (const std::string& source : mirror.sources) mirrors_of_source_[source].push_back(index);
      for (const std::string& to : mirror.receivers) mirrors_of_receiver_[to].push_back(index);
    }
  }

  // What came to a receiver's ENI and was lost there belongs to the receiver.
  static std::int64_t LostOnTheWay(const MirrorResult& mirror) {
    std::int64_t frames = 0;
    for (const auto& [reason, count] : mirror.lost_after_source) {
      if (reason != "receiver_ring" && reason != "receiver_down") frames += count.frames;
    }
    return frames;
  }

  // Copies of an ENI by mirror.
  void Share(const std::vector<std::size_t>& mirrors, double rate,
             std::map<std::size_t, double>& by_mirror) const {
    double all = 0;
    for (const std::size_t mirror : mirrors) all += ways_[mirror].wire;
    if (all == 0) return;
    for (const std::size_t mirror : mirrors) by_mirror[mirror] += rate * ways_[mirror].wire / all;
  }

  // Groups of alike ones; of too many, the rest as one.
  static std::vector<Box> Boxes(const std::vector<Member>& members,
                                const std::vector<double>& rates, std::string_view rest) {
    std::vector<Box> boxes;
    for (MemberGroup& group : GroupMembers(members)) {
      Box box{std::move(group.label), std::move(group.members)};
      for (const std::size_t member : box.members) box.rate += rates[member];
      boxes.push_back(std::move(box));
    }
    if (boxes.size() <= kMostBoxes) return boxes;
    std::stable_sort(boxes.begin(), boxes.end(),
                     [](const Box& a, const Box& b) { return a.rate > b.rate; });
    Box others{fmt::format("{} other {}", boxes.size() - kMostBoxes + 1, rest), {}, 0};
    for (std::size_t i = kMostBoxes - 1; i < boxes.size(); ++i) {
      others.members.insert(others.members.end(), boxes[i].members.begin(), boxes[i].members.end());
      others.rate += boxes[i].rate;
    }
    boxes.resize(kMostBoxes - 1);
    boxes.push_back(std::move(others));
    return boxes;
  }

  Tone ToneOfHosts(const Box& box, const std::vector<std::string>& host_of) const {
    Tone tone = Tone::kPlain;
    for (const std::size_t member : box.members) {
      const auto host = hosts_.find(host_of[member]);
      if (host == hosts_.end() || !host->second->margin) continue;
      tone = std::max(tone, value::ToneOfUse(1 - *host->second->margin, result_.margin_goal));
    }
    return tone == Tone::kGood ? Tone::kPlain : tone;
  }

  void AddSources() {
    std::vector<Member> members;
    std::vector<const EniResult*> enis;
    std::vector<double> rates;
    std::vector<std::string> host_of;
    for (const EniResult& eni : result_.enis) {
      if (!mirrors_of_source_.contains(eni.id)) continue;
      members.push_back({eni.host, FrameOf(eni)});
      enis.push_back(&eni);
      rates.push_back(Bps(eni.mirror_out));
      host_of.push_back(eni.host);
    }
    for (const Box& box : Boxes(members, rates, "groups of sources")) {
      Load production_in;
      Load production_out;
      std::map<std::size_t, double> by_mirror;
      for (const std::size_t member : box.members) {
        const EniResult& eni = *enis[member];
        production_in.bandwidth += eni.offered_in.bandwidth - eni.copies_in.bandwidth;
        production_out.bandwidth += eni.offered_out.bandwidth;
        Share(mirrors_of_source_[eni.id], rates[member], by_mirror);
      }
      const std::size_t node = AddNode({.label = box.label,
                                        .details = {"in " + BitRateText(production_in.bandwidth),
                                                    "out " + BitRateText(production_out.bandwidth)},
                                        .column = kSources,
                                        .frame = CommonFrame(box, enis),
                                        .tone = ToneOfHosts(box, host_of)});
      for (const auto& [mirror, sent] : by_mirror) {
        const Way& way = ways_[mirror];
        // What was lost at the sources, in proportion to what came through.
        const double lost = way.wire > 0 ? sent / way.wire * way.lost : 0;
        AddBand(node, way.node, sent + lost, lost);
      }
    }
  }

  void AddReceivers() {
    std::vector<Member> members;
    std::vector<double> rates;
    std::vector<const ReceiverResult*> receivers;
    std::vector<const EniResult*> receiver_enis;
    for (const ReceiverResult& receiver : result_.receivers) {
      const EniResult* eni = EniOf(receiver.id);
      receiver_enis.push_back(eni);
      members.push_back({receiver.id, receiver.profile + (eni ? FrameOf(*eni) : "")});
      rates.push_back(Bps(receiver.in));
      receivers.push_back(&receiver);
    }
    for (const Box& box : Boxes(members, rates, "groups of receivers")) {
      Tone tone = Tone::kPlain;
      double digested = 0;
      std::map<std::size_t, double> by_mirror;
      for (const std::size_t member : box.members) {
        const ReceiverResult& receiver = *receivers[member];
        digested += Bps(receiver.digested);
        if (receiver.margin) {
          tone = std::max(tone, value::ToneOfUse(1 - *receiver.margin, result_.margin_goal));
        }
        Share(MirrorsTo(receiver.id), rates[member], by_mirror);
      }
      std::vector<std::string> details = {BitRateText(box.rate) + " arrived",
                                          BitRateText(digested) + " digested"};
      const std::string& software = receivers[box.members.front()]->profile;
      if (!software.empty()) details.insert(details.begin(), software);
      const std::size_t node = AddNode({.label = box.label,
                                        .details = std::move(details),
                                        .column = kReceivers,
                                        .frame = CommonFrame(box, receiver_enis),
                                        .tone = tone == Tone::kGood ? Tone::kPlain : tone});
      const double lost_share = box.rate > 0 ? std::max(0.0, 1 - digested / box.rate) : 0;
      for (const auto& [mirror, came] : by_mirror) {
        AddBand(ways_[mirror].node, node, came,
                LosesAnything(box, receivers) ? came * lost_share : 0);
      }
    }
  }

  void AddLostOnTheWay() {
    double lost = 0;
    for (const Way& way : ways_) lost += way.on_the_way;
    if (lost == 0) return;
    const std::size_t node = AddNode({.label = "lost on the way",
                                      .details = {BitRateText(lost)},
                                      .column = kReceivers,
                                      .tone = Tone::kBad});
    for (const Way& way : ways_) AddBand(way.node, node, way.on_the_way, way.on_the_way);
  }

  // Backends of a load balancer are no targets themselves: all mirrors may lead there.
  const std::vector<std::size_t>& MirrorsTo(const std::string& receiver) {
    const auto found = mirrors_of_receiver_.find(receiver);
    if (found != mirrors_of_receiver_.end()) return found->second;
    if (all_.empty()) {
      for (std::size_t i = 0; i < ways_.size(); ++i) all_.push_back(i);
    }
    return all_;
  }

  static bool LosesAnything(const Box& box, const std::vector<const ReceiverResult*>& receivers) {
    return std::any_of(box.members.begin(), box.members.end(), [&](std::size_t member) {
      return TotalFrames(receivers[member]->dropped) > 0;
    });
  }

  void AddBand(std::size_t from, std::size_t to, double rate, double lost) {
    if (rate <= 0) return;
    std::string text = BitRateText(rate);
    if (lost > 0) text += fmt::format(", {} of it lost", BitRateText(lost));
    diagram_.bands.push_back({from, to, rate, lost, std::move(text)});
  }

  struct Way {
    double wire = 0;        // bits/s that left the sources
    double lost = 0;        // as much again that did not
    double on_the_way = 0;  // of wire, what reached no receiver's ENI
    std::size_t node = 0;
  };

  const RunResult& result_;
  std::unordered_map<std::string, const HostResult*> hosts_;
  std::unordered_map<std::string, const EniResult*> enis_;
  std::vector<Way> ways_;  // by mirror
  std::unordered_map<std::string, std::vector<std::size_t>> mirrors_of_source_;
  std::unordered_map<std::string, std::vector<std::size_t>> mirrors_of_receiver_;
  std::vector<std::size_t> all_;
  Diagram diagram_;
};

}  // namespace

Diagram CopiesDiagram(const RunResult& result) { return CopiesPicture(result).Draw(); }

}  // namespace vpcmirror
