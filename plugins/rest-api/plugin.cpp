#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "rest_api.hpp"

using televisit::rest_api::RestApi;

TELEVISIT_PLUGIN(RestApi, "rest-api", "1.0.0",
                 "provides=\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
