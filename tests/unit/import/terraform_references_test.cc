// What unknown attributes of a plan refer to. Plans are written out small, in the shape that
// HashiCorp's page "JSON Output Format" documents.
#include "sim/import/terraform_references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/import/terraform_plan.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Instances a[0], a[1], b["x"], b["y"], c in the root, and in module.m (["k"] and ["l"]) one
// called d each; their IDs are known after apply.
constexpr char kThings[] = R"(
 "planned_values": {"root_module": {
  "resources": [
   {"address": "t.a[0]", "mode": "managed", "type": "t", "name": "a", "index": 0, "values": {}},
   {"address": "t.a[1]", "mode": "managed", "type": "t", "name": "a", "index": 1, "values": {}},
   {"address": "t.b[\"x\"]", "mode": "managed", "type": "t", "name": "b", "index": "x",
    "values": {}},
   {"address": "t.b[\"y\"]", "mode": "managed", "type": "t", "name": "b", "index": "y",
    "values": {}},
   {"address": "t.c", "mode": "managed", "type": "t", "name": "c", "values": {}},
   {"address": "user.u[\"y\"]", "mode": "managed", "type": "user", "name": "u", "index": "y",
    "values": {}},
   {"address": "user.n[1]", "mode": "managed", "type": "user", "name": "n", "index": 1,
    "values": {}}],
  "child_modules": [
   {"address": "module.m[\"k\"]", "resources": [
    {"address": "module.m[\"k\"].t.d", "mode": "managed", "type": "t", "name": "d",
     "values": {}}]},
   {"address": "module.m[\"l\"]", "resources": [
    {"address": "module.m[\"l\"].t.d", "mode": "managed", "type": "t", "name": "d", "values": {}},
    {"address": "module.m[\"l\"].user.v", "mode": "managed", "type": "user", "name": "v",
     "values": {}}]}]}},)";

struct ReferenceCase {
  const char* name;
  std::string user;        // whose attribute it is: u, n, or v inside the module
  std::string references;  // of the attribute, as JSON
  std::vector<std::string> targets;
  std::vector<std::string> lost;
};

void PrintTo(const ReferenceCase& c, std::ostream* os) { *os << c.name; }

std::string PlanText(const ReferenceCase& c) {
  const auto user = [&](const char* name) {
    const bool is_it = c.user == name;
    return std::string(R"({"mode": "managed", "type": "user", "name": ")") + name +
           R"(", "for_each_expression": {"references": ["t.b"]}, "expressions": {)" +
           (is_it ? R"("to": {"references": )" + c.references + "}" : "") + "}}";
  };
  return R"({"format_version": "1.2",)" + std::string(kThings) +
         R"("configuration": {"root_module": {"resources": [)" + user("u") + "," + user("n") +
         R"(], "module_calls": {"m": {"expressions": {"in": {"references": ["t.a[1].id", "t.a[1]",
         "t.a"]}, "loop": {"references": ["module.m"]}}, "for_each_expression": {}, "module": {
         "outputs": {"out": {"expression": {"references": ["t.d.id", "t.d"]}},
                     "again": {"expression": {"references": ["var.round"]}}},
         "resources": [)" +
         user("v") + R"(], "variables": {"in": {}, "round": {}}}}}}}})";
}

class TerraformReferencesTest : public testing::TestWithParam<ReferenceCase> {};

TEST_P(TerraformReferencesTest, AreFollowed) {
  const ReferenceCase& c = GetParam();
  const auto document = Document::Parse(PlanText(c), "plan.json");
  const TerraformPlan plan(document->root());
  for (const auto& each : plan.resources()) {
    if (each->type != "user" || each->name != c.user) continue;
    const TerraformReferences found = FollowReferences(plan, TerraformBlock(*each), "to");
    std::vector<std::string> targets;
    for (const TerraformTarget& target : found.targets) {
      targets.push_back(target.resource->address +
                        (target.attribute.empty() ? "" : " " + target.attribute));
    }
    EXPECT_EQ(targets, c.targets);
    EXPECT_EQ(found.lost, c.lost);
    return;
  }
  FAIL() << "no " << c.user;
}

