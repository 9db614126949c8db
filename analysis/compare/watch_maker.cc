#include "analysis/compare/watch_maker.h"

#include "analysis/compare/copy_form.h"
#include "models/scenario/taps.h"

namespace vpcmirror {

BothWatches WatchMaker::WatchesOf(const Places& places) const {
  return {WatchOf(0, places), WatchOf(1, places)};
}

MirrorWatch WatchMaker::WatchOf(std::size_t side, const Places& places) const {
  const ValidScenario& scenario = *scenarios_[side];
  // Where it is not, the rules are those of where it is: nothing else differs.
  const std::size_t of_rules = places[side] ? side : 1 - side;
  MirrorWatch watch{.scenario = &scenario,
                    .rules = TapRulesOf(*scenarios_[of_rules], *places[of_rules])};
  if (places[side]) {
    const std::size_t eni = *places[side];
    watch.eni = eni;
    watch.tap.emplace(MakeTap(scenario, eni, mirrors_[side][eni]));
    watch.addresses = scenario.deployment->enis[eni].addresses;
  }
  return watch;
}

void WatchMaker::LookAt(Direction direction, MirrorWatch& watch,
                        const std::vector<std::size_t>& mirrors) {
  const Deployment& deployment = *watch.scenario->deployment;
  const Bytes mtu = deployment.enis[*watch.eni].mtu;
  watch.sessions.clear();
  for (std::size_t i = 0; i < watch.tap->size(); ++i) {
    const Mirror& core = watch.tap->session(i);
    const MirrorSettings& settings = core.settings();
    const bool copies =
        settings.state == MirrorState::kRunning && Contains(settings.directions, direction);
    if (!copies) continue;
    WatchedSession session{.mirror = mirrors[watch.tap->given_position(i)], .core = &core};
    if (const auto gateway = settings.filter.nat_gateway()) {
      session.nat_gateway = deployment.nat_gateways[*gateway].id;
    }
    session.leaves_some =
        settings.sampling.keep != settings.sampling.of || !session.nat_gateway.empty();
    session.effect = EffectOf(session, mtu, direction);
    const auto [place, is_new] = filter_numbers_.try_emplace(&core);
    if (is_new) place->second = filters_.NumberOf(settings.filter);
    session.filter = place->second;
    watch.sessions.push_back(std::move(session));
  }
}

SessionEffect WatchMaker::EffectOf(const WatchedSession& session, Bytes mtu, Direction direction) {
  const auto [place, is_new] =
      effects_.try_emplace({session.core, mtu.count(), direction}, SessionEffect{});
  if (is_new) {
    const Mirror& core = *session.core;
    const std::string head = TextOf(HeadTraits(core, mtu, direction));
    place->second = {.receivers = NumberOf("to " + TextOf(ReceiverTraits(core))),
                     .form = NumberOf("as " + head + TextOf(RoomTraits(core, mtu))),
                     .head = NumberOf("with " + head),
                     .share = NumberOf("of " + TextOf(ShareTraits(core, session.nat_gateway)))};
  }
  return place->second;
}

}  // namespace vpcmirror
