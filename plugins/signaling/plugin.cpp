#include "config_schema.hpp"
#include "signaling_plugin.hpp"

TELEVISIT_PLUGIN(televisit::signaling::SignalingPlugin, "signaling", "0.1.0",
                 "provides=televisit.signaling/1\n"
                 "requires=televisit.socketio/1\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