const ReferenceCase kReferenceCases[] = {
    {"OneResource", "u", R"(["t.c.id", "t.c"])", {"t.c id"}, {}},
    {"AnIndexThatIsWritten", "u", R"(["t.a[1].id", "t.a[1]", "t.a"])", {"t.a[1] id"}, {}},
    {"CountIndex", "n", R"(["t.a", "count.index"])", {"t.a[1]"}, {}},
    {"EachKey", "u", R"(["t.b", "each.key"])", {"t.b[\"y\"]"}, {}},
    {"EachValueOfResources", "u", R"(["each.value.id", "each.value"])", {"t.b[\"y\"] id"}, {}},
    {"Splat", "u", R"(["t.a"])", {"t.a[0]", "t.a[1]"}, {}},
    {"EitherOfTwo",
     "u",
     R"(["t.c.id", "t.c", "t.a[0].id", "t.a[0]", "t.a", "var.which"])",
     {"t.c id", "t.a[0] id"},
     {}},
    {"OutputOfOneInstance",
     "u",
     R"(["module.m[\"k\"].out", "module.m[\"k\"]", "module.m"])",
     {"module.m[\"k\"].t.d id"},
     {}},
    {"OutputOfAllInstances",
     "u",
     R"(["module.m.out", "module.m"])",
     {"module.m[\"k\"].t.d id", "module.m[\"l\"].t.d id"},
     {}},
    {"VariableOfAModule", "v", R"(["var.in"])", {"t.a[1] id"}, {}},
    {"ALocalValue", "u", R"(["local.x"])", {}, {"local.x"}},
    {"AnOutputThatIsNotThere", "u", R"(["module.m.none", "module.m"])", {}, {"module.m.none"}},
    {"AResourceThatIsNotThere", "u", R"(["t.gone.id", "t.gone"])", {}, {"t.gone.id"}},
    {"NoAddress", "u", R"(["t.a[0", ""])", {}, {}},
};

INSTANTIATE_TEST_SUITE_P(Table, TerraformReferencesTest, testing::ValuesIn(kReferenceCases),
                         [](const auto& param) { return param.param.name; });

// A module's output that is its own variable, which is given that output: no plan has it, and
// a file may.
TEST(TerraformReferencesTest, EndsInACircle) {
  const auto document = Document::Parse(R"({"format_version": "1.2",
    "planned_values": {"root_module": {
      "resources": [{"address": "user.u", "mode": "managed", "type": "user", "name": "u",
                     "values": {}}],
      "child_modules": [{"address": "module.m", "resources": []}]}},
    "configuration": {"root_module": {
      "resources": [{"mode": "managed", "type": "user", "name": "u",
                     "expressions": {"to": {"references": ["module.m.out", "module.m.out"]}}}],
      "module_calls": {"m": {
        "expressions": {"in": {"references": ["module.m.out", "module.m"]},
                        "twin": {"references": ["module.m.out", "module.m"]}},
        "module": {"outputs": {"out": {"expression": {
          "references": ["var.in", "var.twin"]}}}}}}}}})",
                                        "plan.json");
  const TerraformPlan plan(document->root());
  const TerraformReferences found =
      FollowReferences(plan, TerraformBlock(*plan.resources().front()), "to");
  EXPECT_THAT(found.targets, IsEmpty());
  EXPECT_FALSE(found.lost.empty());
}

TEST(TerraformStepsTest, ReadKeysWithDotsAndBrackets) {
  const std::vector<TerraformStep> steps = TerraformSteps(R"(module.a["x.y]\"z"].t.n[3].id)");
  ASSERT_EQ(steps.size(), 5u);
  EXPECT_EQ(steps[1].name, "a");
  EXPECT_EQ(steps[1].key, "x.y]\"z");
  EXPECT_EQ(steps[3].key, "3");
  EXPECT_EQ(steps[4].name, "id");
}

TEST(TerraformBlockTest, TellsKnownFromUnknownAndSensitive) {
  const auto document = Document::Parse(R"({"format_version": "1.2",
    "planned_values": {"root_module": {"resources": [
      {"address": "t.a", "mode": "managed", "type": "t", "name": "a",
       "values": {"plain": "10.0.0.1", "secret": "swordfish", "copy": "swordfish",
                  "list": ["swordfish"], "block": [{"inner": "x"}, {"inner": "y"}], "null": null},
       "sensitive_values": {"block": [{}, {"inner": true}]}}]}},
    "resource_changes": [{"address": "t.a", "change": {"actions": ["create"], "before": null,
      "after": {"secret": "swordfish"},
      "after_unknown": {"id": true, "some": [false, true]},
      "after_sensitive": {"secret": true, "block": [{}, {"inner": true}]}}}]})",
                                        "plan.json");
  const TerraformPlan plan(document->root());
  const TerraformBlock block(*plan.resources().front());
  using State = TerraformBlock::State;
  EXPECT_EQ(block.StateOf("plain"), State::kKnown);
  EXPECT_EQ(block.StateOf("secret"), State::kSensitive);
  EXPECT_EQ(block.StateOf("copy"), State::kSensitive);  // the same text, not marked
  EXPECT_EQ(block.StateOf("list"), State::kSensitive);
  EXPECT_EQ(block.StateOf("id"), State::kUnknown);
  EXPECT_EQ(block.StateOf("some"), State::kUnknown);
  EXPECT_EQ(block.StateOf("null"), State::kAbsent);
  EXPECT_EQ(block.StateOf("nothing"), State::kAbsent);
  const auto inner = block.Blocks("block");
  ASSERT_EQ(inner.size(), 2u);
  EXPECT_EQ(inner[0].Text("inner")->value, "x");
  EXPECT_FALSE(inner[1].Text("inner").has_value());
  EXPECT_EQ(inner[1].StateOf("inner"), State::kSensitive);
}

}  // namespace
}  // namespace vpcmirror::sim
