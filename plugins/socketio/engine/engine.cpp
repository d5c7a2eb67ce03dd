#include "engine/engine.hpp"

#include <utility>

#include "engine/all_loops.hpp"
#include "engine/web_socket_link.hpp"

namespace televisit::socketio {

namespace {

/// What is sent back when there is no place: in the reference's form, with a code of ours.
HttpResponse no_place_response(const Error& refusal) {
    HttpResponse response;
    response.status = refusal.code == Errc::rate_limited ? 429 : 503;
    response.headers = {{"Content-Type", "application/json"}, {"Retry-After", "5"}};
    response.body =
        R"({"code":3,"message":")" + refusal.message + R"(","reason":")" + std::string(refusal.name()) + "\"}";
    return response;
}

Error full() {
    return error(Errc::unavailable, "full", "The server is full. Please try again in a moment.");
}

Error too_many_polling() {
    return error(Errc::rate_limited, "too_many_polling_sessions", "Too many people are connected from here.");
}

/// A request on its way to another loop. Shared, because tasks must be copyable.
struct Errand {
    HttpRequest request;
    std::unique_ptr<HttpResponder> responder;
    std::string sid;
    bool fits_session;
};

}  // namespace

/// Where clients of one endpoint come in.
class Engine::Door final : public HttpLoopHandler, public ChannelAcceptor {
  public:
    Door(Engine& engine, Endpoint endpoint) : engine_(engine), endpoint_(std::move(endpoint)) {}

    const Endpoint& endpoint() const noexcept { return endpoint_; }

    void handle(HttpRequest request, std::unique_ptr<HttpResponder> responder) override {
        const auto read = read_query(request, Arrival::http);
        if (const auto* const fault = std::get_if<HandshakeFault>(&read))
            return responder->respond(fault_response(*fault));
        const auto& query = std::get<HandshakeQuery>(read);
        if (query.sid.empty()) return responder->respond(begin(request));
        const auto place = place_of(query.sid);
        if (!place || place->loop >= engine_.loops())
            return responder->respond(fault_response(HandshakeFault::session_unknown));
        std::string sid(query.sid);
        const bool fits = query.fits_session;
        Errand errand{std::move(request), std::move(responder), std::move(sid), fits};
        if (place->loop == errand.request.loop) return serve(engine_.loop(place->loop), endpoint_, errand);
        engine_.context_.loops.post(
            place->loop, [home = engine_.loops_[place->loop], &endpoint = endpoint_,
                          errand = std::make_shared<Errand>(std::move(errand))] { serve(*home, endpoint, *errand); });
    }

    Result<ChannelAccept> accept(const HttpRequest& request) override {
        const auto read = read_query(request, Arrival::upgrade);
        if (const auto* const fault = std::get_if<HandshakeFault>(&read)) return refusal(*fault);
        const auto& query = std::get<HandshakeQuery>(read);
        const std::string sid(query.sid);
        LoopId home = request.loop;
        std::unique_ptr<EngineListener> listener;
        if (!sid.empty()) {
            const auto place = place_of(sid);
            if (!place || place->loop >= engine_.loops()) return refusal(HandshakeFault::session_unknown);
            home = place->loop;
            if (home == request.loop && engine_.loop(home).find(endpoint_, sid) == nullptr)
                return refusal(HandshakeFault::session_unknown);
            if (!query.fits_session) return refusal(HandshakeFault::bad_request);
        } else {
            if (!engine_.loop(home).has_place(endpoint_)) {
                engine_.loop(home).figures().refused_full.add();
                return full();
            }
            auto accepted = endpoint_.acceptor->accept(request);
            if (!accepted) return std::move(accepted).error();
            listener = std::move(accepted).value();
        }
        ChannelAccept accept;
        accept.listener =
            std::make_unique<WebSocketLink>(engine_.loops_[home], endpoint_, std::move(listener), sid, query.base64);
        if (home != request.loop) accept.loop = home;
        return accept;
    }

  private:
    static Error refusal(HandshakeFault fault) { return error(Errc::malformed, std::string(message_of(fault))); }

