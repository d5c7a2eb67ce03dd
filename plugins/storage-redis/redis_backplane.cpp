#include "redis_backplane.hpp"

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "backplane_session.hpp"

namespace televisit::storage_redis {
namespace {

constexpr std::chrono::milliseconds kFirstPause{50};

Error away() {
    auto failure = error(Errc::unavailable, "backplane_down", "The server is not ready. Please try again.");
    failure.retry_after = std::chrono::seconds{1};
    return failure;
}

std::string sha1_of(const std::string& text) {
    Poco::SHA1Engine engine;
    engine.update(text);
    return Poco::DigestEngine::digestToHex(engine.digest());
}

}  // namespace

RedisBackplane::RedisBackplane(BackplaneSettings settings, Secrets& secrets, Logger& logger)
    : settings_(std::move(settings)),
      names_(settings_.prefix),
      script_(sha1_of(publish_script(settings_.replay))),
      secrets_(secrets),
      logger_(logger),
      state_(settings_) {}

Result<void> RedisBackplane::start(SteadyTime deadline) {
    std::unique_lock lock(state_.mutex);
    if (state_.thread.joinable()) return {};
    state_.stopping = false;
    state_.why_away.clear();
    state_.thread = std::thread([this] { run(); });
    state_.changed.wait_until(lock, deadline, [this] { return state_.up || !state_.why_away.empty(); });
    if (state_.up) return {};
    auto failure = away();
    failure.detail = state_.why_away.empty() ? "no answer in time" : state_.why_away;
    lock.unlock();
    stop();
    return failure;
}

void RedisBackplane::stop() {
    std::thread thread;
    {
        const std::lock_guard lock(state_.mutex);
        state_.stopping = true;
        thread = std::move(state_.thread);
        state_.wake.call();
    }
    state_.changed.notify_all();
    if (thread.joinable()) thread.join();
}

void RedisBackplane::set_listener(BackplaneListener* listener) {
    std::unique_lock lock(state_.mutex);
    state_.listener = listener;
    state_.listener_knows_up = true;
    state_.changed.notify_all();
    call_thread();
    // The old one must not be called any more; but a listener that takes itself off is on the calling thread.
    if (std::this_thread::get_id() != state_.thread.get_id())
        state_.changed.wait(lock, [this] { return !state_.calling; });
}

Result<void> RedisBackplane::publish(BackplaneMessage message) {
    auto command = command_for(message);
    const std::lock_guard lock(state_.mutex);
    if (!state_.up) {
        ++state_.figures.refused;
        return away();
    }
    if (!state_.outbox.add(std::move(command))) {
        ++state_.figures.refused;
        return error(Errc::unavailable, "backplane_full", "The server is too busy.");
    }
    ++state_.figures.published;
    if (state_.self != message.sender) state_.self = message.sender;
    call_thread();
    return {};
}

std::string RedisBackplane::command_for(const BackplaneMessage& message) const {
    const auto bytes = to_bytes(message);
    const auto channel = names_.channel(message.room.view());
    std::string command;
    if (bytes.size() > settings_.replay.largest || settings_.replay.messages == 0)
        append_command(command, {"PUBLISH", channel, to_unkept(bytes)});
    else
        append_command(command, {"EVALSHA", script_, "1", names_.stream(message.room.view()), bytes, channel});
    return command;
}

Result<void> RedisBackplane::subscribe(const RoomId& room, const CallContext& context) {
    std::unique_lock lock(state_.mutex);
    if (!state_.up) return away();
    const bool wanted_before = state_.rooms.find(room.view()) != nullptr;
    if (!wanted_before) {
        auto& entry = state_.rooms.want(room);
        entry.heard = state_.redis_now;
        ++entry.unconfirmed;
        state_.changes.push_back({room, true});
        call_thread();
    }
    const auto connection = state_.figures.lost.load();
    const auto is_over = [&] {
        return state_.rooms.confirmed(room.view()) || state_.figures.lost != connection || state_.stopping;
    };
    state_.changed.wait_until(lock, context.deadline, is_over);
    if (state_.rooms.confirmed(room.view()) && state_.figures.lost == connection) return {};
    if (!wanted_before) drop(room);
    return away();
}

Result<void> RedisBackplane::unsubscribe(const RoomId& room, const CallContext&) {
    const std::lock_guard lock(state_.mutex);
    drop(room);
    return {};
}

void RedisBackplane::drop(const RoomId& room) {
    if (!state_.rooms.drop(room) || !state_.connected) return;
    state_.changes.push_back({room, false});
    call_thread();
}

RedisBackplane::Snapshot RedisBackplane::snapshot() const {
    const std::lock_guard lock(state_.mutex);
    return {state_.up, state_.outbox.messages(), state_.outbox.bytes(), state_.rooms.size()};
}

void RedisBackplane::call_thread() {
    if (std::exchange(state_.waiting, false)) state_.wake.call();
}

void RedisBackplane::run() {
    for (int failures = 0;; ++failures) {
        auto link = BackplaneLink::open(settings_.connection, std::chrono::steady_clock::now() + settings_.deadline);
        if (link.ok()) {
            const auto why = BackplaneSession(state_, settings_, logger_, *std::move(link)).run();
            if (why.empty()) break;
            const std::lock_guard lock(state_.mutex);
            if (state_.up) failures = 0;
            state_.why_away = why;
        } else {
            const std::lock_guard lock(state_.mutex);
            state_.why_away = link.error().detail.empty() ? link.error().message : link.error().detail;
        }
        lost(state_.why_away);
        pause(failures);
        const std::lock_guard lock(state_.mutex);
        if (state_.stopping) break;
    }
    const std::lock_guard lock(state_.mutex);
    state_.connected = state_.up = false;
}

void RedisBackplane::lost(const std::string& why) {
    std::unique_lock lock(state_.mutex);
    state_.connected = false;
    if (std::exchange(state_.up, false)) {
        ++state_.figures.lost;
        logger_.warning("backplane lost", {{"reason", why}});
    }
    state_.changed.notify_all();
    state_.tell_link(lock);
}

void RedisBackplane::pause(int failures) {
    constexpr int kMostDoublings = 10;
    const auto longest = std::min(kFirstPause * (1 << std::min(failures, kMostDoublings)), settings_.longest_pause);
    // Nodes that lost the same Redis do not all come back in the same moment.
    const auto share = static_cast<unsigned char>(secrets_.random_bytes(1).front());
    const auto until = std::chrono::steady_clock::now() + longest / 2 + longest * share / 512;
    std::unique_lock lock(state_.mutex);
    while (!state_.stopping && state_.changed.wait_until(lock, until) != std::cv_status::timeout)
        state_.tell_link(lock);
}

}  // namespace televisit::storage_redis
