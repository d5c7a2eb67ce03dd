#include "engine/engine_loop.hpp"

#include <algorithm>
#include <utility>

#include "engine/handshake.hpp"
#include "engine/web_socket_link.hpp"

namespace televisit::socketio {

using std::chrono::milliseconds;

namespace {

/// A pong proves that what a client was sent at its beginning, which is much, has arrived and need not be kept.
constexpr milliseconds kFirstPing{1000};

/// How far apart the timer's wake-ups are at least. A ping that comes a hundredth late does no harm.
milliseconds granularity_of(const EngineSettings& settings) {
    const auto shortest = std::min(settings.ping_interval, settings.ping_timeout);
    return std::clamp(shortest / 100, milliseconds(1), milliseconds(100));
}

void take_earlier(std::optional<SteadyTime>& earliest, DeadlineList& list) {
    const DeadlineHook* const front = list.front();
    if (front != nullptr && (!earliest || front->due() < *earliest)) earliest = front->due();
}

}  // namespace

EngineLoop::EngineLoop(LoopId id, const EngineContext& context)
    : id_(id), context_(context), figures_(std::make_shared<EngineFigures>()) {}

EngineLoop::~EngineLoop() {
    if (timer_ != nullptr) timer_->stop();
}

bool EngineLoop::open_websocket(const Endpoint& endpoint, std::unique_ptr<EngineListener> listener,
                                WebSocketLink& link) {
    Session* const session = make(endpoint, std::move(listener));
    if (session == nullptr) return false;
    figures_->opened_websocket.add();
    session->open(link, open_packet(session->id(), TransportName::websocket, endpoint.settings));
    session->listener_->on_open(*session);
    return true;
}

std::optional<std::string> EngineLoop::open_polling(const Endpoint& endpoint, std::unique_ptr<EngineListener> listener,
                                                    ClientPlaces::Place place) {
    Session* const session = make(endpoint, std::move(listener));
    if (session == nullptr) return std::nullopt;
    figures_->opened_polling.add();
    session->open_polling(std::move(place));
    std::string answer = open_packet(session->id(), TransportName::polling, endpoint.settings);
    session->listener_->on_open(*session);
    return answer;
}

bool EngineLoop::has_place(const Endpoint& endpoint) const noexcept {
    const std::size_t limit = std::min<std::size_t>(endpoint.settings.max_sessions, kMaxSlots);
    return !shut_ && slots_.size() - free_.size() < limit;
}

Session* EngineLoop::make(const Endpoint& endpoint, std::unique_ptr<EngineListener> listener) {
    if (!has_place(endpoint)) {
        figures_->refused_full.add();
        return nullptr;
    }
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    const Sid sid = engine_sid(context_.secrets, endpoint.settings.node, id_, slot);
    slots_[slot] = std::make_unique<Session>(*this, endpoint, std::move(listener), sid, slot);
    figures_->open.add();
    await_first_ping(*slots_[slot]);
    return slots_[slot].get();
}

Session* EngineLoop::find(const Endpoint& endpoint, std::string_view sid) noexcept {
    const auto place = place_of(sid);
    if (!place || place->loop != id_ || place->slot >= slots_.size()) return nullptr;
    Session* const session = slots_[place->slot].get();
    if (session == nullptr || &session->endpoint_ != &endpoint) return nullptr;
    return context_.secrets.equal(session->id(), sid) ? session : nullptr;
}

EngineLoop::Deadlines& EngineLoop::deadlines(const Endpoint& endpoint) {
    if (deadlines_.size() <= endpoint.index) deadlines_.resize(endpoint.index + 1);
    auto& deadlines = deadlines_[endpoint.index];
    if (deadlines == nullptr) deadlines.reset(new Deadlines{endpoint});
    return *deadlines;
}

void EngineLoop::add(DeadlineList& list, DeadlineHook& hook, milliseconds delay) {
    const SteadyTime due = context_.clock.steady_now() + delay;
    list.add(hook, due);
    if (timer_ == nullptr) {
        const auto granularity = granularity_of(deadlines_.back()->endpoint.settings);
        timer_ = std::make_shared<LoopTimer>(context_.loops, id_, context_.clock, granularity,
                                             [this](SteadyTime now) { return run_due(now); });
    }
    timer_->arm(due);
}

void EngineLoop::await_first_ping(Session& session) {
    const auto delay = std::min(session.endpoint_.settings.ping_interval, kFirstPing);
    add(deadlines(session.endpoint_).first_pings, session, delay);
}

void EngineLoop::await_ping(Session& session) {
    add(deadlines(session.endpoint_).pings, session, session.endpoint_.settings.ping_interval);
}

void EngineLoop::await_pong(Session& session) {
    add(deadlines(session.endpoint_).pongs, session, session.endpoint_.settings.ping_timeout);
}

void EngineLoop::await_upgrade(Session& session) {
    add(deadlines(session.endpoint_).upgrades, *session.polling_, session.endpoint_.settings.upgrade_timeout);
}

void EngineLoop::await_last_poll(Session& session) {
    add(deadlines(session.endpoint_).last_polls, session, session.endpoint_.settings.ping_timeout);
}

std::optional<SteadyTime> EngineLoop::run_due(SteadyTime now) {
    std::optional<SteadyTime> next;
    for (const auto& deadlines : deadlines_) {
        if (deadlines == nullptr) continue;
        run_due(*deadlines, now);
        take_earlier(next, deadlines->first_pings);
        take_earlier(next, deadlines->pings);
        take_earlier(next, deadlines->pongs);
        take_earlier(next, deadlines->last_polls);
        take_earlier(next, deadlines->upgrades);
    }
    return next;
}

void EngineLoop::catch_up() {
    run_due(context_.clock.steady_now());
}

void EngineLoop::run_due(Deadlines& deadlines, SteadyTime now) {
    const auto& settings = deadlines.endpoint.settings;
    for (DeadlineList* const list : {&deadlines.first_pings, &deadlines.pings})
        while (DeadlineHook* const hook = list->take_due(now)) {
            auto& session = static_cast<Session&>(*hook);
            // Counted from when the ping was due, so that a late timer is not late twice; but a server that stood still
            // gives its clients their time.
            const SteadyTime since = std::max(hook->due(), now - settings.ping_timeout / 20);
            deadlines.pongs.add(session, since + settings.ping_timeout);
            session.ping();
        }
    while (DeadlineHook* const hook = deadlines.pongs.take_due(now))
        static_cast<Session&>(*hook).abort(CloseCause::ping_timeout);
    while (DeadlineHook* const hook = deadlines.last_polls.take_due(now)) {
        auto& session = static_cast<Session&>(*hook);
        session.abort(session.cause_);
    }
    while (DeadlineHook* const hook = deadlines.upgrades.take_due(now)) {
        auto& polling = static_cast<PollingTransport&>(*hook);
        polling.owner.end_upgrade();
    }
}

void EngineLoop::flush_later(Session& session) {
    if (std::exchange(session.dirty_, true)) return;
    dirty_.push_back(&session);
    if (dirty_.size() == 1) post(&EngineLoop::flush_dirty);
}

void EngineLoop::flush_dirty() {
    for (Session* const session : std::exchange(dirty_, {})) session->flush();
}

/// Takes a session out of everything but memory.
std::unique_ptr<Session> EngineLoop::take(Session& session, CloseCause cause) {
    session.stop_waiting();
    if (session.dirty_) std::erase(dirty_, &session);
    figures_->open.subtract();
    figures_->closed[static_cast<std::size_t>(cause)].add();
    free_.push_back(session.slot_);
    return std::move(slots_[session.slot_]);
}

void EngineLoop::end_now(Session& session, CloseCause cause) {
    const auto owned = take(session, cause);
    owned->listener_->on_closed(to_string(cause));
}

void EngineLoop::end_later(Session& session, CloseCause cause) {
    ended_.push_back({take(session, cause), cause});
    if (ended_.size() == 1) post(&EngineLoop::bury);
}

void EngineLoop::bury() {
    for (const auto& [session, cause] : std::exchange(ended_, {})) session->listener_->on_closed(to_string(cause));
}

void EngineLoop::shut(CloseCause cause) {
    shut_ = true;
    for (std::size_t slot = 0; slot < slots_.size(); ++slot)
        if (slots_[slot] != nullptr) slots_[slot]->abort(cause);
    bury();
    if (timer_ != nullptr) timer_->stop();
}

std::function<void()> EngineLoop::abandonment(const Sid& sid, std::uint64_t number) {
    return [weak = weak_from_this(), &loops = context_.loops, id = id_, sid, number] {
        loops.post(id, [weak, sid, number] {
            const auto self = weak.lock();
            const auto place = place_of(sid.view());
            if (self == nullptr || !place || place->slot >= self->slots_.size()) return;
            Session* const session = self->slots_[place->slot].get();
            if (session != nullptr && session->id() == sid.view()) session->on_poll_abandoned(number);
        });
    };
}

bool EngineLoop::post(void (EngineLoop::*work)()) {
    return context_.loops.post(id_, [self = shared_from_this(), work] { (self.get()->*work)(); });
}

}  // namespace televisit::socketio
