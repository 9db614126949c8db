// The schemas themselves: they are the one place for shapes and patterns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "sim/input/json_document.h"
#include "sim/input/quantity.h"
#include "sim/input/schema_check.h"
#include "tests/unit/input/shipped.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;
using testing::IsEmpty;

const std::string kSchemaFolder = kDataFolder + "/schema/";

Json ScenarioSchema() { return ReadJsonFile(kSchemaFolder + "scenario.schema.json").root; }

// Calls `see` with every subschema and its path.
template <class See>
void ForEachSchema(const Json& schema, const std::string& path, See see) {
  see(schema, path);
  for (const char* keyed : {"properties", "patternProperties", "definitions"}) {
    if (!schema.contains(keyed)) continue;
    for (const auto& [name, inside] : schema[keyed].items()) {
      ForEachSchema(inside, path + "/" + keyed + "/" + name, see);
    }
  }
  for (const char* single : {"items", "propertyNames"}) {
    if (schema.contains(single)) ForEachSchema(schema[single], path + "/" + single, see);
  }
}

bool MayBeString(const Json& schema) {
  if (!schema.contains("type")) return false;
  const Json& type = schema["type"];
  return type == "string" ||
         (type.is_array() && std::find(type.begin(), type.end(), "string") != type.end());
}

TEST(ScenarioSchemaTest, HoldsEveryStringToAPatternOrAnEnum) {
  // Names and descriptions that people write for people.
  const std::set<std::string> free = {
      "/properties/$schema", "/properties/description",
      "/definitions/tencentMirror/properties/TrafficMirrorName",
      "/definitions/tencentMirror/properties/TrafficMirrorDescribe"};
  std::vector<std::string> loose;
  int strings = 0;
  ForEachSchema(ScenarioSchema(), "", [&](const Json& schema, const std::string& path) {
    if (!MayBeString(schema)) return;
    ++strings;
    if (!schema.contains("pattern") && !schema.contains("enum") && free.count(path) == 0) {
      loose.push_back(path);
    }
  });
  EXPECT_THAT(loose, IsEmpty());
  EXPECT_GT(strings, 30);
}

TEST(ScenarioSchemaTest, SaysWhatEveryPlaceIs) {
  std::vector<std::string> empty;
  ForEachSchema(ScenarioSchema(), "", [&](const Json& schema, const std::string& path) {
    if (!schema.contains("type") && !schema.contains("$ref") && !schema.contains("not"))
      empty.push_back(path);
  });
  EXPECT_THAT(empty, IsEmpty());
}

TEST(ScenarioSchemaTest, IsClosed) {
  std::vector<std::string> open;
  ForEachSchema(ScenarioSchema(), "", [&](const Json& schema, const std::string& path) {
    const bool is_object = schema.contains("properties") || schema.contains("patternProperties");
    if (is_object && schema.value("additionalProperties", true)) open.push_back(path);
  });
  EXPECT_THAT(open, IsEmpty());
}

// std::regex recurses once for each character of a repetition, so one without a
// bound would let a long string end the program.
TEST(ScenarioSchemaTest, BoundsEveryRepetition) {
  std::vector<std::string> unbounded;
  const auto check = [&](const std::string& pattern) {
    const std::string bare = std::regex_replace(pattern, std::regex(R"(\\.|\[[^\]]*\])"), "x");
    if (bare.find_first_of("*+") != std::string::npos) unbounded.push_back(pattern);
    EXPECT_EQ(pattern.front(), '^') << pattern;
    EXPECT_EQ(pattern.back(), '$') << pattern;
  };
  ForEachSchema(ScenarioSchema(), "", [&](const Json& schema, const std::string&) {
    if (schema.contains("pattern")) check(schema["pattern"]);
    if (!schema.contains("patternProperties")) return;
    for (const auto& [pattern, inside] : schema["patternProperties"].items()) check(pattern);
  });
  EXPECT_THAT(unbounded, IsEmpty());
}

