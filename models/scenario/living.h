// Internal to models/scenario: what actions of an API name, while they create and delete it.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/draft.h"
#include "models/scenario/nearest.h"

namespace vpcmirror {

// Things of one kind by their names. What was asked for and is not there, because it was
// deleted or because the API refused to create it, is for the API to answer; a name that
// nothing has had by then is an error of the draft.
template <class Thing>
class Living {
 public:
  struct Found {
    Thing* thing = nullptr;
    bool is_gone = false;  // for the API to answer; false without a thing: there is an error
  };

  // `kind` as in "a mirror". `later`: names of those that the timeline creates.
  Living(std::string kind, std::set<std::string> later)
      : kind_(std::move(kind)), later_(std::move(later)) {}

  // Of those that are there from the beginning.
  void Begin(const std::string& name, Thing thing) {
    if (!now_.emplace(name, std::move(thing)).second) twice_.insert(name);
  }
  // False, with an error, while something has this name. Else it is asked for.
  bool Claim(Draft& draft, const At<std::string>& name) {
    gone_.insert(name.value);
    if (now_.count(name.value) == 0) return true;
    draft.errors.Add(name.path, "a " + kind_ + " is called \"" + name.value + "\" already",
                     "a name of its own");
    return false;
  }
  // The API refused to create it.
  void NoteRefused(const std::string& name) { gone_.insert(name); }
  Thing& Add(const std::string& name, Thing thing) {
    return now_.insert_or_assign(name, std::move(thing)).first->second;
  }
  void Remove(const std::string& name) {
    gone_.insert(name);
    now_.erase(name);
  }
  Found Find(Draft& draft, const At<std::string>& name);

  std::map<std::string, Thing>& now() { return now_; }

 private:
  std::string kind_;
  std::map<std::string, Thing> now_;
  std::set<std::string> gone_;   // asked for by now
  std::set<std::string> later_;  // created at some time
  std::set<std::string> twice_;  // that several have
};

template <class Thing>
typename Living<Thing>::Found Living<Thing>::Find(Draft& draft, const At<std::string>& name) {
  const std::string& text = name.value;
  if (twice_.count(text) != 0) {
    draft.errors.Add(name.path, "more than one " + kind_ + " is called \"" + text + "\"",
                     "a name that one " + kind_ + " has");
    return {};
  }
  const auto known = now_.find(text);
  if (known != now_.end()) return {&known->second, false};
  if (gone_.count(text) != 0) return {nullptr, true};
  if (later_.count(text) != 0) {
    draft.errors.Add(name.path, kind_ + " \"" + text + "\" is created only later",
                     "actions in order: a " + kind_ + " is created first");
    return {};
  }
  std::set<std::string> names = later_;
  for (const auto& each : now_) names.insert(each.first);
  names.insert(gone_.begin(), gone_.end());
  draft.errors.Add(name.path, "no " + kind_ + " is ever called \"" + text + "\"",
                   AcceptedNames(text, {names.begin(), names.end()}));
  return {};
}

}  // namespace vpcmirror
