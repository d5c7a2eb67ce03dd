#include "backplane_session.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>
#include <utility>

namespace televisit::storage_redis {
namespace {

/// A busy thread looks no more often than this: what comes and goes meanwhile costs one wake-up and one call of the
/// system together. A quiet one is not held up.
constexpr std::chrono::microseconds kRound{250};
constexpr std::size_t kSentAhead = 1024 * 1024;
/// What may come at once of what was missed: less than what Redis lets wait for a subscriber.
constexpr std::size_t kMissedAtOnce = 16 * 1024 * 1024;
constexpr std::size_t kMostRoomsAtOnce = 256;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

std::uint64_t number_of(std::string_view digits) {
    std::uint64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

}  // namespace

std::string BackplaneSession::run() {
    begin();
    while (gather()) {
        if (!link_->send()) return "lost";
        link_->wait(state_.wake, next_deadline());
        let_gather();
        if (!link_->receive()) return "lost";
        if (auto fault = take_all(); !fault.empty()) return fault;
        if (!expected_.empty() && now() >= expected_.front().asked + settings_.deadline) return "late";
    }
    return {};
}

void BackplaneSession::let_gather() {
    const auto woken = now();
    if (const auto next = last_round_ + kRound; woken < next) std::this_thread::sleep_until(next);
    last_round_ = std::max(woken, last_round_ + kRound);
}

void BackplaneSession::begin() {
    {
        const std::lock_guard lock(state_.mutex);
        state_.figures.sent_again += state_.outbox.begin_again();
        state_.rooms.begin_again();
        state_.changes.clear();
        state_.connected = true;
        to_restore_ = state_.rooms.all();
    }
    ask(Answer::done, {"SCRIPT", "LOAD", publish_script(settings_.replay)});
    // Whether publishing works: the rights, the memory, and a server that takes writes.
    const std::string probe = "probe";
    ask(Answer::done,
        {"EVAL", publish_script(settings_.replay), "1", names_.stream(probe), to_bytes({}), names_.channel(probe)});
    beat();
}

bool BackplaneSession::gather() {
    if (now() >= next_beat_) beat();
    std::unique_lock lock(state_.mutex);
    if (state_.stopping) return false;
    hand_on_changes();
    if (greeted_ && !restored_ && catching_up_.empty()) restore_some();
    if (restored_) {
        for (auto sent = state_.outbox.send(link_->out(), kSentAhead); sent > 0; --sent)
            expected_.push_back({Answer::published, now()});
        if (!state_.up) come_up();
    }
    state_.tell_link(lock);
    // Somebody may have come meanwhile; whoever comes from now on calls.
    state_.waiting = true;
    if (state_.changes.empty() && !(restored_ && state_.outbox.has_unsent())) return !state_.stopping;
    state_.waiting = false;
    state_.wake.call();
    return !state_.stopping;
}

void BackplaneSession::ask(Answer answer, std::initializer_list<std::string_view> command) {
    append_command(link_->out(), command);
    expected_.push_back({answer, now()});
}

void BackplaneSession::hand_on_changes() {
    for (const auto& [room, subscribe] : std::exchange(state_.changes, {}))
        append_command(link_->out(), {subscribe ? "SUBSCRIBE" : "UNSUBSCRIBE", names_.channel(room.view())});
}

void BackplaneSession::restore_some() {
    const auto each = std::max<std::size_t>(1, settings_.replay.messages * settings_.replay.largest);
    const auto most = std::clamp<std::size_t>(kMissedAtOnce / each, 1, kMostRoomsAtOnce);
    std::vector<std::string> channels;
    std::vector<std::string> streams;
    std::vector<std::string> positions;
    while (!to_restore_.empty() && channels.size() < most) {
        const auto id = std::move(to_restore_.back());
        to_restore_.pop_back();
        auto* const room = state_.rooms.find(id.view());
        if (!room) continue;
        room->catching_up = true;
        ++room->unconfirmed;
        channels.push_back(names_.channel(id.view()));
        streams.push_back(names_.stream(id.view()));
        positions.push_back(room->heard.text());
        catching_up_.push_back(id);
    }
    if (catching_up_.empty()) {
        restored_ = true;
        return;
    }
    std::vector<std::string_view> command{"SUBSCRIBE"};
    command.insert(command.end(), channels.begin(), channels.end());
    append_command(link_->out(), command);
    const auto count = std::to_string(settings_.replay.messages);
    command = {"XREAD", "COUNT", count, "STREAMS"};
    command.insert(command.end(), streams.begin(), streams.end());
    command.insert(command.end(), positions.begin(), positions.end());
    append_command(link_->out(), command);
    expected_.push_back({Answer::missed, now()});
}

void BackplaneSession::come_up() {
    state_.up = true;
    state_.changed.notify_all();
    logger_.info("backplane connected", {{"rooms", state_.rooms.size()}});
}

void BackplaneSession::beat() {
    ask(Answer::time, {"TIME"});
    next_beat_ = now() + settings_.heartbeat;
}

SteadyTime BackplaneSession::next_deadline() const {
    return expected_.empty() ? next_beat_ : std::min(next_beat_, expected_.front().asked + settings_.deadline);
}

std::string BackplaneSession::take_all() {
    {
        const std::lock_guard lock(state_.mutex);
        state_.waiting = false;
    }
    for (;;) {
        const auto read = link_->next();
        if (read.outcome == RespRead::Outcome::incomplete) return {};
        if (read.outcome == RespRead::Outcome::malformed) return "malformed";
        if (read.value.kind == RespValue::Kind::push)
            take_push(read.value);
        else if (auto fault = take_answer(read.value); !fault.empty())
            return fault;
    }
}

std::string BackplaneSession::take_answer(const RespValue& value) {
    // A refusal of one thing would hold for all that follows: the probe of the next connection shows when it is over.
    if (value.kind == RespValue::Kind::error) return value.text.empty() ? "ERR" : std::string(value.text);
    if (expected_.empty()) return "malformed";
    const auto expected = expected_.front().answer;
    expected_.pop_front();
    switch (expected) {
        case Answer::done:
            break;
        case Answer::time:
            take_time(value);
            break;
        case Answer::published: {
            const std::lock_guard lock(state_.mutex);
            state_.outbox.answered();
            break;
        }
        case Answer::missed:
            take_missed(value);
            break;
    }
    return {};
}

void BackplaneSession::take_push(const RespValue& push) {
    if (push.items.size() < 3) return;
    const auto kind = push.items[0].text;
    const auto room_name = names_.room_of_channel(push.items[1].text);
    if (!room_name) return;
    std::unique_lock lock(state_.mutex);
    if (kind == "subscribe") {
        state_.rooms.confirm(*room_name);
        state_.changed.notify_all();
    } else if (kind == "message") {
        auto* const room = state_.rooms.find(*room_name);
        if (!room) return;
        if (const auto arrival = read_published(push.items[2].text))
            state_.deliver(lock, *room, *arrival);
        else
            ++state_.figures.unreadable;
    }
}

void BackplaneSession::take_missed(const RespValue& streams) {
    for (std::size_t i = 0; i + 1 < streams.items.size(); i += 2)
        if (const auto room = names_.room_of_stream(streams.items[i].text)) take_missed_of(*room, streams.items[i + 1]);
    for (const auto& id : std::exchange(catching_up_, {})) {
        std::unique_lock lock(state_.mutex);
        auto* const room = state_.rooms.find(id.view());
        if (!room) continue;
        room->catching_up = false;
        room->first_held.reset();
        for (const auto& message : std::exchange(room->held, {})) state_.deliver(lock, message);
    }
}

void BackplaneSession::take_missed_of(std::string_view name, const RespValue& entries) {
    for (const auto& entry : entries.items) {
        if (entry.items.size() != 2 || entry.items[1].items.size() != 2) continue;
        const auto position = StreamPosition::read(entry.items[0].text);
        const auto arrival = read_kept(entry.items[1].items[1].text);
        std::unique_lock lock(state_.mutex);
        auto* const room = state_.rooms.find(name);
        if (!room || !position) return;
        if (room->first_held && *position >= *room->first_held) return;
        if (!arrival) {
            ++state_.figures.unreadable;
            continue;
        }
        // What this node has said and was answered for it has heard; the rest it says again.
        if (arrival->sender == state_.self.view()) continue;
        ++state_.figures.replayed;
        room->heard = std::max(room->heard, *position);
        state_.deliver(lock, {room->id, NodeId(arrival->sender), arrival->number, std::string(arrival->payload)});
    }
}

void BackplaneSession::take_time(const RespValue& time) {
    if (time.items.size() != 2) return;
    const std::lock_guard lock(state_.mutex);
    greeted_ = true;
    state_.redis_now = {number_of(time.items[0].text) * 1000 + number_of(time.items[1].text) / 1000, 0};
}

}  // namespace televisit::storage_redis
