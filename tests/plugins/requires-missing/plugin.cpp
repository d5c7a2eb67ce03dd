// Needs what nobody provides.
#include "quiet_plugin.hpp"

TELEVISIT_PLUGIN(televisit::faulty::QuietPlugin, "requires-missing", "1.0.0",
                 "provides=\nrequires=televisit.nothing/1\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
