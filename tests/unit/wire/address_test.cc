#include "models/wire/address.h"

#include <gtest/gtest.h>

#include <ostream>
#include <stdexcept>
#include <string>

#include "models/wire/byte_order.h"
#include "tests/support/addresses.h"

namespace vpcmirror {

void PrintTo(const IpAddress& address, std::ostream* out) { *out << ToString(address); }
void PrintTo(const IpPrefix& prefix, std::ostream* out) { *out << ToString(prefix); }

namespace {

IpAddress FromGroups(std::initializer_list<std::uint16_t> groups) {
  std::array<std::byte, 16> octets{};
  std::size_t at = 0;
  for (const std::uint16_t group : groups) {
    StoreBe16(&octets[at], group);
    at += 2;
  }
  return IpAddress::V6(octets);
}

TEST(IpAddressTest, ReadsDottedIpv4) {
  EXPECT_EQ(ParseIpAddress("10.0.1.254"), IpAddress::V4(0x0a0001fe));
  EXPECT_EQ(ParseIpAddress("0.0.0.0"), IpAddress());
  EXPECT_EQ(ParseIpAddress("255.255.255.255"), IpAddress::V4(0xffffffff));
}

// The examples of RFC 4291, 2.2.
TEST(IpAddressTest, ReadsEveryFormOfIpvSix) {
  const struct {
    const char* text;
    IpAddress want;
  } cases[] = {
      {"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789",
       FromGroups({0xabcd, 0xef01, 0x2345, 0x6789, 0xabcd, 0xef01, 0x2345, 0x6789})},
      {"2001:DB8:0:0:8:800:200C:417A", FromGroups({0x2001, 0xdb8, 0, 0, 8, 0x800, 0x200c, 0x417a})},
      {"2001:DB8::8:800:200C:417A", FromGroups({0x2001, 0xdb8, 0, 0, 8, 0x800, 0x200c, 0x417a})},
      {"FF01::101", FromGroups({0xff01, 0, 0, 0, 0, 0, 0, 0x101})},
      {"::1", FromGroups({0, 0, 0, 0, 0, 0, 0, 1})},
      {"::", FromGroups({})},
      {"0:0:0:0:0:0:13.1.68.3", FromGroups({0, 0, 0, 0, 0, 0, 0x0d01, 0x4403})},
      {"::13.1.68.3", FromGroups({0, 0, 0, 0, 0, 0, 0x0d01, 0x4403})},
      {"::FFFF:129.144.52.38", FromGroups({0, 0, 0, 0, 0, 0xffff, 0x8190, 0x3426})},
      {"2001:DB8:0:CD30::", FromGroups({0x2001, 0xdb8, 0, 0xcd30})},
      {"1:2:3::5:6:7:8", FromGroups({1, 2, 3, 0, 5, 6, 7, 8})},  // "::" is one or more groups
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(ParseIpAddress(text), want) << text;
}

TEST(IpAddressTest, RefusesWhatIsNoAddress) {
  for (const char* text : {"",
                           " ",
                           "10",
                           "10.0.0",
                           "10.0.0.",
                           "10.0.0.1.",
                           "10.0.0.1.2",
                           ".10.0.0.1",
                           "10..0.1",
                           "10.0.0.256",
                           "10.0.0.01",
                           "10.0.0.-1",
                           "10.0.0.+1",
                           "0x0a.0.0.1",
                           "10.0.0.1 ",
                           " 10.0.0.1",
                           "10.0.0.1000",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4::5:6:7:8",
                           "1::2::3",
                           ":::",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "1:",
                           ":1",
                           "12345::",
                           "g::",
                           "::1.2.3",
                           "::1.2.3.4:5",
                           "1.2.3.4::",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "fe80::1%eth0",
                           "[::1]",
                           "::-1",
                           "2001:db8::/32"}) {
    EXPECT_EQ(ParseIpAddress(text), std::nullopt) << '"' << text << '"';
  }
}

// The examples of RFC 5952, 4 and 5.
TEST(IpAddressTest, PrintsTheCanonicalForm) {
  const struct {
    const char* text;
    const char* want;
  } cases[] = {
      {"10.0.1.254", "10.0.1.254"},
      {"2001:0db8::0001", "2001:db8::1"},
      {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"2001:DB8::AAAA", "2001:db8::aaaa"},
      {"0:0:0:0:0:ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
      {"0:0:2:3:4:5:0:0", "::2:3:4:5:0:0"},
      {"1000:200:30:4:f:ff:fff:ffff", "1000:200:30:4:f:ff:fff:ffff"},
  };
  for (const auto& [text, want] : cases) EXPECT_EQ(ToString(Address(text)), want) << text;
}

// Each of the 256 patterns of zero and other groups.
TEST(IpAddressTest, PrintsWhatItReadsBack) {
  for (unsigned pattern = 0; pattern < 256; ++pattern) {
    std::array<std::byte, 16> octets{};
    for (std::size_t i = 0; i < 8; ++i) {
      if ((pattern >> i) & 1) StoreBe16(&octets[2 * i], static_cast<std::uint16_t>(0xfff >> i));
    }
    const IpAddress address = IpAddress::V6(octets);
    EXPECT_EQ(ParseIpAddress(ToString(address)), address) << ToString(address);
  }
}

TEST(IpAddressTest, SortsIpvFourFirst) {
  EXPECT_LT(Address("255.255.255.255"), Address("::"));
  EXPECT_LT(Address("9.255.0.0"), Address("10.0.0.0"));
  EXPECT_NE(Address("0.0.0.0"), Address("::"));
}

TEST(IpPrefixTest, ReadsAndPrintsAddressAndLength) {
  for (const char* text : {"10.0.0.0/8", "0.0.0.0/0", "10.0.1.7/32", "10.0.1.254/31",
                           "2001:db8::/32", "::/0", "2001:db8::1/128"}) {
    EXPECT_EQ(ToString(Prefix(text)), text);
  }
}

TEST(IpPrefixTest, RefusesWhatIsNoPrefix) {
  for (const char* text : {"", "10.0.0.0", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08",
                           "10.0.0.0/-1", "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0.1/8",
                           "10.0.0.1/31", "2001:db8::/129", "2001:db8::1/64", "10.0.0/8"}) {
    EXPECT_EQ(ParseIpPrefix(text), std::nullopt) << '"' << text << '"';
  }
}

TEST(IpPrefixTest, ClearsTheHostBits) {
  EXPECT_EQ(IpPrefix(Address("10.1.2.3"), 8), Prefix("10.0.0.0/8"));
  EXPECT_EQ(IpPrefix(Address("10.1.2.255"), 31), Prefix("10.1.2.254/31"));
  EXPECT_EQ(IpPrefix(Address("2001:db8:ffff::"), 33), Prefix("2001:db8:8000::/33"));
}

TEST(IpPrefixTest, RefusesAnImpossibleLength) {
  EXPECT_THROW(IpPrefix(IpAddress::V4(0), 33), std::invalid_argument);
  EXPECT_THROW(IpPrefix(IpAddress::V4(0), -1), std::invalid_argument);
  EXPECT_THROW(IpPrefix(Address("::"), 129), std::invalid_argument);
  try {
    IpPrefix(Address("10.0.0.0"), 33);
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "prefix length 33 of 10.0.0.0: 0 to 32 is possible");
  }
}

TEST(IpPrefixTest, ContainsTheAddressesThatShareItsBits) {
  EXPECT_TRUE(Prefix("10.0.0.0/9").Contains(Address("10.127.255.255")));
  EXPECT_FALSE(Prefix("10.0.0.0/9").Contains(Address("10.128.0.0")));
  EXPECT_TRUE(Prefix("10.0.1.7/32").Contains(Address("10.0.1.7")));
  EXPECT_FALSE(Prefix("10.0.1.7/32").Contains(Address("10.0.1.6")));
  EXPECT_TRUE(Prefix("0.0.0.0/0").Contains(Address("255.1.2.3")));
  EXPECT_FALSE(Prefix("0.0.0.0/0").Contains(Address("::1")));
  EXPECT_FALSE(Prefix("::/0").Contains(Address("10.0.0.1")));
  EXPECT_TRUE(Prefix("2001:db8::/33").Contains(Address("2001:db8:7fff::1")));
  EXPECT_FALSE(Prefix("2001:db8::/33").Contains(Address("2001:db8:8000::1")));
}

// Reference: an address is inside exactly when masking it to the length gives the prefix.
TEST(IpPrefixTest, ContainsAgreesWithMaskingAtEveryLength) {
  const IpAddress base = Address("170.85.204.51");  // 10101010 01010101 11001100 00110011
  for (int length = 0; length <= 32; ++length) {
    const IpPrefix prefix(base, length);
    for (int bit = 0; bit < 32; ++bit) {
      const IpAddress flipped = IpAddress::V4(base.v4() ^ (0x80000000u >> bit));
      EXPECT_EQ(prefix.Contains(flipped), bit >= length) << length << ' ' << bit;
    }
  }
}

TEST(IpPrefixTest, ContainsOnlyLongerPrefixesOfItsOwn) {
  EXPECT_TRUE(Prefix("10.0.0.0/8").Contains(Prefix("10.1.0.0/16")));
  EXPECT_TRUE(Prefix("10.0.0.0/8").Contains(Prefix("10.0.0.0/8")));
  EXPECT_FALSE(Prefix("10.0.0.0/8").Contains(Prefix("10.0.0.0/7")));
  EXPECT_FALSE(Prefix("0.0.0.0/0").Contains(Prefix("::/0")));
}

TEST(IpPrefixTest, OverlapsInBothDirectionsOrNone) {
  EXPECT_TRUE(Prefix("10.0.0.0/8").Overlaps(Prefix("10.1.0.0/16")));
  EXPECT_TRUE(Prefix("10.1.0.0/16").Overlaps(Prefix("10.0.0.0/8")));
  EXPECT_FALSE(Prefix("10.0.0.0/16").Overlaps(Prefix("10.1.0.0/16")));
  EXPECT_FALSE(Prefix("0.0.0.0/0").Overlaps(Prefix("::/0")));
}

TEST(MacAddressTest, ReadsColonsAndDashesAndPrintsColons) {
  EXPECT_EQ(ToString(ParseMacAddress("02:00:0a:00:00:01").value()), "02:00:0a:00:00:01");
  EXPECT_EQ(ParseMacAddress("02-00-0A-00-00-01"), ParseMacAddress("02:00:0a:00:00:01"));
}

TEST(MacAddressTest, RefusesWhatIsNoMacAddress) {
  for (const char* text :
       {"", "02:00:0a:00:00", "02:00:0a:00:00:1", "02:00:0a:00:00:01:", "02:00:0a:00-00:01",
        "02000a000001", "0g:00:0a:00:00:01", "02.00.0a.00.00.01", "2:000:0a:00:00:01"}) {
    EXPECT_EQ(ParseMacAddress(text), std::nullopt) << '"' << text << '"';
  }
}

}  // namespace
}  // namespace vpcmirror
