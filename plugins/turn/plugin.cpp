#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "turn_keeper.hpp"
#include "turn_provider.hpp"

using televisit::turn::TurnKeeper;
using televisit::turn::TurnProvider;

TELEVISIT_PLUGIN(TurnProvider, "turn", "1.0.0",
                 "provides=televisit.ice/1\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
TELEVISIT_ICE_KEEPER(TurnKeeper);
