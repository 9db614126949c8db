// SimGrid shares links max-min fairly where its models' factors are 1. It has no call for one
// sharing: flows far too large to end are posted through mailboxes, which are what minds the rate
// that a flow is limited to, and a second of simulated time passes, at whose beginning it shares.
#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tests/bench/max_min/star.h"

#ifdef VPCMIRROR_HAS_SIMGRID

#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

namespace vpcmirror::ratios {
namespace {

namespace s4u = simgrid::s4u;

constexpr double kPayloadBytes = 1e13;
constexpr double kWindowSeconds = 1;
constexpr double kBits = 8;

double CpuNs() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

void Configure() {
  for (const char* each :
       {"network/model:CM02", "network/optim:Lazy", "network/maxmin-selective-update:yes",
        "network/crosstraffic:0", "network/bandwidth-factor:1", "network/latency-factor:1",
        "network/weight-S:0"}) {
    s4u::Engine::set_config(each);
  }
}

std::vector<s4u::Host*> BuildStar(const Star& star) {
  constexpr double kAnySpeed = 1e9;
  auto* zone = s4u::create_star_zone("star");
  std::vector<s4u::Host*> hosts;
  for (std::size_t i = 0; i < star.link_bps.size(); ++i) {
    const std::string name = std::to_string(i);
    const auto link = [&](const char* way) {
      return zone->create_link(way + name, star.link_bps[i] / kBits)->set_latency(0)->seal();
    };
    auto* host = zone->create_host("host" + name, kAnySpeed)->seal();
    const auto point = host->get_netpoint();
    zone->add_route(point, nullptr, nullptr, nullptr, {s4u::LinkInRoute(link("up"))}, false);
    zone->add_route(nullptr, point, nullptr, nullptr, {s4u::LinkInRoute(link("down"))}, false);
    hosts.push_back(host);
  }
  zone->seal();
  return hosts;
}

class Experiment {
 public:
  Experiment(const Star& star, std::FILE* answer)
      : star_(star),
        answer_(answer),
        hosts_(BuildStar(star)),
        flows_by_source_(hosts_.size()),
        flows_by_target_(hosts_.size()),
        sent_(star.flows.size()),
        received_(star.flows.size()),
        inbox_(star.flows.size()) {
    for (std::size_t i = 0; i < star.flows.size(); ++i) {
      flows_by_source_[star.flows[i].source].push_back(i);
      flows_by_target_[star.flows[i].target].push_back(i);
    }
  }

  // Ends this process.
  void Run() {
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      s4u::Actor::create("post" + std::to_string(i), hosts_[i], [this, i] { Post(i); });
    }
    s4u::Actor::create("measure", hosts_.front(), [this] { Measure(); });
    s4u::Engine::get_instance()->run();
  }

 private:
  static s4u::Mailbox* MailboxOf(std::size_t flow) {
    return s4u::Mailbox::by_name(std::to_string(flow));
  }

  void Post(std::size_t host) {
    for (const std::size_t flow : flows_by_source_[host]) {
      sent_[flow] = MailboxOf(flow)->put_init(&payload_, kPayloadBytes);
      sent_[flow]->set_rate(star_.flows[flow].demand_bps / kBits)->start();
    }
    for (const std::size_t flow : flows_by_target_[host]) {
      received_[flow] = MailboxOf(flow)->get_async<int>(&inbox_[flow]);
    }
    posted_ns_ = CpuNs();  // of the last one that comes here
    s4u::this_actor::sleep_for(10 * kWindowSeconds);
  }

  void Measure() {
    s4u::this_actor::sleep_for(kWindowSeconds);
    const double solve_ns = CpuNs() - posted_ns_;
    std::vector<double> figures = {solve_ns, 0};
    for (const auto& each : sent_) {
      figures.push_back((kPayloadBytes - each->get_remaining()) * kBits / kWindowSeconds);
    }
    const double start_ns = CpuNs();
    const auto one_more = s4u::Comm::sendto_async(hosts_[0], hosts_[1], kPayloadBytes);
    s4u::this_actor::sleep_for(kWindowSeconds);
    figures[1] = CpuNs() - start_ns;
    const bool is_told =
        std::fwrite(figures.data(), sizeof(double), figures.size(), answer_) == figures.size() &&
        std::fflush(answer_) == 0;
    _exit(is_told ? EXIT_SUCCESS : EXIT_FAILURE);  // the flows need not end
  }

  const Star& star_;
  std::FILE* answer_;
  std::vector<s4u::Host*> hosts_;
  std::vector<std::vector<std::size_t>> flows_by_source_;
  std::vector<std::vector<std::size_t>> flows_by_target_;
  std::vector<s4u::CommPtr> sent_;
  std::vector<s4u::CommPtr> received_;
  std::vector<int*> inbox_;
  int payload_ = 0;
  double posted_ns_ = 0;
};

[[noreturn]] void RunExperiment(const Star& star, std::FILE* answer) {
  std::string name = "bench_max_min";
  std::string quiet = "--log=root.thresh:error";
  char* argv[] = {name.data(), quiet.data(), nullptr};
  int argc = 2;
  const s4u::Engine engine(&argc, argv);
  Configure();
  Experiment(star, answer).Run();
  _exit(EXIT_FAILURE);
}

}  // namespace

SimGridMeasured SolveWithSimGrid(const Star& star) {
  std::FILE* answer = std::tmpfile();
  if (answer == nullptr) throw std::runtime_error("no temporary file for SimGrid's answer");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process for SimGrid");
  if (child == 0) RunExperiment(star, answer);
  int status = 0;
  waitpid(child, &status, 0);
  std::rewind(answer);
  std::vector<double> figures(star.flows.size() + 2);
  const std::size_t read = std::fread(figures.data(), sizeof(double), figures.size(), answer);
  std::fclose(answer);
  if (status != 0 || read != figures.size()) throw std::runtime_error("SimGrid did not finish");
  return {.rates_bps = {figures.begin() + 2, figures.end()},
          .solve_ns = figures[0],
          .one_more_ns = figures[1]};
}

}  // namespace vpcmirror::ratios

#else

namespace vpcmirror::ratios {

SimGridMeasured SolveWithSimGrid(const Star&) { return {}; }

}  // namespace vpcmirror::ratios

#endif
