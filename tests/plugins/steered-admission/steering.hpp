#pragma once
/// What a steered plugin is to do now, and the route that says it.

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "televisit/sdk/http.hpp"

namespace televisit::steered {

/// **Threads**: any. A loop handler, because every worker of the plugin may hang when it is needed most.
class Wheel final : public HttpLoopHandler {
  public:
    /// The mode of this call. **Blocks**: while it is `hang`, whatever the deadline says.
    std::string pass() {
        std::unique_lock lock(mutex_);
        ++hanging_;
        changed_.wait(lock, [this] { return mode_ != "hang"; });
        --hanging_;
        return mode_;
    }
    void set(const std::string& mode) {
        const std::lock_guard lock(mutex_);
        mode_ = mode;
        changed_.notify_all();
    }
    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override {
        const auto* mode = request.query_value("mode");
        if (request.method == HttpMethod::post && mode) set(*mode);
        const std::lock_guard lock(mutex_);
        responder->respond({.status = 200,
                            .headers = {{"Content-Type", "application/json"}},
                            .body = R"({"mode":")" + mode_ + R"(","hanging":)" + std::to_string(hanging_) + "}"});
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::string mode_ = "admit";  // guarded by mutex_, as below
    std::size_t hanging_ = 0;
};

}  // namespace televisit::steered
