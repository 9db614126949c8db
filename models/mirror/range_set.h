// Sets of whole numbers as sorted ranges.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace vpcmirror {

// Both ends are inside. first <= last.
template <class T>
struct Range {
  T first{};
  T last{};

  friend bool operator==(const Range&, const Range&) = default;
};

// T: an unsigned integer.
template <class T>
class RangeSet {
 public:
  RangeSet() = default;  // empty
  explicit RangeSet(const Range<T>& only) : ranges_{only} {}

  // In ascending order, with room between any two.
  std::span<const Range<T>> ranges() const { return ranges_; }
  bool IsEmpty() const { return ranges_.empty(); }

  bool Contains(T value) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range<T>& range) {
      return range.first <= value && value <= range.last;
    });
  }

  bool Meets(const RangeSet& other) const {
    auto a = ranges_.begin();
    auto b = other.ranges_.begin();
    while (a != ranges_.end() && b != other.ranges_.end()) {
      if (a->first <= b->last && b->first <= a->last) return true;
      a->last < b->last ? ++a : ++b;
    }
    return false;
  }

  bool Covers(const RangeSet& other) const {
    auto a = ranges_.begin();
    for (const Range<T>& b : other.ranges_) {
      while (a != ranges_.end() && a->last < b.first) ++a;
      if (a == ranges_.end() || b.first < a->first || a->last < b.last) return false;
    }
    return true;
  }

  RangeSet CommonWith(const RangeSet& other) const {
    RangeSet common;
    auto a = ranges_.begin();
    auto b = other.ranges_.begin();
    while (a != ranges_.end() && b != other.ranges_.end()) {
      const Range<T> both{std::max(a->first, b->first), std::min(a->last, b->last)};
      if (both.first <= both.last) common.ranges_.push_back(both);
      a->last < b->last ? ++a : ++b;
    }
    return common;
  }

  RangeSet Without(const RangeSet& other) const {
    RangeSet left;
    auto b = other.ranges_.begin();
    for (Range<T> a : ranges_) {
      while (b != other.ranges_.end() && b->last < a.first) ++b;
      bool some_is_left = true;
      for (auto cut = b; cut != other.ranges_.end() && cut->first <= a.last; ++cut) {
        if (a.first < cut->first) left.ranges_.push_back({a.first, static_cast<T>(cut->first - 1)});
        some_is_left = cut->last < a.last;
        if (!some_is_left) break;
        a.first = static_cast<T>(cut->last + 1);
      }
      if (some_is_left) left.ranges_.push_back(a);
    }
    return left;
  }

  RangeSet With(const RangeSet& other) const {
    std::vector<Range<T>> all = ranges_;
    all.insert(all.end(), other.ranges_.begin(), other.ranges_.end());
    std::sort(all.begin(), all.end(),
              [](const Range<T>& a, const Range<T>& b) { return a.first < b.first; });
    RangeSet both;
    for (const Range<T>& range : all) {
      const bool touches = !both.IsEmpty() && (range.first <= both.ranges_.back().last ||
                                               range.first - 1 == both.ranges_.back().last);
      if (touches) {
        both.ranges_.back().last = std::max(both.ranges_.back().last, range.last);
      } else {
        both.ranges_.push_back(range);
      }
    }
    return both;
  }

  friend bool operator==(const RangeSet&, const RangeSet&) = default;
  // Some order, the same on every machine.
  friend bool operator<(const RangeSet& a, const RangeSet& b) {
    return std::lexicographical_compare(a.ranges_.begin(), a.ranges_.end(), b.ranges_.begin(),
                                        b.ranges_.end(), [](const Range<T>& x, const Range<T>& y) {
                                          return x.first != y.first ? x.first < y.first
                                                                    : x.last < y.last;
                                        });
  }

 private:
  std::vector<Range<T>> ranges_;
};

}  // namespace vpcmirror
