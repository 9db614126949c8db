#include "sim/input/prices_reader.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "sim/input/cursor.h"
#include "sim/input/json_document.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

// "0.015 USD/h". The schema holds it to that shape.
UnitPrice ReadUnitPrice(const Cursor& at) {
  constexpr std::size_t kCurrencyLetters = 3;
  const std::string text = TextOf(at, "price");
  UnitPrice price;
  const std::size_t space = std::min(text.find(' '), text.size());
  std::from_chars(text.data(), text.data() + space, price.amount);
  price.currency = text.substr(std::min(space + 1, text.size()), kCurrencyLetters);
  price.source = TextOf(at, "source");
  price.as_of = TextOf(at, "as_of");
  price.free_until = TextOf(at, "free_until");
  return price;
}

std::optional<UnitPrice> ReadOptionalPrice(const Cursor& root, std::string_view name) {
  const auto at = root.Get(name);
  return at ? std::optional(ReadUnitPrice(*at)) : std::nullopt;
}

std::map<std::string, UnitPrice> ReadPricesBy(const Cursor& root, std::string_view name) {
  std::map<std::string, UnitPrice> prices;
  const auto at = root.Get(name);
  if (!at) return prices;
  for (const auto& [key, member] : at->Members()) prices.emplace(key, ReadUnitPrice(member));
  return prices;
}

ScenarioError MisnamedFile(const fs::path& file, const std::string& name) {
  ScenarioError error;
  error.file = file.string();
  error.path = "/name";
  error.message = "the prices are called \"" + name + "\"";
  error.accepted = "the name of their file, \"" + file.stem().string() + "\"";
  return error;
}

std::vector<fs::path> PriceFiles(const std::string& data_folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(data_folder) / "prices", error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

PriceList ReadPriceList(std::string_view text, const std::string& file, const Schema& schema) {
  const JsonDocument document = ParseJson(text, file);
  std::vector<Complaint> complaints = schema.Check(document.root);
  if (!complaints.empty()) throw ScenarioException(Locate(complaints, document));
  const Cursor root(document.root, document.place, complaints);
  PriceList list;
  list.name = TextOf(root, "name");
  list.title = TextOf(root, "title");
  list.session_hour = ReadOptionalPrice(root, "session");
  list.copied_gb = ReadOptionalPrice(root, "copied");
  list.cross_zone_gb = ReadOptionalPrice(root, "cross_zone");
  list.load_balancer_hour = ReadPricesBy(root, "load_balancers");
  list.instance_hour = ReadPricesBy(root, "instances");
  return list;
}

PriceLists LoadPrices(const std::string& data_folder) {
  PriceLists lists;
  const std::vector<fs::path> files = PriceFiles(data_folder);
  if (files.empty()) return lists;
  const auto schema =
      Schema::Load((fs::path(data_folder) / "schema" / "prices.schema.json").string());
  std::vector<ScenarioError> errors;
  for (const fs::path& file : files) {
    try {
      PriceList list = ReadPriceList(ReadTextFile(file.string()), file.string(), *schema);
      if (list.name != file.stem()) errors.push_back(MisnamedFile(file, list.name));
      std::string name = list.name;
      lists.emplace(std::move(name), std::move(list));
    } catch (const ScenarioException& e) {
      errors.insert(errors.end(), e.errors().begin(), e.errors().end());
    }
  }
  if (!errors.empty()) throw ScenarioException(std::move(errors));
  return lists;
}

}  // namespace vpcmirror::sim
