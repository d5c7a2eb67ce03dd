#include "daemon/status_board.hpp"

#include <algorithm>
#include <utility>

namespace televisit::daemon {

StatusBoard::StatusBoard(std::string version, NodeId node) : version_(std::move(version)), node_(std::move(node)) {}

ServerStatus StatusBoard::status() const {
    ServerStatus status;
    status.ready = ready_;
    status.started = started_;
    status.version = version_;
    status.node = node_;
    const std::lock_guard lock(mutex_);
    status.components = components_;
    if (!away_) return status;
    for (const auto& name : away_()) status.components.push_back({name, "port", "degraded", "away"});
    return status;
}

void StatusBoard::set_away(std::function<std::vector<std::string>()> away) {
    const std::lock_guard lock(mutex_);
    away_ = std::move(away);
}

void StatusBoard::set_component(const std::string& id, const std::string& kind, const std::string& state,
                                const std::string& detail) {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(components_.begin(), components_.end(),
                                    [&](const auto& component) { return component.name == id; });
    if (found == components_.end())
        components_.push_back({id, kind, state, detail});
    else
        *found = {id, kind, state, detail};
}

}  // namespace televisit::daemon
