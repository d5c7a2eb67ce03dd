#include "daemon/status_board.hpp"

#include <algorithm>

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
    return status;
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
