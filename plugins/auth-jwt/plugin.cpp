#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "jwt_authenticator.hpp"

using televisit::auth_jwt::JwtAuthenticator;

TELEVISIT_PLUGIN(JwtAuthenticator, "auth-jwt", "1.0.0",
                 "provides=televisit.authenticator/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
