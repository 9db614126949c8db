// Resources of Terraform's provider hashicorp/google: networks, machines and packet mirroring.
#include <algorithm>
#include <utility>

#include "sim/import/terraform_reader.h"

namespace vpcmirror::sim {
namespace {

using Block = TerraformBlock;

class GoogleResources {
 public:
  explicit GoogleResources(TerraformReader& reader) : reader_(reader), all_(reader.inventory()) {}

  void Read() {
    for (const Block& at : reader_.Blocks("google_compute_network")) {
      FoundVpc vpc{.origin = at.resource().origin, .id = at.resource().id};
      vpc.name = TerraformReader::NameOf(at);
      all_.vpcs.push_back(std::move(vpc));  // a network has no range of its own
    }
    for (const Block& at : reader_.Blocks("google_compute_subnetwork")) {
      FoundSubnet subnet{.origin = at.resource().origin, .id = at.resource().id};
      subnet.name = TerraformReader::NameOf(at);
      subnet.vpc = reader_.Id(at, "network");
      subnet.cidr = reader_.Text(at, "ip_cidr_range", "The ranges of subnetworks (ip_cidr_range)");
      all_.subnets.push_back(std::move(subnet));
    }
    for (const Block& at : reader_.Blocks("google_compute_instance")) AddInstance(at);
    for (const Block& at : reader_.Blocks("google_compute_forwarding_rule")) AddCollector(at);
    for (const Block& at : reader_.Blocks("google_compute_packet_mirroring")) AddMirroring(at);
  }

 private:
  void AddInstance(const Block& at) {
    const TerraformResource& resource = at.resource();
    FoundInstance instance{.origin = resource.origin, .id = resource.id};
    instance.name = TerraformReader::NameOf(at);
    instance.type = reader_.Text(at, "machine_type", "The types of instances");
    std::int64_t index = 0;
    for (const Block& each : at.Blocks("network_interface")) {
      FoundEni eni{.origin = each.OriginOf("subnetwork"),
                   .id = resource.id + ".nic" + std::to_string(index)};
      eni.subnet = reader_.Id(each, "subnetwork");
      eni.vpc = reader_.Id(each, "network");
      eni.address = reader_.Text(each, "network_ip", "The addresses of network interfaces");
      eni.instance = FoundText{resource.id, resource.origin};
      eni.index = index++;
      if (!instance.subnet) instance.subnet = eni.subnet;
      all_.enis.push_back(std::move(eni));
    }
    all_.instances.push_back(std::move(instance));
  }

  // An internal passthrough load balancer: its rule, its backend service, and the instances of
  // the service's unmanaged groups.
  void AddCollector(const Block& at) {
    if (!at.Flag("is_mirroring_collector")) return;
    FoundBalancer balancer{.origin = at.resource().origin, .id = at.resource().id, .kind = "ilb"};
    balancer.name = TerraformReader::NameOf(at);
    balancer.vpc = reader_.Id(at, "network");
    if (auto subnet = reader_.Id(at, "subnetwork")) balancer.subnets.push_back(*subnet);
    balancer.address = at.Text("ip_address");
    const auto service = reader_.Id(at, "backend_service");
    for (const Block& each : reader_.Blocks("google_compute_region_backend_service")) {
      if (!service || each.resource().id != service->value) continue;
      for (const Block& backend : each.Blocks("backend")) {
        if (const auto group = reader_.Id(backend, "group")) TakeGroup(group->value, balancer);
      }
    }
    all_.load_balancers.push_back(std::move(balancer));
  }

  void TakeGroup(const std::string& group, FoundBalancer& balancer) {
    for (const Block& each : reader_.Blocks("google_compute_instance_group")) {
      if (each.resource().id != group) continue;
      for (FoundText& instance : reader_.Ids(each, "instances")) {
        balancer.backends.push_back(std::move(instance));
      }
    }
  }

  // {"url": ...} of each block of that name, with what it is to a mirror.
  SourcedJson Urls(const Block& at, const char* name, MirrorEnd::What what, FoundMirrorPart& part) {
    SourcedJson list = SourcedJson::List(at.OriginOf(name));
    for (const Block& each : at.Blocks(name)) {
      const auto id = reader_.Id(each, "url");
      if (!id) continue;
      SourcedJson url = SourcedJson::Object(id->origin);
      url.Set("url", SourcedJson::Text(*id));
      list.Add(std::move(url));
      part.ends.push_back({.what = what, .id = *id});
    }
    return list;
  }

  void AddMirroring(const Block& at) {
    const TerraformResource& resource = at.resource();
    FoundMirrorPart part{.id = resource.id, .body = SourcedJson::Object(resource.origin)};
    SetText(part.body, "name", FoundText{resource.id, resource.origin});
    for (const Block& each : at.Blocks("collector_ilb")) {
      const auto id = reader_.Id(each, "url");
      if (!id) continue;
      SourcedJson collector = SourcedJson::Object(id->origin);
      collector.Set("url", SourcedJson::Text(*id));
      part.body.Set("collectorIlb", std::move(collector));
      part.ends.push_back({.what = MirrorEnd::What::kBalancer,
                           .is_receiver = true,
                           .id = *id,
                           .vpc = std::nullopt,
                           .balancer_kind = "ilb"});
      break;
    }
    SourcedJson& mirrored =
        part.body.Set("mirroredResources", SourcedJson::Object(at.OriginOf("mirrored_resources")));
    for (const Block& each : at.Blocks("mirrored_resources")) {
      SourcedJson subnets = Urls(each, "subnetworks", MirrorEnd::What::kSubnet, part);
      SourcedJson instances = Urls(each, "instances", MirrorEnd::What::kInstance, part);
      if (!subnets.is_empty()) mirrored.Set("subnetworks", std::move(subnets));
      if (!instances.is_empty()) mirrored.Set("instances", std::move(instances));
      if (!each.Texts("tags").empty()) {
        reader_.into().AddGap("network_tags",
                              "Network tags as mirrored resources of " + resource.address +
                                  " are left out: they are not simulated.",
                              "the instances or subnetworks themselves", each.OriginOf("tags"));
      }
      break;
    }
    for (const Block& each : at.Blocks("filter")) {
      SetFilter(each, part.body);
      break;
    }
    all_.mirrors.push_back(std::move(part));
  }

  static void SetFilter(const Block& at, SourcedJson& body) {
    SourcedJson filter = SourcedJson::Object(at.OriginOf("direction"));
    for (const auto& [attribute, key] :
         {std::pair("cidr_ranges", "cidrRanges"), std::pair("ip_protocols", "IPProtocols")}) {
      SourcedJson list = SourcedJson::List(at.OriginOf(attribute));
      for (const FoundText& each : at.Texts(attribute)) list.Add(SourcedJson::Text(each));
      if (!list.is_empty()) filter.Set(key, std::move(list));
    }
    SetText(filter, "direction", at.Text("direction"));
    body.Set("filter", std::move(filter));
  }

  TerraformReader& reader_;
  Inventory& all_;
};

}  // namespace

void ReadTerraformGoogle(TerraformReader& reader) { GoogleResources(reader).Read(); }

}  // namespace vpcmirror::sim
