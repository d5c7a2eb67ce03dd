#pragma once
/// The plugin: a page for Prometheus, and the figures of the process itself.

#include "televisit/sdk/plugin.hpp"

namespace televisit::metrics {

class MetricsPage final : public Plugin, public HttpHandler {
  public:
    explicit MetricsPage(Host& host) : host_(host) {}

    Result<void> start(const CallContext& context) override;
    void stop(const CallContext&) override {}

    HttpResponse handle(const HttpRequest& request, const CallContext& context) override;

  private:
    Host& host_;
};

}  // namespace televisit::metrics
