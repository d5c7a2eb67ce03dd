#include "truth_text.hpp"

#include <charconv>
#include <concepts>

namespace televisit::storage_redis {
namespace {

constexpr std::string_view kFormat = "1 ";

class Writer {
  public:
    Writer& text(std::string_view value) {
        out_.append(std::to_string(value.size())).append(":").append(value);
        return *this;
    }
    template <std::integral T>
    Writer& number(T value) {
        return text(std::to_string(value));
    }
    Writer& instant(Instant at) { return number(to_micros(at)); }
    Writer& flag(bool value) { return text(value ? "1" : "0"); }
    std::string take() { return std::move(out_); }

  private:
    std::string out_{kFormat};
};

/// Every function answers something; `complete` says in the end whether all was there.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    std::string_view text() {
        const auto colon = rest_.find(':');
        std::size_t size = 0;
        if (colon == std::string_view::npos || !parse(rest_.substr(0, colon), size) || size > rest_.size() - colon - 1)
            return fail(), std::string_view{};
        const auto value = rest_.substr(colon + 1, size);
        rest_.remove_prefix(colon + 1 + size);
        return value;
    }
    template <std::integral T>
    T number() {
        T value{};
        if (!parse(text(), value)) fail();
        return value;
    }
    Instant instant() { return from_micros(number<std::int64_t>()); }
    bool flag() {
        const auto value = text();
        if (value != "0" && value != "1") fail();
        return value == "1";
    }
    template <class Value>
    Value known(std::optional<Value> value) {
        if (!value) fail();
        return value.value_or(Value{});
    }
    void fail() { ok_ = false; }
    bool ok() const { return ok_; }
    bool complete() const { return ok_ && rest_.empty(); }

  private:
    template <class T>
    static bool parse(std::string_view digits, T& value) {
        const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return fault == std::errc() && end == digits.data() + digits.size();
    }

    std::string_view rest_;
    bool ok_ = true;
};

std::optional<StayState> parse_state(std::string_view name) {
    for (const auto state : {StayState::joined, StayState::interrupted})
        if (name == to_string(state)) return state;
    return std::nullopt;
}

std::optional<LeaveReason> parse_reason(std::string_view name) {
    using enum LeaveReason;
    for (const auto reason :
         {left, disconnected, grace_ended, rejoined, replaced, revoked, kicked, session_over, room_full})
        if (name == to_string(reason)) return reason;
    return std::nullopt;
}

void put(Writer& out, const Stay& stay) {
    out.text(stay.id.view()).text(stay.attendee.view()).text(stay.user.view()).text(stay.peer.view());
    out.text(stay.node.view()).text(to_string(stay.role)).text(to_string(stay.state));
    out.flag(stay.media.audio).flag(stay.media.video).flag(stay.media.screen_share).number(stay.token_number);
    out.instant(stay.since).instant(stay.interrupted_at);
}

Stay take_stay(Reader& in) {
    Stay stay;
    stay.id = StayId(in.text());
    stay.attendee = AttendeeId(in.text());
    stay.user = UserId(in.text());
    stay.peer = PeerId(in.text());
    stay.node = NodeId(in.text());
    stay.role = in.known(parse_role(in.text()));
    stay.state = in.known(parse_state(in.text()));
    stay.media.audio = in.flag();
    stay.media.video = in.flag();
    stay.media.screen_share = in.flag();
    stay.token_number = in.number<std::int64_t>();
    stay.since = in.instant();
    stay.interrupted_at = in.instant();
    return stay;
}

void put(Writer& out, const Departure& departure) {
    out.text(departure.stay.view()).text(departure.attendee.view()).text(departure.node.view());
    out.text(to_string(departure.reason));
}

Departure take_departure(Reader& in) {
    Departure departure;
    departure.stay = StayId(in.text());
    departure.attendee = AttendeeId(in.text());
    departure.node = NodeId(in.text());
    departure.reason = in.known(parse_reason(in.text()));
    return departure;
}

}  // namespace

std::string to_text(const RoomPresence& truth) {
    Writer out;
    out.text(truth.room.view()).number(truth.seq).flag(truth.closed).text(truth.end_reason);
    out.instant(truth.expires_at).number(truth.stays.size());
    for (const auto& stay : truth.stays) put(out, stay);
    out.number(truth.departures.size());
    for (const auto& departure : truth.departures) put(out, departure);
    return out.take();
}

std::optional<RoomPresence> truth_of(std::string_view text) {
    if (!text.starts_with(kFormat)) return std::nullopt;
    Reader in(text.substr(kFormat.size()));
    RoomPresence truth;
    truth.room = RoomId(in.text());
    truth.seq = in.number<std::uint64_t>();
    truth.closed = in.flag();
    truth.end_reason = in.text();
    truth.expires_at = in.instant();
    for (auto left = in.number<std::size_t>(); left > 0 && in.ok(); --left) truth.stays.push_back(take_stay(in));
    for (auto left = in.number<std::size_t>(); left > 0 && in.ok(); --left)
        truth.departures.push_back(take_departure(in));
    if (!in.complete()) return std::nullopt;
    return truth;
}

}  // namespace televisit::storage_redis
