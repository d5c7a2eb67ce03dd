#include "metrics_page.hpp"

#include <string>
#include <utility>

#include "process_figures.hpp"
#include "text_format.hpp"

namespace televisit::metrics {

Result<void> MetricsPage::start(const CallContext&) {
    host_.metrics().add_source(process_figures);
    host_.metrics()
        .gauge("televisit_build_info", "Always 1; the labels say what is running.",
               {{"version", host_.status().version}})
        .set(1);
    HttpRoute route;
    route.name = "metrics";
    route.pattern = host_.config().string("path");
    route.on_public = false;
    route.on_admin = true;
    route.cors = CorsMode::none;
    return host_.http().add(std::move(route), *this);
}

HttpResponse MetricsPage::handle(const HttpRequest&, const CallContext&) {
    return {200,
            {{"Content-Type", std::string(kTextContentType)}, {"Cache-Control", "no-store"}},
            to_text(host_.metrics().collect())};
}

}  // namespace televisit::metrics
