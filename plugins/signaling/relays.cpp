#include "relays.hpp"

#include <array>
#include <utility>

#include "client_fields.hpp"
#include "json/placeholders.hpp"
#include "json/slice.hpp"
#include "json/text.hpp"
#include "messages.hpp"

namespace televisit::signaling {

namespace {

/// A timestamp is a date as text or a number; this is ample.
constexpr std::size_t kMaxTimestamp = 64;

/// An id between quotes; escaped only where that is needed, which is nowhere in practice.
class QuotedId {
  public:
    explicit QuotedId(std::string_view id) : text_(id) {
        if (json::is_plain(id)) return;
        escaped_ = json::string_of(id);
        text_ = std::string_view(escaped_).substr(1, escaped_.size() - 2);
    }
    QuotedId(const QuotedId&) = delete;
    QuotedId& operator=(const QuotedId&) = delete;
    std::string_view text() const noexcept { return text_; }

  private:
    std::string escaped_;
    std::string_view text_;
};

Error invalid(std::string message) {
    return error(Errc::invalid, std::move(message));
}

Result<void> without_attachments(const SocketEvent& event) {
    if (event.attachments.empty()) return {};
    return error(Errc::malformed, "This event takes no binary attachments.");
}

}  // namespace

SeatedHandler::SeatedHandler(Stage& stage, std::string name)
    : stage_(stage),
      name_(std::move(name)),
      accepted_(stage.host.metrics().counter("televisit_signaling_events_total",
                                             "Events of members that were accepted, by name.", {{"event", name_}})) {}

void SeatedHandler::on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    Connection* const connection = stage_.connection(event);
    if (connection != nullptr && !stage_.admit(event, *connection, ack.get())) return;
    if (connection == nullptr || connection->seat == nullptr)
        return stage_.refuse(event.socket, connection, name_, ack.get(), not_in_room());
    Result<void> result = ClientFields::check(event);
    if (result) result = handle(event, *connection->seat);
    if (!result) return stage_.refuse(event.socket, connection, name_, ack.get(), result.error());
    accepted_.add();
    Replies::accept(ack.get());
}

OpaqueRelay::OpaqueRelay(Stage& stage, std::string name, std::string field, RelayKind kind)
    : SeatedHandler(stage, std::move(name)),
      field_(std::move(field)),
      after_peer_("\",\"" + field_ + "\":"),
      kind_(kind) {}

Result<void> OpaqueRelay::handle(const SocketEvent& event, Seat& seat) {
    ClientFields fields(event, field_);
    const std::string_view content = fields.first();
    if (content.empty()) return invalid("The field '" + field_ + "' is missing.");
    if (!event.attachments.empty() && !json::has_exact_placeholders(content, event.attachments.size()))
        return error(Errc::malformed, "Binary attachments must be within '" + field_ + "'.");
    const QuotedId peer(seat.self().peer.view());
    const std::array<std::string_view, 5> payload{"{\"from_peer_id\":\"", peer.text(), after_peer_, content, "}"};
    return seat.relay({.kind = kind_,
                       .claims = fields.claims(),
                       .target_peer_id = fields.target(),
                       .event = name(),
                       .payload = payload,
                       .attachments = event.attachments});
}

ToggleRelay::ToggleRelay(Stage& stage, std::string name, std::string told_as, MediaKind kind)
    : SeatedHandler(stage, std::move(name)), told_as_(std::move(told_as)), kind_(kind) {}

Result<void> ToggleRelay::handle(const SocketEvent& event, Seat& seat) {
    if (auto none = without_attachments(event); !none) return none;
    ClientFields fields(event, "enabled");
    const std::string_view enabled = fields.first();
    if (enabled != "true" && enabled != "false") return invalid("The field 'enabled' must be true or false.");
    const QuotedId user(seat.self().user.view());
    const std::array<std::string_view, 5> payload{"{\"user_id\":\"", user.text(), "\",\"enabled\":", enabled, "}"};
    auto relayed =
        seat.relay({.kind = RelayKind::others, .claims = fields.claims(), .event = told_as_, .payload = payload});
    if (relayed) seat.set_media(kind_, enabled == "true");
    return relayed;
}

Result<void> ChatRelay::handle(const SocketEvent& event, Seat& seat) {
    if (auto none = without_attachments(event); !none) return none;
    ClientFields fields(event, "message", "timestamp");
    const std::string_view message = fields.first();
    if (!json::is_string(message)) return invalid("The field 'message' must be a text.");
    const auto& settings = stage().settings;
    if (json::string_length(message) > settings.chat_length)
        return error(Errc::too_large, "message_too_long",
                     "A message may have at most " + std::to_string(settings.chat_length) + " characters.");
    const std::string_view timestamp = fields.second();
    if (json::is_object(timestamp) || json::is_array(timestamp) || timestamp.size() > kMaxTimestamp)
        return invalid("The field 'timestamp' must be a time.");

    const QuotedId user(seat.self().user.view());
    const std::string id = stage().host.secrets().uuid();
    const std::string time = json::string_of(printed_time(stage().host.clock().now()));
    const std::array<std::string_view, 11> payload{"{\"user_id\":\"",
                                                   user.text(),
                                                   "\",\"message\":",
                                                   message,
                                                   ",\"timestamp\":",
                                                   timestamp.empty() ? std::string_view(time) : timestamp,
                                                   ",\"message_id\":\"",
                                                   id,
                                                   "\",\"server_time\":",
                                                   time,
                                                   "}"};
    return seat.relay({.kind = settings.chat_echo ? RelayKind::everyone : RelayKind::others,
                       .claims = fields.claims(),
                       .event = "chat_message",
                       .payload = payload});
}

Result<void> QualityReport::handle(const SocketEvent& event, Seat& seat) {
    if (auto none = without_attachments(event); !none) return none;
    ClientFields fields(event, "samples");
    if (auto own = fields.check_claims(seat); !own) return own;
    const std::string_view samples = fields.first();
    if (!json::is_object(samples) && !json::is_array(samples))
        return invalid("The field 'samples' must be an object or a list.");
    if (samples.size() > stage().settings.quality_bytes)
        return error(Errc::too_large, "report_too_large", "This report is too large.");

    Identity caller;
    caller.user = seat.self().user;
    caller.role = seat.self().role;
    caller.via = Credential::access_token;
    caller.session = seat.session();
    // Who was invited is known by the invitation.
    if (caller.role != Role::doctor && caller.role != Role::patient)
        caller.invitation = InvitationId(seat.self().user.str());
    Host& host = stage().host;
    const CallContext context{host.clock().steady_now() + stage().settings.join_timeout, RequestId()};
    return host.executor().post([&host, caller, sample = std::string(samples), context] {
        const auto kept = host.consultations().add_quality(caller, caller.session, sample, context);
        if (!kept) host.logger().debug("quality report not kept", {{"code", kept.error().name()}});
    });
}

}  // namespace televisit::signaling
