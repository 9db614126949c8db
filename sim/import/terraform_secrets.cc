// Which values of a plan people may see. Terraform prints sensitive ones in clear, in several
// places, and providers do not mark all that is secret (user_data): what is shown is what the
// reader asks for, where it is read from.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "sim/import/read_terraform.h"
#include "sim/import/terraform_plan.h"
#include "sim/input/json_syntax.h"

namespace vpcmirror::sim {
namespace {

constexpr std::array<std::string_view, 5> kOfResources = {"address", "mode", "type", "name",
                                                          "index"};

// Attributes that the readers ask for, and what stands in lists and blocks of theirs.
constexpr std::string_view kShown[] = {"Name",
                                       "action",
                                       "address",
                                       "arn",
                                       "attachment",
                                       "availability_zone",
                                       "backend",
                                       "backend_service",
                                       "cidr_block",
                                       "cidr_blocks",
                                       "cidr_ip",
                                       "cidr_ipv4",
                                       "cidr_ipv6",
                                       "cidr_ranges",
                                       "collector_ilb",
                                       "default_action",
                                       "destination_cidr_block",
                                       "destination_port_range",
                                       "device_index",
                                       "direction",
                                       "dst_net",
                                       "dst_port",
                                       "egress",
                                       "egress_filter_rules",
                                       "egress_rules",
                                       "enabled",
                                       "eni_id",
                                       "filter",
                                       "from_port",
                                       "frontend_port",
                                       "gateway_id",
                                       "group",
                                       "id",
                                       "ingress",
                                       "ingress_filter_rules",
                                       "ingress_rules",
                                       "instance",
                                       "instance_id",
                                       "instance_ids",
                                       "instance_name",
                                       "instance_type",
                                       "instances",
                                       "ip",
                                       "ip_address",
                                       "ip_cidr_range",
                                       "ip_protocol",
                                       "ip_protocols",
                                       "ipv4s",
                                       "ipv6_cidr_block",
                                       "ipv6_cidr_blocks",
                                       "is_mirroring_collector",
                                       "load_balancer_arn",
                                       "load_balancer_id",
                                       "load_balancer_name",
                                       "load_balancer_type",
                                       "mac",
                                       "mac_address",
                                       "machine_type",
                                       "mirrored_resources",
                                       "name",
                                       "nat_gateway_id",
                                       "network",
                                       "network_acl_id",
                                       "network_interface",
                                       "network_interface_id",
                                       "network_interface_name",
                                       "network_ip",
                                       "network_load_balancer_arn",
                                       "network_services",
                                       "next_hub",
                                       "next_type",
                                       "orderly_security_groups",
                                       "packet_length",
                                       "peer_vpc_id",
                                       "policy",
                                       "port",
                                       "port_range",
                                       "primary",
                                       "primary_ip_address",
                                       "primary_network_interface",
                                       "primary_network_interface_id",
                                       "priority",
                                       "private_ip",
                                       "private_ips",
                                       "private_ipv4_address",
                                       "protocol",
                                       "referenced_security_group_id",
                                       "route",
                                       "route_table_id",
                                       "rule_action",
                                       "rule_no",
                                       "rule_number",
                                       "security_group_id",
                                       "security_group_ids",
                                       "security_groups",
                                       "self",
                                       "self_link",
                                       "session_number",
                                       "source_cidr_block",
                                       "source_port_range",
                                       "source_security_group_id",
                                       "source_security_id",
                                       "src_net",
                                       "src_port",
                                       "subnet_id",
                                       "subnet_ids",
                                       "subnet_mapping",
                                       "subnets",
                                       "subnetwork",
                                       "subnetworks",
                                       "tags",

                                       "target_group_arn",
                                       "target_id",
                                       "to_port",
                                       "traffic_direction",
                                       "traffic_mirror_filter_id",
                                       "traffic_mirror_id",
                                       "traffic_mirror_source_ids",
                                       "traffic_mirror_target_id",
                                       "traffic_mirror_target_type",
                                       "transit_gateway_id",
                                       "type",
                                       "url",
                                       "virtual_network_id",
                                       "vpc_endpoint_type",
                                       "vpc_id",
                                       "vpc_name",
                                       "vpc_peering_connection_id",
                                       "vpc_security_group_ids",
                                       "vswitch_id",
                                       "vswitch_name",
                                       "zone_id"};

bool IsShown(std::string_view key) {
  return std::binary_search(std::begin(kShown), std::end(kShown), key);
}

bool IsMarked(const std::optional<Value>& marks) {
  return marks && marks->kind() == JsonKind::kFlag && marks->scalar() == "true";
}

class Mask {
 public:
  explicit Mask(const Document& document)
      : text_(document.text()), shown_(document.text().size(), false) {}

  void ShowResource(const TerraformResource& resource) {
    if (!resource.values) return;
    secrets_ = resource.secrets;
    const Value at = resource.values->Parent();
    for (const std::string_view key : kOfResources) {
      if (const auto value = at.Get(key)) ShowScalar(*value);
    }
    Show(*resource.values, resource.sensitive);
  }

  void ShowVersions(const Value& root) {
    for (const char* key : {"format_version", "terraform_version"}) {
      if (const auto value = root.Get(key)) shown_[value->offset()] = true;
    }
  }

  // Every text and number that was not shown, as asterisks.
  std::string Masked(const Value& root) {
    Hide(root);
    return std::move(text_);
  }

 private:
  void ShowScalar(const Value& value) {
    if (value.is_list() || value.is_object() || secrets_->contains(value.scalar())) return;
    shown_[value.offset()] = true;
  }

  void Show(const Value& value, const std::optional<Value>& marks) {
    if (IsMarked(marks)) return;
    if (value.is_list()) {
      const std::vector<Value> items = value.Items();
      const std::vector<Value> own = marks ? marks->Items() : std::vector<Value>();
      for (std::size_t i = 0; i < items.size(); ++i) {
        Show(items[i], i < own.size() ? std::optional(own[i]) : std::nullopt);
      }
    } else if (value.is_object()) {
      for (const Value& each : value.Members()) {
        if (IsShown(each.key())) Show(each, marks ? marks->Get(each.key()) : std::nullopt);
      }
    } else {
      ShowScalar(value);
    }
  }

  void Hide(const Value& value) {
    if (value.is_list() || value.is_object()) {
      for (const Value& each : value.is_list() ? value.Items() : value.Members()) Hide(each);
      return;
    }
    const bool is_text = value.kind() == JsonKind::kText;
    if (shown_[value.offset()] || (!is_text && value.kind() != JsonKind::kNumber)) return;
    const std::size_t end = SkipToken(text_, value.offset());
    const std::size_t quote = is_text ? 1 : 0;
    for (std::size_t i = value.offset() + quote; i + quote < end; ++i) text_[i] = '*';
  }

  std::string text_;
  std::vector<bool> shown_;  // by offset
  const std::set<std::string, std::less<>>* secrets_ = nullptr;
};

}  // namespace

std::string WithoutTerraformSecrets(const Document& document) {
  Mask mask(document);
  mask.ShowVersions(document.root());
  try {
    const TerraformPlan plan(document.root());
    for (const auto& each : plan.resources()) mask.ShowResource(*each);
  } catch (const ScenarioException&) {
    // Not to be read, so that nothing of it is shown.
  }
  return mask.Masked(document.root());
}

}  // namespace vpcmirror::sim
