// Every key of a scenario, as its JSON Schema tells it.
#pragma once

#include <string>
#include <string_view>

namespace vpcmirror::sim {

// A page of Markdown: a section an object, a row a key. `schema` is the text of
// scenario.schema.json, whose order the page keeps. Throws std::invalid_argument where it is
// no JSON.
std::string ScenarioReference(std::string_view schema);

}  // namespace vpcmirror::sim