    HttpResponse begin(const HttpRequest& request) {
        EngineLoop& home = engine_.loop(request.loop);
        if (!home.has_place(endpoint_)) {
            home.figures().refused_full.add();
            return no_place_response(full());
        }
        auto place = engine_.context_.polling_places->enter(request.remote_address);
        if (!place.place) {
            home.figures().refused_polling.add();
            return no_place_response(too_many_polling());
        }
        auto accepted = endpoint_.acceptor->accept(request);
        if (!accepted) {
            const Error& refusal = accepted.error();
            const bool later = refusal.code == Errc::rate_limited || refusal.code == Errc::unavailable;
            return later ? no_place_response(refusal) : fault_response(HandshakeFault::forbidden);
        }
        auto answer = home.open_polling(endpoint_, std::move(accepted).value(), std::move(place.place));
        return answer ? payload_response(std::move(*answer)) : no_place_response(full());
    }

    /// On the session's loop.
    static void serve(EngineLoop& home, const Endpoint& endpoint, Errand& errand) {
        home.catch_up();
        Session* const session = home.find(endpoint, errand.sid);
        if (session == nullptr) return errand.responder->respond(fault_response(HandshakeFault::session_unknown));
        if (!errand.fits_session) return errand.responder->respond(fault_response(HandshakeFault::bad_request));
        if (errand.request.method == HttpMethod::post) return session->on_post(errand.request, *errand.responder);
        session->on_poll(std::move(errand.responder));
    }

    Engine& engine_;
    const Endpoint endpoint_;
};

Engine::Engine(const EngineContext& context, HttpRouter& router, ChannelHub& channels, EngineSettings defaults)
    : context_(context), router_(router), channels_(channels), defaults_(defaults) {
    for (LoopId id = 0; id < context.loops.count() && id < kMaxLoops; ++id)
        loops_.push_back(std::make_shared<EngineLoop>(id, context));
}

Engine::~Engine() = default;

Result<void> Engine::serve(EngineEndpoint wanted, EngineAcceptor& acceptor) {
    Endpoint endpoint{doors_.size(), wanted.path, defaults_, &acceptor};
    if (!wanted.path.starts_with('/')) return error(Errc::invalid, "An engine's path begins with '/'.");
    if (!endpoint.path.ends_with('/')) endpoint.path += '/';
    if (wanted.ping_interval) endpoint.settings.ping_interval = *wanted.ping_interval;
    if (wanted.ping_timeout) endpoint.settings.ping_timeout = *wanted.ping_timeout;
    if (wanted.max_payload) endpoint.settings.max_payload = *wanted.max_payload;
    Door& door = *doors_.emplace_back(std::make_unique<Door>(*this, std::move(endpoint)));
    const std::string path = door.endpoint().path;
    if (auto opened = open_door(door, path); !opened) return opened;
    return path == "/" ? Result<void>() : open_door(door, path.substr(0, path.size() - 1));
}

/// A poll is answered by the next ping at the latest, so its deadline is only a net below that.
Result<void> Engine::open_door(Door& door, const std::string& pattern) {
    const auto& settings = door.endpoint().settings;
    HttpRoute route;
    route.name = "engineio";
    route.pattern = pattern;
    route.max_body = settings.max_payload;
    route.deadline = settings.ping_interval + settings.ping_timeout + std::chrono::seconds(10);
    // Those of no use here, too, for what they are told is the handshake's to say.
    for (const HttpMethod method :
         {HttpMethod::get, HttpMethod::post, HttpMethod::put, HttpMethod::patch, HttpMethod::del}) {
        route.method = method;
        if (auto added = router_.add_on_loop(route, door); !added) return added;
    }
    ChannelRoute channel;
    channel.name = "engineio";
    channel.pattern = pattern;
    channel.max_message = settings.max_payload;
    channel.max_queued = settings.max_buffered;
    return channels_.add(std::move(channel), door);
}

void Engine::shut(CloseCause cause, SteadyTime deadline) {
    on_all_loops<EngineLoop>(
        context_.loops, loops_, [cause](EngineLoop& loop) { loop.shut(cause); }, deadline);
}

std::vector<std::shared_ptr<const EngineFigures>> Engine::figures() const {
    std::vector<std::shared_ptr<const EngineFigures>> all;
    for (const auto& loop : loops_) all.push_back(loop->shared_figures());
    return all;
}

}  // namespace televisit::socketio
