#include "tests/bench/ratios/acl_peer.h"

#include <arpa/inet.h>
#include <rte_acl.h>
#include <rte_eal.h>
#include <rte_vect.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace vpcmirror::ratios {
namespace {

// Network order; the library wants the first field to be of one byte and the
// others in words of four.
struct Key {
  std::uint8_t protocol = 0;
  std::array<std::uint8_t, 3> padding{};
  std::uint32_t source = 0;
  std::uint32_t destination = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
};
static_assert(sizeof(Key) == 16);

constexpr std::size_t kFields = 5;
RTE_ACL_RULE_DEF(Rule, kFields);

constexpr std::array<rte_acl_field_def, kFields> kFieldDefinitions = {{
    {RTE_ACL_FIELD_TYPE_BITMASK, 1, 0, 0, offsetof(Key, protocol)},
    {RTE_ACL_FIELD_TYPE_MASK, 4, 1, 1, offsetof(Key, source)},
    {RTE_ACL_FIELD_TYPE_MASK, 4, 2, 2, offsetof(Key, destination)},
    {RTE_ACL_FIELD_TYPE_RANGE, 2, 3, 3, offsetof(Key, source_port)},
    {RTE_ACL_FIELD_TYPE_RANGE, 2, 4, 3, offsetof(Key, destination_port)},
}};

using Algorithm = enum rte_acl_classify_alg;  // a function has the name too

constexpr std::array<std::pair<Algorithm, const char*>, 5> kAlgorithms = {{
    {RTE_ACL_CLASSIFY_SCALAR, "scalar"},
    {RTE_ACL_CLASSIFY_SSE, "sse"},
    {RTE_ACL_CLASSIFY_AVX2, "avx2"},
    {RTE_ACL_CLASSIFY_AVX512X16, "avx512x16"},
    {RTE_ACL_CLASSIFY_AVX512X32, "avx512x32"},
}};

Key KeyOf(const Tuple& tuple) {
  return {.protocol = tuple.protocol,
          .source = htonl(tuple.source),
          .destination = htonl(tuple.destination),
          .source_port = htons(tuple.source_port),
          .destination_port = htons(tuple.destination_port)};
}

// The rule at `index` of `count`; the largest priority wins, and 0 stands for no match.
Rule AclRuleOf(const TupleRule& rule, std::size_t index, std::size_t count) {
  Rule acl{};
  acl.data.category_mask = 1;
  acl.data.priority = static_cast<std::int32_t>(count - index);
  acl.data.userdata = static_cast<std::uint32_t>(index + 1);
  acl.field[0].value.u8 = rule.protocol.value_or(0);
  acl.field[0].mask_range.u8 = rule.protocol ? 0xff : 0;
  acl.field[1].value.u32 = rule.source;
  acl.field[1].mask_range.u32 = static_cast<std::uint32_t>(rule.source_length);
  acl.field[2].value.u32 = rule.destination;
  acl.field[2].mask_range.u32 = static_cast<std::uint32_t>(rule.destination_length);
  acl.field[3].value.u16 = rule.source_ports.first;
  acl.field[3].mask_range.u16 = rule.source_ports.last;
  acl.field[4].value.u16 = rule.destination_ports.first;
  acl.field[4].mask_range.u16 = rule.destination_ports.last;
  return acl;
}

rte_acl_ctx* BuildContext(const std::vector<TupleRule>& rules) {
  static int built = 0;
  const std::string name = "ratios" + std::to_string(built++);
  rte_acl_param settings{};
  settings.name = name.c_str();
  settings.socket_id = SOCKET_ID_ANY;
  settings.rule_size = RTE_ACL_RULE_SZ(kFields);
  settings.max_rule_num = static_cast<std::uint32_t>(rules.size());
  rte_acl_ctx* context = rte_acl_create(&settings);
  if (context == nullptr) throw std::runtime_error("rte_acl_create failed");
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const Rule rule = AclRuleOf(rules[i], i, rules.size());
    if (rte_acl_add_rules(context, reinterpret_cast<const rte_acl_rule*>(&rule), 1) != 0) {
      throw std::runtime_error("rte_acl_add_rules failed");
    }
  }
  rte_acl_config config{};
  config.num_categories = 1;
  config.num_fields = kFields;
  std::copy(kFieldDefinitions.begin(), kFieldDefinitions.end(), config.defs);
  if (rte_acl_build(context, &config) != 0) throw std::runtime_error("rte_acl_build failed");
  return context;
}

}  // namespace

void StartDpdk() {
  // Memory in MiB: what 10,000 rules take while they are built.
  std::array<const char*, 9> arguments = {
      "ratios",      "--no-huge",      "--no-pci",
      "--no-shconf", "--no-telemetry", "-m",
      "3000",        "--log-level=3",  "--force-max-simd-bitwidth=512"};
  if (rte_eal_init(static_cast<int>(arguments.size()), const_cast<char**>(arguments.data())) < 0) {
    throw std::runtime_error("DPDK's environment does not start");
  }
}

struct AclPeer::Context {
  rte_acl_ctx* acl = nullptr;
  std::vector<Key> keys;
  std::vector<const std::uint8_t*> at;  // of each key
  std::vector<std::uint32_t> found;     // index + 1
  std::vector<Algorithm> algorithms;
  std::vector<std::string> paths;
};

AclPeer::AclPeer(const std::vector<TupleRule>& rules, const std::vector<Tuple>& tuples)
    : context_(std::make_unique<Context>()) {
  context_->acl = BuildContext(rules);
  context_->keys.reserve(tuples.size());
  for (const Tuple& tuple : tuples) context_->keys.push_back(KeyOf(tuple));
  for (const Key& key : context_->keys) context_->at.push_back(&key.protocol);
  context_->found.resize(tuples.size());
  for (const auto& [algorithm, name] : kAlgorithms) {
    const auto burst = static_cast<std::uint32_t>(std::min(kBurst, tuples.size()));
    if (rte_acl_classify_alg(context_->acl, context_->at.data(), context_->found.data(), burst, 1,
                             algorithm) != 0) {
      continue;  // not on this machine
    }
    context_->algorithms.push_back(algorithm);
    context_->paths.emplace_back(name);
  }
}

AclPeer::~AclPeer() { rte_acl_free(context_->acl); }

const std::vector<std::string>& AclPeer::paths() const { return context_->paths; }

void AclPeer::Classify(std::size_t path) {
  Context& context = *context_;
  for (std::size_t first = 0; first < context.at.size(); first += kBurst) {
    const std::size_t burst = std::min(kBurst, context.at.size() - first);
    rte_acl_classify_alg(context.acl, &context.at[first], &context.found[first],
                         static_cast<std::uint32_t>(burst), 1, context.algorithms[path]);
  }
}

std::uint32_t AclPeer::found(std::size_t tuple) const {
  const std::uint32_t found = context_->found[tuple];
  return found == 0 ? kNoCondition : found - 1;
}

}  // namespace vpcmirror::ratios
