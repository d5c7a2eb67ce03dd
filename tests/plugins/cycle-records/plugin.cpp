// One half of a cycle: provides records, needs presence.
#include "quiet_plugin.hpp"

TELEVISIT_PLUGIN(televisit::faulty::QuietPlugin, "cycle-records", "1.0.0",
                 "provides=televisit.records/1\nrequires=televisit.presence/1\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
