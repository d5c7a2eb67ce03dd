#pragma once
/// What the server is doing, for health documents and the admin routes.

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "loader/kernel_services.hpp"

namespace televisit::daemon {

/// **Threads**: any. **Blocks**: never for long.
class StatusBoard final : public loader::StatusSource {
  public:
    StatusBoard(std::string version, NodeId node);

    ServerStatus status() const override;
    void set_component(const std::string& id, const std::string& kind, const std::string& state,
                       const std::string& detail) override;
    /// Whom to ask for what the server has to do without, by name. Never blocks.
    void set_away(std::function<std::vector<std::string>()> away);
    void set_started() noexcept { started_ = true; }
    void set_ready(bool ready) noexcept { ready_ = ready; }

  private:
    const std::string version_;
    const NodeId node_;
    std::atomic<bool> started_{false};
    std::atomic<bool> ready_{false};
    mutable std::mutex mutex_;
    std::vector<ServerStatus::Component> components_;  // guarded by mutex_
    std::function<std::vector<std::string>()> away_;   // guarded by mutex_
};

}  // namespace televisit::daemon
