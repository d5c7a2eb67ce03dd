#include "config_schema.hpp"
#include "socketio_plugin.hpp"

TELEVISIT_PLUGIN(televisit::socketio::SocketIoPlugin, "socketio", "0.1.0",
                 "provides=televisit.socketio/1,televisit.engineio/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
