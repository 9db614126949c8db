#pragma once
#include <cstdint>
#include <fstream>              // wrong: models know no files
#include <pcap/pcap.h>          // wrong: models/wire may not use libpcap
#include <nlohmann/json.hpp>    // wrong: models/wire may not use nlohmann/json
#include "models/units/quantity.h"  // wrong: models/units -> models/wire -> models/units
#include "ns3/packet.h"         // wrong: models/wire may not use ns-3
#include "sim/input/reader.h"   // wrong: models/wire may not include sim/input
