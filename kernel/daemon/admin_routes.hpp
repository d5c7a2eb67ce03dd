#pragma once
/// What the kernel itself answers on the admin listener.

#include <functional>
#include <string>
#include <vector>

#include "loader/plugin_plan.hpp"
#include "loader/plugin_set.hpp"
#include "net/server.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::daemon {

/// `GET /admin/plugins`: `{"plugins":[{"id","use","version","state","provides":[…],"detail"}]}`, those not used
/// included. `GET /admin/status`: version, node, pid, state, addresses, components.
/// **Threads**: the admin loop. **Owns**: nothing; all must outlive the server.
class AdminRoutes {
  public:
    AdminRoutes(const loader::StatusSource& status, const net::Server& server, const loader::PluginPlan& plan);

    /// **Errors**: `conflict` when a plugin has taken one of the paths.
    Result<void> add_to(net::Server& server);

  private:
    struct Answer final : HttpLoopHandler {
        explicit Answer(std::function<std::string()> make) : text(std::move(make)) {}
        void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override;
        std::function<std::string()> text;
    };

    std::string plugins() const;
    std::string server_status() const;

    const loader::StatusSource& status_;
    const net::Server& server_;
    std::vector<loader::PlannedPlugin> planned_;
    std::vector<loader::UnusedPlugin> unused_;
    Answer plugins_answer_;
    Answer status_answer_;
};

}  // namespace televisit::daemon
