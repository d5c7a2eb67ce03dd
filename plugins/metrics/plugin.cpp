#include "televisit/sdk/plugin.hpp"

#include "config_schema.hpp"
#include "metrics_page.hpp"

using televisit::metrics::MetricsPage;

TELEVISIT_PLUGIN(MetricsPage, "metrics", "1.0.0",
                 "provides=\n"
                 "requires=\n"
                 "optional=\n",
                 TELEVISIT_CONFIG_SCHEMA);
