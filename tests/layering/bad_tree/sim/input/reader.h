#pragma once
#include <nlohmann/json.hpp>
#include <pcap/pcap.h>
#include "models/wire/frame.h"
