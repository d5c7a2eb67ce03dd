// The other half of the cycle: provides presence, needs records.
#include "quiet_plugin.hpp"

TELEVISIT_PLUGIN(televisit::faulty::QuietPlugin, "cycle-presence", "1.0.0",
                 "provides=televisit.presence/1\nrequires=televisit.records/1\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
