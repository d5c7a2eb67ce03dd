#include "consult/messages.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace televisit::consult {
namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kTruth = 1;
constexpr std::uint8_t kRelay = 2;
constexpr std::size_t kMaxAttachments = 256;

class Writer {
  public:
    explicit Writer(std::uint8_t kind) { number(kFormat), number(kind); }

    template <std::integral T>
    void number(T value) {
        const auto bits = static_cast<std::make_unsigned_t<T>>(value);
        for (std::size_t i = 0; i < sizeof(T); ++i) out_.push_back(static_cast<char>(bits >> (8 * i) & 0xff));
    }
    void flag(bool value) { number(static_cast<std::uint8_t>(value)); }
    void text(std::string_view value) {
        count(value.size());
        out_.append(value);
    }
    void pieces(std::span<const std::string_view> pieces) {
        std::size_t size = 0;
        for (const auto piece : pieces) size += piece.size();
        count(size);
        out_.reserve(out_.size() + size);
        for (const auto piece : pieces) out_.append(piece);
    }
    void instant(Instant at) { number(to_micros(at)); }
    void count(std::size_t value) { number(static_cast<std::uint32_t>(value)); }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

/// Every function answers something; `ok` says in the end whether it was there.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    template <std::integral T>
    T number() {
        if (rest_.size() < sizeof(T)) return fail(), T{};
        std::make_unsigned_t<T> bits = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            bits = static_cast<std::make_unsigned_t<T>>(
                bits | static_cast<std::make_unsigned_t<T>>(
                           static_cast<std::make_unsigned_t<T>>(static_cast<std::uint8_t>(rest_[i])) << (8 * i)));
        rest_.remove_prefix(sizeof(T));
        return static_cast<T>(bits);
    }
    bool flag() { return below(2) == 1; }
    std::uint8_t below(std::uint8_t bound) {
        const auto value = number<std::uint8_t>();
        if (value >= bound) fail();
        return ok_ ? value : std::uint8_t{0};
    }
    std::string_view text() {
        const auto size = number<std::uint32_t>();
        if (!ok_ || size > rest_.size()) return fail(), std::string_view{};
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::size_t count(std::size_t most) {
        const auto value = number<std::uint32_t>();
        if (value > most) fail();
        return ok_ ? value : 0;
    }
    Instant instant() { return from_micros(number<std::int64_t>()); }
    template <class Id>
    Id id() {
        return Id(text());
    }
    void fail() { ok_ = false; }
    bool complete() const { return ok_ && rest_.empty(); }
    bool ok() const { return ok_; }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

void put(Writer& out, const Stay& stay) {
    for (const auto text : {stay.id.view(), stay.attendee.view(), stay.user.view(), stay.peer.view(), stay.node.view()})
        out.text(text);
    out.number(static_cast<std::uint8_t>(stay.role));
    out.number(static_cast<std::uint8_t>(stay.state));
    out.flag(stay.media.audio);
    out.flag(stay.media.video);
    out.flag(stay.media.screen_share);
    out.number(stay.token_number);
    out.instant(stay.since);
    out.instant(stay.interrupted_at);
}

void put(Writer& out, const Departure& departure) {
    for (const auto text : {departure.stay.view(), departure.attendee.view(), departure.node.view()}) out.text(text);
    out.number(static_cast<std::uint8_t>(departure.reason));
}

Stay take_stay(Reader& in) {
    Stay stay;
    stay.id = in.id<StayId>();
    stay.attendee = in.id<AttendeeId>();
    stay.user = in.id<UserId>();
    stay.peer = in.id<PeerId>();
    stay.node = in.id<NodeId>();
    stay.role = static_cast<Role>(in.below(static_cast<std::uint8_t>(Role::admin) + 1));
    stay.state = static_cast<StayState>(in.below(static_cast<std::uint8_t>(StayState::interrupted) + 1));
    stay.media.audio = in.flag();
    stay.media.video = in.flag();
    stay.media.screen_share = in.flag();
    stay.token_number = in.number<std::int64_t>();
    stay.since = in.instant();
    stay.interrupted_at = in.instant();
    return stay;
}

Departure take_departure(Reader& in) {
    Departure departure;
    departure.stay = in.id<StayId>();
    departure.attendee = in.id<AttendeeId>();
    departure.node = in.id<NodeId>();
    departure.reason = static_cast<LeaveReason>(in.below(static_cast<std::uint8_t>(LeaveReason::room_full) + 1));
    if (departure.stay.empty()) in.fail();
    return departure;
}

RoomPresence take_truth(Reader& in) {
    RoomPresence truth;
    truth.room = in.id<RoomId>();
    truth.seq = in.number<std::uint64_t>();
    truth.closed = in.flag();
    truth.expires_at = in.instant();
    for (auto left = in.count(kMaxStays); left > 0 && in.ok(); --left) {
        auto stay = take_stay(in);
        if (stay.id.empty() || find_stay(truth.stays, stay.id) || find_attendee(truth.stays, stay.attendee)) in.fail();
        truth.stays.push_back(std::move(stay));
    }
    for (auto left = in.count(kMaxDepartures); left > 0 && in.ok(); --left)
        truth.departures.push_back(take_departure(in));
    truth.end_reason = std::string(in.text());
    return truth;
}

RelayMessage take_relay(Reader& in) {
    RelayMessage message;
    message.sender = in.text();
    for (auto left = in.count(kMaxStays); left > 0 && in.ok(); --left) message.targets.push_back(in.text());
    message.event = in.text();
    message.payload = in.text();
    for (auto left = in.count(kMaxAttachments); left > 0 && in.ok(); --left) message.attachments.push_back(in.text());
    return message;
}

}  // namespace

std::string encode(const RoomPresence& truth) {
    Writer out(kTruth);
    out.text(truth.room.view());
    out.number(truth.seq);
    out.flag(truth.closed);
    out.instant(truth.expires_at);
    out.count(truth.stays.size());
    for (const auto& stay : truth.stays) put(out, stay);
    out.count(truth.departures.size());
    for (const auto& departure : truth.departures) put(out, departure);
    out.text(truth.end_reason);
    return out.take();
}

std::string encode(const RelayMessage& message, std::span<const std::string_view> payload_pieces) {
    Writer out(kRelay);
    out.text(message.sender);
    out.count(message.targets.size());
    for (const auto target : message.targets) out.text(target);
    out.text(message.event);
    out.pieces(payload_pieces);
    out.count(message.attachments.size());
    for (const auto attachment : message.attachments) out.text(attachment);
    return out.take();
}

std::optional<RoomMessage> decode(std::string_view bytes) {
    Reader in(bytes);
    if (in.number<std::uint8_t>() != kFormat) return std::nullopt;
    const auto kind = in.number<std::uint8_t>();
    if (kind == kTruth) {
        auto truth = take_truth(in);
        if (!in.complete()) return std::nullopt;
        return std::make_shared<const RoomPresence>(std::move(truth));
    }
    if (kind == kRelay) {
        auto message = take_relay(in);
        return in.complete() ? std::optional<RoomMessage>(std::move(message)) : std::nullopt;
    }
    return std::nullopt;
}

}  // namespace televisit::consult
