#include "models/units/quantity.h"

#include <gtest/gtest.h>

#include <concepts>

namespace vpcmirror {
namespace {

template <class A, class B>
concept Addable = requires(A a, B b) {
  a + b;
};

static_assert(Addable<Bytes, Bytes>);
static_assert(!Addable<Bytes, BitsPerSecond>, "a count cannot be added to a rate");
static_assert(!std::convertible_to<std::int64_t, Bytes>, "a bare number has no unit");

TEST(QuantityTest, ComputesLikeItsCount) {
  EXPECT_EQ(Bytes(7) + Bytes(5), Bytes(12));
  EXPECT_EQ(Bytes(7) - Bytes(9), Bytes(-2));
  EXPECT_EQ(Bytes(7) * 3, Bytes(21));
  EXPECT_EQ(Bytes(7) / 2, Bytes(3));
  EXPECT_LT(Bytes(7), Bytes(8));
  EXPECT_EQ(Bytes().count(), 0);
}

TEST(QuantityTest, AccumulatesInPlace) {
  Bytes total;
  total += Bytes(10);
  total -= Bytes(4);
  EXPECT_EQ(total, Bytes(6));
}

}  // namespace
}  // namespace vpcmirror
