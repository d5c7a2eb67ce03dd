#pragma once
/// The place that a connection takes among those allowed.

#include <memory>

#include "televisit/sdk/http.hpp"

namespace televisit::net {

class ServerCore;

/// Given back when destroyed. **Threads**: any.
class Admission {
  public:
    Admission() = default;
    Admission(ServerCore& core, ListenerKind listener) : core_(&core), listener_(listener) {}
    ~Admission() { leave(); }
    Admission(Admission&& other) noexcept : core_(std::exchange(other.core_, nullptr)), listener_(other.listener_) {}
    Admission& operator=(Admission&& other) noexcept {
        leave();
        core_ = std::exchange(other.core_, nullptr);
        listener_ = other.listener_;
        return *this;
    }
    ListenerKind listener() const noexcept { return listener_; }

  private:
    void leave() noexcept;

    ServerCore* core_ = nullptr;
    ListenerKind listener_ = ListenerKind::public_listener;
};

}  // namespace televisit::net
