#include <gmock/gmock.h>
#include <ns3/nstime.h>
#include <ns3/simulator.h>
#include <ns3/type-id.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "models/ns3/eni_device.h"
#include "models/ns3/vpc_fabric.h"

namespace vpcmirror {
namespace {

std::set<ns3::TypeId> OwnTypes() {
  std::set<ns3::TypeId> own;
  for (std::uint16_t i = 0; i < ns3::TypeId::GetRegisteredN(); ++i) {
    const ns3::TypeId type = ns3::TypeId::GetRegistered(i);
    if (type.GetGroupName() == "vpcmirror") own.insert(type);
  }
  return own;
}

// Before any of its objects was made, as for the command line and Config::SetDefault.
TEST(RegistrationTest, TypesAreKnownByName) {
  for (const char* name :
       {"vpcmirror::CvmHost", "vpcmirror::EniDevice", "vpcmirror::MirrorReceiver",
        "vpcmirror::MirrorSession", "vpcmirror::VpcFabric"}) {
    ns3::TypeId type;
    EXPECT_TRUE(ns3::TypeId::LookupByNameFailSafe(name, &type)) << name;
  }
  EXPECT_GE(OwnTypes().size(), 11u);
}

// ns-3 made it before the program set its resolution.
TEST(RegistrationTest, DefaultsKeepTheirTimes) {
  EXPECT_EQ(ns3::CreateObject<VpcFabric>()->delay(), ns3::MicroSeconds(50));
  const auto fabric = ns3::CreateObject<VpcFabric>();
  fabric->SetAttribute("Delay", ns3::TimeValue(ns3::Hours(1)));
  EXPECT_EQ(fabric->delay(), ns3::Hours(1));
  ns3::Simulator::Destroy();
}

TEST(RegistrationTest, ThePageOfNs3NamesAllAttributesAndTraceSources) {
  std::ifstream file(VPCMIRROR_SOURCE_DIR "/docs/ns3.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  ASSERT_FALSE(page.empty());
  const auto expect = [&](const std::string& name, const ns3::TypeId& of) {
    EXPECT_THAT(page, testing::HasSubstr('`' + name + '`')) << "of " << of.GetName();
  };
  for (const ns3::TypeId& type : OwnTypes()) {
    expect(type.GetName().substr(std::string("vpcmirror::").size()), type);
    for (std::size_t i = 0; i < type.GetAttributeN(); ++i) expect(type.GetAttribute(i).name, type);
    for (std::size_t i = 0; i < type.GetTraceSourceN(); ++i) {
      expect(type.GetTraceSource(i).name, type);
    }
  }
}

}  // namespace
}  // namespace vpcmirror