// SchemaWords would be silent about any other keyword.
TEST(ScenarioSchemaTest, UsesOnlyKeywordsThatHaveWords) {
  const std::set<std::string> known = {"$schema",
                                       "$ref",
                                       "anyOf",
                                       "title",
                                       "description",
                                       "default",
                                       "examples",
                                       "definitions",
                                       "type",
                                       "enum",
                                       "pattern",
                                       "minimum",
                                       "maximum",
                                       "exclusiveMinimum",
                                       "minItems",
                                       "maxItems",
                                       "maxLength",
                                       "minProperties",
                                       "maxProperties",
                                       "properties",
                                       "patternProperties",
                                       "propertyNames",
                                       "additionalProperties",
                                       "required",
                                       "items",
                                       "not",
                                       "notSimulated"};
  for (const char* file :
       {"scenario.schema.json", "profile.schema.json", "costs.schema.json", "prices.schema.json"}) {
    ForEachSchema(ReadJsonFile(kSchemaFolder + file).root, "",
                  [&](const Json& schema, const std::string& path) {
                    for (const auto& [keyword, unused] : schema.items()) {
                      EXPECT_EQ(known.count(keyword), 1u) << file << path << " " << keyword;
                    }
                  });
  }
}

TEST(ScenarioSchemaTest, HoldsIdsToTheirAlphabet) {
  const std::regex id(ScenarioSchema()["definitions"]["id"]["pattern"].get<std::string>());
  EXPECT_TRUE(std::regex_search("vpc-7a.b_c:d/E9", id));
  EXPECT_TRUE(std::regex_search(std::string(64, 'a'), id));
  EXPECT_FALSE(std::regex_search(std::string(65, 'a'), id));
  for (const char* bad : {"", "a b", "a\n", "a\"b", "w\xc3\xa4hl", "a*"}) {
    EXPECT_FALSE(std::regex_search(bad, id)) << bad;
  }
}

// What the pattern lets through must be what the reader of quantities reads, or
// one of the two would refuse what the other calls right.
TEST(ScenarioSchemaTest, AgreesWithTheReaderOfQuantities) {
  const Json definitions = ScenarioSchema()["definitions"];
  const auto agrees = [&](const char* definition, auto parse) {
    const std::regex pattern(definitions[definition]["pattern"].get<std::string>());
    for (const char* number : {"1", "10", "2000"}) {
      for (const char* space : {"", " "}) {
        for (const char* unit :
             {"bps", "kbps", "Mbps", "Gbps", "Tbps", "pps", "kpps", "Mpps", "Gpps",
              "ps",  "ns",   "us",   "ms",   "s",    "min", "h",    "d",    "B",
              "KiB", "MiB",  "GiB",  "TiB",  "kB",   "MB",  "GB",   "TB",   "frames",
              "/s",  "k/s",  "M/s",  "%",    "",     "kiB", "gbps", "Kbps", "sec"}) {
          const std::string text = std::string(number) + space + unit;
          const Fault fault = parse(text).fault;
          if (fault.message.find("too large") != std::string::npos) continue;
          EXPECT_EQ(std::regex_search(text, pattern), fault.message.empty())
              << definition << " " << text;
        }
      }
    }
  };
  agrees("bandwidth", &ParseBandwidth);
  agrees("packetRate", &ParsePacketRate);
  agrees("duration", &ParseDuration);
  agrees("bytes", &ParseBytes);
  agrees("frames", &ParseFrames);
  agrees("perSecond", &ParsePerSecond);
}

TEST(ScenarioSchemaTest, GivesExamplesThatItAccepts) {
  ForEachSchema(ScenarioSchema(), "", [&](const Json& schema, const std::string& path) {
    if (!schema.contains("examples") || !schema.contains("pattern")) return;
    const std::regex pattern(schema["pattern"].get<std::string>());
    for (const Json& example : schema["examples"]) {
      if (example.is_string()) {
        EXPECT_TRUE(std::regex_search(example.get<std::string>(), pattern)) << path << example;
      }
    }
  });
}

