#include "net/server_core.hpp"

#include <unistd.h>

#include <random>
#include <thread>

#include "net/http_session.hpp"
#include "net/transport.hpp"

namespace televisit::net {
namespace {

// So many that are one too many are taken in at a time, to be told so; others are closed without a word.
constexpr std::size_t kToldOff = 64;

EventLoopGroupOptions group_options(const ServerOptions& options, const ServerHooks& hooks) {
    EventLoopGroupOptions group;
    group.count =
        options.loops > 0 ? options.loops : static_cast<LoopId>(std::max(1u, std::thread::hardware_concurrency()));
    group.hold_limit = options.hold_limit;
    group.stuck_limit = options.stuck_limit;
    group.on_slow = hooks.slow;
    group.on_fault = hooks.fault;
    group.max_posted = options.max_posted;
    return group;
}

std::uint64_t random_seed() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

// A socket on its way to its loop. Closed when the task that carries it is dropped.
struct Arrival {
    int fd;
    Peer peer;
    Admission admission;
    ClientPlaces::Place handshake;
    std::unique_ptr<Transport> transport;

    Arrival(int its_fd, const Peer& its_peer, Admission its_admission)
        : fd(its_fd), peer(its_peer), admission(std::move(its_admission)) {}
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;
    ~Arrival() {
        if (fd >= 0) ::close(fd);
    }
    std::unique_ptr<Connection> connect() {
        return std::make_unique<Connection>(std::exchange(fd, -1), std::move(admission), std::move(transport),
                                            std::make_unique<HttpSession>(peer, std::move(handshake)));
    }
};

}  // namespace

ServerCore::ServerCore(ServerOptions options, ServerHooks hooks, const Clock& clock, CorsPolicy cors,
                       TrustedProxies proxies)
    : options_(std::move(options)),
      hooks_(std::move(hooks)),
      clock_(clock),
      cors_(std::move(cors)),
      proxies_(std::move(proxies)),
      id_seed_(options_.request_id_seed != 0 ? options_.request_id_seed : random_seed()),
      clients_(options_),
      loops_(clock, group_options(options_, hooks_)) {
    for (std::size_t id = 0; id < loops_.size(); ++id)
        states_.push_back(std::make_unique<LoopState>(*this, loops_.loop(static_cast<LoopId>(id))));
}

ServerCore::~ServerCore() {
    loops_.stop();
}

void ServerCore::take_in(int fd, Peer peer, const ListenerOptions& listener) {
    const bool admin = listener.kind == ListenerKind::admin_listener;
    const std::size_t most = admin ? options_.max_admin_connections : options_.max_connections;
    const std::size_t open = side(listener.kind).open.fetch_add(1, std::memory_order_relaxed);
    const auto arrival = std::make_shared<Arrival>(fd, peer, Admission(*this, listener.kind));
    if (open >= most) {
        peer.met = Limit::connections;
    } else if (!admin) {
        const std::string address = peer.address.text();
        const auto client = proxies_.trusts(peer.address) ? std::nullopt : std::optional<std::string_view>(address);
        auto places = clients_.connect(client, clock_.steady_now());
        arrival->admission.hold(std::move(places.connection));
        arrival->handshake = std::move(places.handshake);
        peer.met = places.met;
    }
    if (peer.met) {
        limits_.add(*peer.met);
        if (*peer.met == Limit::handshakes || *peer.met == Limit::handshakes_per_address) return;
        if (turned_away_.fetch_add(1, std::memory_order_relaxed) >= kToldOff) return turned_away_is_gone();
        arrival->admission.turn_away();
    }
    arrival->peer = peer;
    if (listener.transport) arrival->transport = listener.transport();

    const LoopId to = admin ? loops_.admin()
                            : static_cast<LoopId>(next_loop_.fetch_add(1, std::memory_order_relaxed) % loops_.count());
    LoopState& state = *states_[to];
    if (state.loop().is_current()) return state.adopt(arrival->connect());
    state.loop().post([arrival, &state] { state.adopt(arrival->connect()); });
}

void ServerCore::left(ListenerKind listener) noexcept {
    if (side(listener).open.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    const std::lock_guard lock(mutex_);
    emptied_.notify_all();
}

void ServerCore::on_each_loop(ListenerKind listener, const std::function<void(Connection&)>& action) {
    for (const auto& state : states_)
        state->loop().post([&state = *state, listener, action] {
            for (Connection* const connection : state.connections())
                if (connection->listener() == listener && !connection->closed()) action(*connection);
        });
}

void ServerCore::drain(ListenerKind listener, bool by_force) {
    side(listener).draining.store(true, std::memory_order_relaxed);
    on_each_loop(listener, [by_force](Connection& connection) { connection.drain(by_force); });
}

void ServerCore::abort_all(ListenerKind listener) {
    on_each_loop(listener, [](Connection& connection) { connection.abort(); });
}

bool ServerCore::wait_until_empty(ListenerKind listener) {
    std::unique_lock lock(mutex_);
    emptied_.wait(lock, [&] { return connections(listener) == 0 || give_up_; });
    return connections(listener) == 0;
}

void ServerCore::give_up_waiting() {
    const std::lock_guard lock(mutex_);
    give_up_ = true;
    emptied_.notify_all();
}

}  // namespace televisit::net
