#pragma once
/// `/health` and its relatives, on both listeners. They need no credential, and ask nothing of any store.

#include <memory>
#include <vector>

#include "televisit/sdk/plugin.hpp"

namespace televisit::rest_api {

enum class HealthKind : std::uint8_t { summary, live, ready, startup };

/// The document for one question. Components are told of on the admin listener only.
HttpResponse health_answer(HealthKind kind, const ServerStatus& status, ListenerKind listener);

/// Answers on the event loop where configuration grants it, so that busy workers do not make a healthy server look
/// dead; else on a worker.
class HealthRoutes {
  public:
    explicit HealthRoutes(Host& host);
    ~HealthRoutes();
    HealthRoutes(const HealthRoutes&) = delete;
    HealthRoutes& operator=(const HealthRoutes&) = delete;

    Result<void> add_to(HttpRouter& router);

  private:
    class Handler;
    std::vector<std::unique_ptr<Handler>> handlers_;
};

}  // namespace televisit::rest_api
