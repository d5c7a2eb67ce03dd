#include "sockets/worker_handler.hpp"

#include <string>
#include <utility>
#include <vector>

#include "sockets/emission.hpp"
#include "sockets/handshake_record.hpp"

namespace televisit::socketio {

namespace {

/// An event with everything it refers to. Shared, because tasks must be copyable.
struct CarriedEvent {
    CarriedEvent(const SocketEvent& from, std::unique_ptr<AckResponder> responder)
        : sid(from.sid),
          nsp(from.nsp),
          name(from.name),
          args(copies_of(from.args)),
          attachments(copies_of(from.attachments)),
          arg_views(views_of(args)),
          attachment_views(views_of(attachments)),
          hold(from.strand->hold()),
          ack(std::move(responder)),
          event{from.socket, sid, nsp, name, arg_views, attachment_views, from.loop, nullptr} {}
    CarriedEvent(const CarriedEvent&) = delete;
    CarriedEvent& operator=(const CarriedEvent&) = delete;

    std::string sid, nsp, name;
    std::vector<std::string> args, attachments;
    std::vector<std::string_view> arg_views, attachment_views;
    std::unique_ptr<StrandHold> hold;
    std::unique_ptr<AckResponder> ack;
    SocketEvent event;
};

}  // namespace

void WorkerMiddleware::on_connecting(SocketKey socket, std::string_view sid, const SocketHandshake& handshake,
                                     std::unique_ptr<ConnectDecision> decision) {
    struct Carried {
        const std::string sid, nsp, auth, address;
        const HandshakeFields fields;
        const std::unique_ptr<ConnectDecision> decision;
    };
    // Shared, because tasks must be copyable; when the task is dropped, so is the decision, which refuses.
    const std::shared_ptr<Carried> carried(new Carried{std::string(sid),
                                                       std::string(handshake.nsp),
                                                       std::string(handshake.auth),
                                                       std::string(handshake.remote_address),
                                                       {handshake.query, handshake.headers, {}},
                                                       std::move(decision)});
    const CallContext context{clock_.steady_now() + timeout_, RequestId()};
    [[maybe_unused]] const auto posted = executor_.post([&middleware = middleware_, socket, carried, context] {
        const SocketHandshake whole{carried->nsp, carried->auth, carried->fields.query, carried->fields.headers,
                                    carried->address};
        carried->decision->decide(middleware.on_connecting(socket, carried->sid, whole, context));
    });
}

void WorkerHandler::on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) {
    const auto carried = std::make_shared<CarriedEvent>(event, std::move(ack));
    const CallContext context{clock_.steady_now() + timeout_, RequestId()};
    const auto posted = executor_.post([&handler = handler_, carried, context] {
        handler.on_event(carried->event, carried->ack.get(), context);
        carried->hold.reset();
    });
    if (posted || carried->ack == nullptr) return;
    static constexpr std::string_view kBusy =
        R"({"ok":false,"code":"unavailable","message":"The server is busy. Please try again in a moment."})";
    carried->ack->respond({&kBusy, 1});
}

}  // namespace televisit::socketio