// What an editor shows beside a key.
TEST(ScenarioSchemaTest, DescribesEveryKey) {
  std::vector<std::string> silent;
  int keys = 0;
  ForEachSchema(ScenarioSchema(), "", [&](const Json& schema, const std::string& path) {
    if (!schema.contains("properties")) return;
    for (const auto& [name, inside] : schema["properties"].items()) {
      ++keys;
      if (inside.value("description", "").empty()) silent.push_back(path + "/" + name);
    }
  });
  EXPECT_THAT(silent, IsEmpty());
  EXPECT_GT(keys, 500);
}

// Texts are by example or by a list of words what a pattern alone would leave to be guessed.
TEST(ScenarioSchemaTest, GivesAnExampleOfEveryTextOfAForm) {
  std::vector<std::string> without;
  const Json root = ScenarioSchema();
  ForEachSchema(root, "", [&](const Json& schema, const std::string& path) {
    const bool is_of_a_form = MayBeString(schema) && schema.contains("pattern");
    if (is_of_a_form && !schema.contains("examples")) without.push_back(path);
  });
  EXPECT_THAT(without, IsEmpty());
}

// Each default and example as the value of a property that has the schema they stand in, all
// of them in one document, which is held to all of those schemas at once.
TEST(ScenarioSchemaTest, AcceptsItsOwnDefaultsAndExamples) {
  const Json root = ScenarioSchema();
  Json schema = {{"type", "object"}, {"definitions", root["definitions"]}};
  Json document = Json::object();
  std::vector<std::string> places;
  ForEachSchema(root, "", [&](const Json& each, const std::string& path) {
    Json values = each.value("examples", Json::array());
    if (each.contains("default")) values.push_back(each["default"]);
    for (const Json& value : values) {
      const std::string name = "value" + std::to_string(places.size());
      schema["properties"][name] = each;
      document[name] = value;
      places.push_back(path + " " + value.dump());
    }
  });
  EXPECT_GT(places.size(), 120u);
  for (const Complaint& complaint : Schema(schema).Check(document)) {
    ADD_FAILURE() << places[std::stoul(complaint.path.substr(6))] << ": "
                  << complaint.fault.message;
  }
  // A wrong one would be told.
  document["value0"] = Json::array({"neither"});
  EXPECT_THAT(Schema(schema).Check(document), testing::Not(IsEmpty()));
}

TEST(ScenarioSchemaTest, IsDocumentedKeyByKey) {
  const std::string page = ReadTextFile(std::string(VPCMIRROR_SOURCE_DIR) + "/docs/scenario.md");
  std::vector<std::string> missing;
  ForEachSchema(ScenarioSchema(), "", [&](const Json& schema, const std::string& path) {
    if (!schema.contains("properties")) return;
    for (const auto& [name, unused] : schema["properties"].items()) {
      // As `name`, or behind a dot or in an example in the running text.
      if (page.find("`" + name + "`") == std::string::npos &&
          page.find("." + name + "`") == std::string::npos &&
          page.find("\"" + name + "\":") == std::string::npos) {
        missing.push_back(path + "/" + name);
      }
    }
  });
  EXPECT_THAT(missing, IsEmpty());
}

TEST(SchemaCheckTest, RefusesAFileThatIsNoSchema) {
  EXPECT_THROW(Schema::Load("/nonexistent/scenario.schema.json"), ScenarioException);
}

TEST(SchemaCheckTest, SaysNothingOfADocumentThatIsRight) {
  const auto schema = Schema::Load(kSchemaFolder + "scenario.schema.json");
  EXPECT_THAT(schema->Check(Json::parse(R"({"hosts": {"web": {}}})")), IsEmpty());
}

}  // namespace
}  // namespace vpcmirror::sim
