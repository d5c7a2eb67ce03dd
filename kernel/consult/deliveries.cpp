#include "consult/deliveries.hpp"

#include <utility>

namespace televisit::consult {
namespace {

constexpr std::size_t kHeldNotices = 512;
constexpr std::size_t kHeldBytes = 2 * 1024 * 1024;
constexpr std::size_t kWaitingBytes = 8 * 1024 * 1024;

}  // namespace

void Deliveries::tell(const Occupants& occupants, const NoticeContent& content, const PeerId& but) {
    Notice notice{{}, content};
    for (auto* occupant : occupants) {
        if (occupant->self.peer == but) continue;
        if (occupant->open)
            notice.to.push_back(occupant->key);
        else
            hold(*occupant, content);
    }
    if (!notice.to.empty()) enqueue(std::move(notice));
}

void Deliveries::tell(Occupant& occupant, NoticeContent content) {
    if (occupant.open)
        enqueue({{occupant.key}, std::move(content)});
    else
        hold(occupant, std::move(content));
}

void Deliveries::release(Occupant& occupant) {
    if (!occupant.held) return;
    for (auto& content : occupant.held->notices) enqueue({{occupant.key}, std::move(content)});
    occupant.held.reset();
}

void Deliveries::hold(Occupant& occupant, NoticeContent content) {
    const auto bytes = weight(content);
    if (!occupant.held) occupant.held = std::make_unique<HeldBack>();
    auto& held = *occupant.held;
    const bool full = held.notices.size() >= kHeldNotices || held.bytes + bytes > kHeldBytes;
    if (full && std::holds_alternative<RelayedNotice>(content)) return world_.dropped.add();
    held.bytes += bytes;
    held.notices.push_back(std::move(content));
}

bool Deliveries::begin_relay() {
    const bool straight = idle();
    if (straight) relays_.fetch_add(1);
    return straight;
}

void Deliveries::queue_relay(std::vector<ConnectionKey> to, RelayedNotice relay) {
    if (waiting_bytes_ > kWaitingBytes) return world_.dropped.add();
    enqueue({std::move(to), std::move(relay)});
}

void Deliveries::enqueue(Notice notice) {
    waiting_bytes_ += weight(notice.content);
    waiting_.push_back(std::move(notice));
    relays_.fetch_or(kAwaited);
    ++queued_;
}

void Deliveries::drain(Lock& lock) {
    if (delivering_ || waiting_.empty() || relays_under_way()) return;
    delivering_ = true;
    while (!waiting_.empty()) {
        const auto batch = std::exchange(waiting_, {});
        waiting_bytes_ = 0;
        lock.unlock();
        world_.gate.call([&](RoomListener& listener) {
            for (const auto& notice : batch) deliver(notice, listener);
        });
        lock.lock();
        delivered_ += batch.size();
    }
    delivering_ = false;
    relays_.fetch_and(~kAwaited);
    handed_over_.notify_all();
}

void Deliveries::wait(Lock& lock, SteadyTime deadline) {
    const auto wanted = queued_;
    handed_over_.wait_until(lock, deadline, [&] { return delivered_ >= wanted; });
}

}  // namespace televisit::consult
