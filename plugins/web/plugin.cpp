#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "web_plugin.hpp"

TELEVISIT_PLUGIN(televisit::web::WebPlugin, "web", "0.1.0", "provides=\nrequires=\noptional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
