#include "entrance.hpp"

#include <optional>
#include <string>
#include <utility>

#include "client_fields.hpp"
#include "json/slice.hpp"
#include "json/text.hpp"
#include "messages.hpp"

namespace televisit::signaling {

namespace {

constexpr std::string_view kJoinRoom = "join_room";
constexpr std::string_view kLeaveRoom = "leave_room";

Error no_token() {
    return error(Errc::unauthenticated, "invalid_token", "The field 'token' is missing.");
}

}  // namespace

/// One `join_room` on its way. Held by shared pointers, because tasks must be copyable; if its worker fails, the client
/// is answered all the same.
class JoinRoom::Errand {
  public:
    Errand(Stage& stage, const SocketEvent& event, std::unique_ptr<AckResponder> ack)
        : stage_(stage.shared_from_this()),
          loop_(stage.loops[event.loop]),
          key_(event.socket),
          hold_(event.strand != nullptr ? event.strand->hold() : nullptr),
          ack_(std::move(ack)) {}
    ~Errand() {
        if (!done_) finish(error(Errc::internal, "Something went wrong. Please try again."));
    }
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;

    RoomId room;
    std::string token;
    std::string user;
    std::string role;
    std::string client_address;

    /// On a worker.
    void run(const CallContext& context) {
        finish(stage_->host.consultations().enter({.room = room,
                                                   .access_token = std::move(token),
                                                   .user_claim = user,
                                                   .role_claim = role,
                                                   .connection = ConnectionKey{key_.value},
                                                   .client_address = client_address},
                                                  context));
    }

    void finish(Result<Entered> result) {
        done_ = true;
        if (stage_->closed) return;
        const auto arrival = std::make_shared<Arrival>(
            Arrival{stage_, loop_, key_, room, std::move(hold_), std::move(ack_), std::move(result)});
        stage_->host.loops().post(loop_->id(), [arrival] { arrival->settle(); });
    }

    std::unique_ptr<AckResponder> take_back_ack() {
        done_ = true;
        return std::move(ack_);
    }

  private:
    /// The answer, back on the loop.
    struct Arrival {
        std::shared_ptr<Stage> stage;
        std::shared_ptr<LoopConnections> loop;
        SocketKey key;
        RoomId room;
        std::unique_ptr<StrandHold> hold;
        std::unique_ptr<AckResponder> ack;
        Result<Entered> result;

        void settle() {
            Connection* const connection = loop->find(key);
            if (connection == nullptr) return;  // the plugin has stopped
            connection->joining = false;
            if (connection->gone) return turn_back(*connection->gone);
            if (!result) {
                if (connection->seat == nullptr) loop->await_join(key, *connection);
                return stage->refuse(key, connection, kJoinRoom, ack.get(), result.error());
            }
            if (result->seat != nullptr) loop->seated(*connection, std::move(result->seat));
            const std::string message = joined_room_message(room, result->self, result->participants);
            const std::string_view piece = message;
            stage->sockets.emit(key, {.event = "joined_room", .args = {&piece, 1}});
            Replies::accept(ack.get());
            if (connection->seat == nullptr) return;
            connection->seat->open();
            if (connection->away) connection->seat->suspend();
        }

        /// The client went while it was let in.
        void turn_back(SocketClose close) {
            loop->erase(key);
            if (!result || result->seat == nullptr) return;
            if (close == SocketClose::client_disconnect) return result->seat->leave();
            result->seat->connection_lost();
        }
    };

    const std::shared_ptr<Stage> stage_;
    const std::shared_ptr<LoopConnections> loop_;
    SocketKey key_;
    std::unique_ptr<StrandHold> hold_;
    std::unique_ptr<AckResponder> ack_;
    bool done_ = false;
};

void JoinRoom::on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    Connection* const connection = stage_.connection(event);
    if (connection != nullptr && !stage_.admit(event, *connection, ack.get())) return;
    if (const auto begun = begin(event, connection, ack); !begun)
        stage_.refuse(event.socket, connection, kJoinRoom, ack.get(), begun.error());
}

/// Takes `ack` only when it succeeds.
Result<void> JoinRoom::begin(const SocketEvent& event, Connection* connection, std::unique_ptr<AckResponder>& ack) {
    if (connection == nullptr) return error(Errc::unavailable, "The server is stopping.");
    if (connection->joining) return error(Errc::conflict, "joining", "You are joining already.");
    if (auto checked = ClientFields::check(event); !checked) return checked;
    ClientFields fields(event, "token");
    const auto room = fields.room();
    if (!room) return error(Errc::invalid, "The field 'room_id' is missing.");
    if (!json::is_string(fields.first())) return no_token();
    if (connection->seat != nullptr && connection->seat->room().view() != *room)
        return error(Errc::conflict, "already_in_room", "Leave the other room first.");

    const auto errand = std::make_shared<Errand>(stage_, event, std::move(ack));
    std::string scratch;
    errand->room = RoomId(std::string(*room));
    errand->token = json::text_of(fields.first(), scratch);
    errand->user = fields.user().value_or(std::string_view());
    errand->role = fields.role().value_or(std::string_view());
    errand->client_address = connection->address.client();
    connection->joining = true;
    const CallContext context{stage_.host.clock().steady_now() + stage_.settings.join_timeout,
                              RequestId(stage_.host.secrets().uuid())};
    auto posted = stage_.host.executor().post([errand, context] { errand->run(context); });
    if (!posted) {
        connection->joining = false;
        ack = errand->take_back_ack();
    }
    return posted;
}

void LeaveRoom::on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    Connection* const connection = stage_.connection(event);
    if (connection != nullptr && !stage_.admit(event, *connection, ack.get())) return;
    if (const auto left = leave(event, connection); !left)
        return stage_.refuse(event.socket, connection, kLeaveRoom, ack.get(), left.error());
    Replies::accept(ack.get());
}

Result<void> LeaveRoom::leave(const SocketEvent& event, Connection* connection) {
    if (connection == nullptr || connection->seat == nullptr) return not_in_room();
    if (auto checked = ClientFields::check(event); !checked) return checked;
    ClientFields fields(event, {});
    if (auto own = fields.check_claims(*connection->seat); !own) return own;
    LoopConnections& loop = stage_.at(event.loop);
    loop.unseat(*connection)->leave();
    loop.await_join(event.socket, *connection);
    return {};
}

}  // namespace televisit::signaling
