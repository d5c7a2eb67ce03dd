#pragma once
/// A transport without sockets: routes are called by the test.

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "loader/frontend.hpp"

namespace televisit::loader {

struct LoopAccount {
    std::string owner;
};

namespace testing {

class FakeLoops final : public EventLoops {
  public:
    LoopId count() const noexcept override { return 1; }
    std::optional<LoopId> current() const noexcept override { return std::nullopt; }
    bool post(LoopId, LoopTask task) override { return task(), true; }
    bool after(LoopId, std::chrono::milliseconds, LoopTask) override { return true; }
};

class FakeFrontend final : public Frontend {
  public:
    Result<void> add(HttpRoute route, HttpLoopHandler& handler, std::string owner) override {
        const std::lock_guard lock(mutex_);
        handlers_[route.pattern] = {owner, &handler};
        routes_.push_back(std::move(route));
        return {};
    }
    Result<void> add(ChannelRoute, ChannelAcceptor&, std::string) override { return {}; }
    std::vector<HttpRoute> routes() const override {
        const std::lock_guard lock(mutex_);
        return routes_;
    }
    void remove(std::string_view owner) override {
        const std::lock_guard lock(mutex_);
        std::erase_if(handlers_, [&](const auto& entry) { return entry.second.first == owner; });
    }
    std::unique_ptr<EventLoops> loops_for(std::string) override { return std::make_unique<FakeLoops>(); }
    bool on_loop() const noexcept override { return on_loop_now; }
    const LoopAccount& account_of(const std::string& owner) override {
        const std::lock_guard lock(mutex_);
        return accounts_.try_emplace(owner, LoopAccount{owner}).first->second;
    }
    void charge(const LoopAccount& account) noexcept override { charged = account.owner; }
    void quiesce() override {}

    HttpLoopHandler* handler(const std::string& pattern) const {
        const std::lock_guard lock(mutex_);
        const auto found = handlers_.find(pattern);
        return found == handlers_.end() ? nullptr : found->second.second;
    }

    bool on_loop_now = false;
    std::string charged;

  private:
    mutable std::mutex mutex_;
    std::map<std::string, std::pair<std::string, HttpLoopHandler*>> handlers_;  // guarded by mutex_
    std::vector<HttpRoute> routes_;                                             // guarded by mutex_
    std::map<std::string, LoopAccount> accounts_;                               // guarded by mutex_
};

/// Keeps the one answer that an adapter gives.
class FakeResponder final : public HttpResponder {
  public:
    struct Answer {
        std::mutex mutex;
        std::condition_variable changed;
        std::optional<HttpResponse> response;  // guarded by mutex
        HttpResponse wait() {
            std::unique_lock lock(mutex);
            if (!changed.wait_for(lock, std::chrono::seconds(30), [this] { return response.has_value(); }))
                return {.status = -1};
            return *response;
        }
    };
    explicit FakeResponder(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {}
    void respond(HttpResponse response) override {
        const std::lock_guard lock(answer_->mutex);
        if (!answer_->response) answer_->response = std::move(response);
        answer_->changed.notify_all();
    }
    void on_abandoned(std::function<void()>) override {}

  private:
    std::shared_ptr<Answer> answer_;
};

}  // namespace testing
}  // namespace televisit::loader
